// db/generate/dump.ts -> [db/cluster/pg-dump.ts] -> db/cluster/pg-dump-bridge.ts -> Postgres
// pg_dump where none is installed: the build for WebAssembly in @electric-sql/pglite-tools, pointed at a real server.
// It blocks its thread while it reads, so it runs as a process of its own: the address comes in on standard input (a
// password has no place in a list of arguments), the dump goes out on standard output.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { pgDump } from "@electric-sql/pglite-tools/pg_dump";
import { type Answer, patience } from "./pg-dump-bridge.ts";

const file = import.meta.filename;

/** What `pg_dump <flags>` prints of the database at `url`. The server must be of version 18 or older. */
export async function dumpDatabase(url: string, flags: readonly string[] = ["--schema-only"]): Promise<string> {
  const child = spawn(process.execPath, [file, ...flags], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined); // it ended before it read: its exit code and words say why
  child.stdin.end(url);
  const exit = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [code, dump, words] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`pg_dump failed (exit code ${code}): ${words.trim()}`);
  return dump;
}

/** The same within this process, which stands still meanwhile. */
async function dumpHere(url: string, flags: readonly string[]): Promise<string> {
  const { port1: port, port2 } = new MessageChannel();
  const answers = new Int32Array(new SharedArrayBuffer(4)); // how many answers the bridge has sent
  const bridge = new Worker(new URL("pg-dump-bridge.ts", import.meta.url), {
    workerData: { url, port: port2, answers },
    transferList: [port2],
  });

  const connection = {
    query: () => Promise.resolve({ rows: [{ search_path: "" }] }),
    exec: () => Promise.resolve([]),
    execProtocolRawStream(bytes: Uint8Array, options: { onRawData: (bytes: Uint8Array) => void }): void {
      const before = Atomics.load(answers, 0);
      port.postMessage(bytes.slice());
      if (Atomics.wait(answers, 0, before, patience) === "timed-out") throw new Error("The server does not answer.");
      const answer: Answer | undefined = receiveMessageOnPort(port)?.message;
      if (answer?.error !== undefined) throw new Error(answer.error);
      if (answer?.bytes?.length) options.onRawData(answer.bytes);
    },
  };
  type Connection = Parameters<typeof pgDump>[0]["pg"];
  const args = [...flags, "--dbname", decodeURIComponent(new URL(url).pathname.slice(1))];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a PGlite, pg_dump uses these three methods alone
  const dump = await pgDump({ pg: connection as unknown as Connection, args });
  await bridge.terminate();
  return dump.text();
}

if (import.meta.main) {
  try {
    process.stdout.write(await dumpHere((await text(process.stdin)).trim(), process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error); // the stack would show a line of compiled library
    process.exit(1);
  }
}
