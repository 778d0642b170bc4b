// npm start -> [worker/rehearsal/server.ts] -> worker/rehearsal/openai.ts, anthropic.ts -> worker/rehearsal/speak.ts
// A provider on the loopback, for a laptop without keys: the real SDKs call it over HTTP, with authentication, errors,
// usage and latency as a provider has them. Nothing in it remembers anything but counts.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { anthropic } from "./anthropic.ts";
import { Malformed, tokensOf, type Heard, type Wire } from "./heard.ts";
import { rehearsalModel, rehearsalModels, type Protocol, type RehearsalModel } from "./models.ts";
import { openai } from "./openai.ts";
import { hexOf, seeded } from "./seed.ts";
import { speak } from "./speak.ts";

export interface RehearsalOptions {
  /** 0, or nothing, lets the system choose. */
  readonly port?: number;
  /** A constant sentence and data; never a prompt, never an answer. */
  readonly log?: (message: string, data: Readonly<Record<string, unknown>>) => void;
  /** How long a reply takes; `natural` is what the model would take by itself. Tests return 0. */
  readonly paceMs?: (call: { readonly model: string; readonly prompt: string; readonly natural: number }) => number;
}

/** Counts for one model since the start. Whatever was asked for under an unknown name stands under "unknown". */
export interface RequestRecord {
  readonly model: string;
  readonly protocol: Protocol;
  readonly requests: number;
  readonly succeeded: number;
  readonly refused: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

export interface Rehearsal {
  /** Without a slash at the end. OpenAI's SDK wants `${url}/v1`, Anthropic's wants `url`. */
  readonly url: string;
  readonly port: number;
  requests(): readonly RequestRecord[];
  /** Replies that are ready and wait for their time. */
  waiting(): number;
  /** Stops listening and drops open connections; a second call does nothing. */
  close(): Promise<void>;
}

const bodyLimit = 4 * 1024 * 1024;
const wires: readonly Wire[] = [openai, anthropic];

export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const records = new Map<string, RequestRecord>();
  const waiting = new Set<NodeJS.Timeout>();

  const count = (
    model: string,
    protocol: Protocol,
    change: Partial<Record<"succeeded" | "refused" | "tokensIn" | "tokensOut", number>>,
  ): void => {
    const known = rehearsalModel(model)?.protocol === protocol ? model : "unknown";
    const key = `${protocol} ${known}`;
    const old = records.get(key) ?? {
      model: known,
      protocol,
      requests: 0,
      succeeded: 0,
      refused: 0,
      tokensIn: 0,
      tokensOut: 0,
    };
    records.set(key, {
      ...old,
      requests: old.requests + 1,
      succeeded: old.succeeded + (change.succeeded ?? 0),
      refused: old.refused + (change.refused ?? 0),
      tokensIn: old.tokensIn + (change.tokensIn ?? 0),
      tokensOut: old.tokensOut + (change.tokensOut ?? 0),
    });
  };

  let serial = 0;
  const answer = async (wire: Wire, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = `req_${hexOf(`${process.pid} ${serial++} ${Date.now()}`, 24)}`;
    const send = (status: number, body: unknown): void => {
      const text = JSON.stringify(body);
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        [wire.idHeader]: id,
      });
      response.end(text);
    };
    const refuse = (status: number, message: string, model = "unknown", parameter?: string): void => {
      count(model, wire.protocol, { refused: 1 });
      options.log?.("The rehearsal provider refused a call.", { protocol: wire.protocol, status, requestId: id });
      send(status, wire.refuse(status, message, id, parameter));
    };

    if (!wire.isAuthorised(request.headers)) return refuse(401, "No API key was given. Any key will do here.");
    if (request.url?.split("?")[0] === "/v1/models")
      return send(200, wire.list(rehearsalModels.filter(({ protocol }) => protocol === wire.protocol)));
    if (request.url?.split("?")[0] !== wire.path) return refuse(404, "There is nothing at this address.");
    if (request.method !== "POST") return refuse(405, "Only POST is understood here.");

    const raw = await readBody(request);
    if (raw === undefined) return refuse(413, `The body is larger than ${bodyLimit} bytes.`);
    let heard: Heard;
    try {
      heard = wire.hear(JSON.parse(raw));
    } catch (error) {
      if (error instanceof Malformed) return refuse(400, error.message, "unknown", error.parameter);
      if (error instanceof SyntaxError) return refuse(400, "The body is not valid JSON.");
      throw error;
    }
    const model = rehearsalModel(heard.model);
    if (model === undefined || model.protocol !== wire.protocol)
      return refuse(404, `The model '${heard.model}' does not exist or is not served by this protocol.`, heard.model);

    const prompt = `${heard.system}\n${heard.user}`;
    const whole = speak(model, heard);
    const isCut = heard.maxTokens !== undefined && tokensOf(whole) > heard.maxTokens;
    const text = isCut ? whole.slice(0, (heard.maxTokens ?? 0) * 4) : whole;
    const said = {
      id: hexOf(`${id} ${heard.model}`, 29),
      text,
      isCut,
      tokensIn: tokensOf(prompt),
      tokensOut: tokensOf(text),
      at: Math.floor(Date.now() / 1000),
    };
    const natural = naturalPace(model, prompt);
    const pause = options.paceMs?.({ model: model.slug, prompt, natural }) ?? natural;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        resolve();
      }, pause);
      waiting.add(timer);
    });
    count(model.slug, wire.protocol, { succeeded: 1, tokensIn: said.tokensIn, tokensOut: said.tokensOut });
    options.log?.("The rehearsal provider answered.", {
      model: model.slug,
      requestId: id,
      tokensIn: said.tokensIn,
      tokensOut: said.tokensOut,
      ms: pause,
    });
    send(200, wire.reply(heard, said));
  };

  const server = createServer((request, response) => {
    answer(wireFor(request), request, response).catch((error: unknown) => {
      options.log?.("The rehearsal provider failed.", { error: error instanceof Error ? error.message : "unknown" });
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify(wireFor(request).refuse(500, "Something went wrong here.", "req_failed")));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The rehearsal provider has no port.");
  const { port } = address;
  let closing: Promise<void> | undefined;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests: () => [...records.values()],
    waiting: () => waiting.size,
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        for (const timer of waiting) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

/** `/v1/models` exists in both protocols; Anthropic's SDK always says which version it speaks. */
function wireFor(request: IncomingMessage): Wire {
  const path = request.url?.split("?")[0];
  const spoken = wires.find((wire) => wire.path === path);
  return spoken ?? (request.headers["anthropic-version"] === undefined ? openai : anthropic);
}

/** The body as text, or nothing if it is too large; what is too large is read to its end and thrown away. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  return size > bodyLimit ? undefined : Buffer.concat(chunks).toString("utf8");
}

function naturalPace(model: RehearsalModel, prompt: string): number {
  const [fastest, slowest] = model.pace;
  return seeded(`pace\n${model.slug}\n${prompt}`).int(fastest, slowest);
}
