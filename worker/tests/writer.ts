// worker/tests/generate_daily_tasks.test.ts -> [worker/tests/writer.ts] -> worker/llm/testing/replies.ts
// A provider whose model writes tasks, word for word as a test wishes.
import { once } from "node:events";
import { createServer } from "node:http";
import { errorReply, reply } from "../llm/testing/replies.ts";

export interface Writer {
  baseUrl: string;
  /** The prompts that were asked, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** `says` gives the text of the n-th reply, or a status to refuse with; it may take its time. */
export async function startWriter(says: (n: number) => string | number | Promise<string | number>): Promise<Writer> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { messages } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { messages: { content: string }[] };
    asked.push(messages.at(-1)?.content ?? "");
    const said = await says(asked.length);
    const isRefusal = typeof said === "number";
    response.writeHead(isRefusal ? said : 200, { "content-type": "application/json" });
    response.end(isRefusal ? errorReply("openai", "made_up_error") : reply("openai", { text: said }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the writer has no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const openings = [
  "Draw a harbour at dusk, where boats come home one by one and their lamps are lit when the visitor clicks on them.",
  "Make a drum machine of kitchen things: pots, spoons, a kettle; sixteen steps, a tempo, and a swing that one can hear.",
  "Write a page that teaches knots: each is tied step by step in SVG, forwards and backwards, with the rope's end in red.",
  "Build a little weather station for an island; wind turns the vane, rain fills the gauge, and a week is kept as a chart.",
  "Show how bees dance: the visitor moves the flowers, and the bee on the comb says with her waggle where they are.",
  "Model a paper mill with gears that mesh, a water wheel whose speed one sets, and sheets that pile up and are counted.",
];

/** A sound draft, each number unlike the others. */
export function draft(n: number, more: Record<string, unknown> = {}): string {
  const opening = openings[n % openings.length] ?? "";
  const prompt = `${opening} ${opening.split(" ").toReversed().join(" ")}`; // long enough, in its own words
  return JSON.stringify({ title: `Draft number ${n}`, theme: "simulation", prompt, ...more });
}
