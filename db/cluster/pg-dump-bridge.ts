// db/cluster/pg-dump.ts -> [db/cluster/pg-dump-bridge.ts] -> Postgres
// The thread that owns the socket. pg_dump's library wants to read and write and wait; here its bytes are passed on to
// the server, and the server's answer is handed back once it is whole.
import net from "node:net";
import { isMainThread, type MessagePort, workerData } from "node:worker_threads";
import { Client } from "pg";

/** How long, in milliseconds, one answer may take. */
export const patience = 60_000;

/** What the bridge says to one write: the server's bytes (perhaps none yet), or why there are none. */
export interface Answer {
  bytes?: Uint8Array;
  error?: string;
}

interface Task {
  url: string;
  port: MessagePort;
  answers: Int32Array;
}

const [sslRequest, gssRequest] = [80_877_103, 80_877_104];
const [query, sync, ready] = ["Q", "S", "Z"].map((letter) => letter.charCodeAt(0));

async function run(url: string, port: MessagePort, answer: (content: Answer) => void): Promise<void> {
  // The driver signs in, whatever way the server asks for; then the socket is pg_dump's.
  const socket = new net.Socket();
  const client = new Client({ connectionString: url, application_name: "pg_dump", stream: () => socket });
  client.on("error", () => undefined); // the socket itself reports a loss, below
  await client.connect();
  const greeting = await greetingOf(client);
  socket.removeAllListeners("data");

  let inbox = Buffer.alloc(0); // from the server
  let outbox = Buffer.alloc(0); // from pg_dump, where messages may come in pieces
  let awaited = 0; // requests that the server has not finished
  let isGreeted = false;

  socket.on("data", (bytes) => {
    inbox = Buffer.concat([inbox, bytes]);
    const { end, kinds } = wholeMessages(inbox);
    if (end < inbox.length || kinds.filter((kind) => kind === ready).length < awaited) return;
    answer({ bytes: new Uint8Array(inbox) });
    [inbox, awaited] = [Buffer.alloc(0), 0];
  });
  const onLoss = (): void => answer({ error: "The connection to the server was lost." });
  socket.on("error", onLoss).on("close", onLoss);

  port.on("message", (bytes: Uint8Array) => {
    outbox = Buffer.concat([outbox, bytes]);
    if (!isGreeted) {
      if (outbox.length < 8 || outbox.length < outbox.readInt32BE(0)) return answer({});
      const request = outbox.readInt32BE(4);
      outbox = outbox.subarray(outbox.readInt32BE(0));
      if (request === sslRequest || request === gssRequest) return answer({ bytes: Buffer.from("N") });
      isGreeted = true;
      return answer({ bytes: greeting });
    }
    const { end, kinds } = wholeMessages(outbox);
    const asked = kinds.filter((kind) => kind === query || kind === sync).length;
    awaited += asked;
    if (end) socket.write(outbox.subarray(0, end));
    outbox = outbox.subarray(end);
    if (!asked) answer({});
  });
}

/** Where the last whole message ends, and of what kinds the whole ones are: each is a letter, a length and a body. */
function wholeMessages(buffer: Buffer): { end: number; kinds: number[] } {
  const kinds: number[] = [];
  let end = 0;
  while (buffer.length >= end + 5 && buffer.length >= end + 1 + buffer.readInt32BE(end + 1)) {
    kinds.push(buffer.readUInt8(end));
    end += 1 + buffer.readInt32BE(end + 1);
  }
  return { end, kinds };
}

/** What a server says to somebody who has just signed in. */
async function greetingOf(client: Client): Promise<Buffer> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
       where name in ('server_version', 'server_encoding', 'client_encoding', 'DateStyle', 'integer_datetimes',
         'standard_conforming_strings', 'TimeZone')`,
  );
  return Buffer.concat([
    message("R", Buffer.alloc(4)), // welcome
    ...rows.map(({ name, setting }) => message("S", Buffer.from(`${name}\0${setting}\0`))),
    message("K", Buffer.alloc(8)), // a key for cancelling, which nobody uses
    message("Z", Buffer.from("I")), // ready, in no transaction
  ]);
}

function message(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

if (!isMainThread) {
  const { port, answers, url }: Task = workerData;
  const answer = (content: Answer): void => {
    port.postMessage(content);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0); // the other thread stands still until now
  };
  await run(url, port, answer).catch((error: Error) => answer({ error: error.message }));
}
