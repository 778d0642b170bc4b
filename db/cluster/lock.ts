// npm start, autobench migrate -> [db/cluster/lock.ts] -> db/cluster/embedded.ts
// One process at a time owns a data folder. The lock is a listening socket, which the system takes back however its
// holder ends, and which answers a second process with what the first one said of itself.
import { createHash } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { ExplainedError } from "../../process/explained.ts";

export interface Holder {
  pid: number;
  what: string;
  since: string;
  url?: string;
}

/** Somebody has the folder, and does not say who: a stopped process, or one that is not ours. */
const stranger: Holder = { pid: 0, what: "a process that does not answer", since: "" };

export class AlreadyRunning extends ExplainedError {
  readonly holder: Holder;
  constructor(holder: Holder, folder: string) {
    const { what, pid, since, url } = holder;
    const who = [what, pid && `process ${pid}`, since && `since ${since}`, url].filter(Boolean).join(", ");
    super(
      `Autobench is already running on ${folder} (${who}). Stop it first, or set DATA_DIR, PORT and SANDBOX_PORT for a second one.`,
    );
    this.name = "AlreadyRunning";
    this.holder = holder;
  }
}

/** Where the holder of a folder listens: the same however the folder is reached. */
export function lockAddress(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  const id = createHash("sha256").update(fs.realpathSync(folder)).digest("hex").slice(0, 24);
  if (process.platform === "linux") return `\0autobench-${id}`; // abstract: no file to be left over
  if (process.platform === "win32") return `\\\\.\\pipe\\autobench-${id}`;
  return path.join(os.tmpdir(), `autobench-${id}.sock`);
}

/** Who owns the folder now, if anyone does. */
export function lockHolder(folder: string, waitMs = 2000): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = net.connect(lockAddress(folder));
    socket.setTimeout(waitMs, () => socket.destroy());
    socket.setEncoding("utf8");
    socket.on("data", (part) => (text += part));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      resolve(["ECONNREFUSED", "ENOENT"].includes(error.code ?? "") ? undefined : stranger); // refused: nobody listens
    });
    socket.on("close", () => resolve(readHolder(text)));
  });
}

function readHolder(text: string): Holder {
  try {
    const said = JSON.parse(text) as Partial<Holder> | null;
    if (typeof said?.pid === "number" && typeof said.what === "string") return { since: "", ...said } as Holder;
  } catch {
    // Not our words.
  }
  return stranger;
}

/** Takes the folder for this process, or throws AlreadyRunning. `describe` may learn more later, such as the URL. */
export async function takeLock(
  folder: string,
  describe: () => Partial<Holder> & { what: string },
  options: { waitMs?: number } = {},
): Promise<() => Promise<void>> {
  const address = lockAddress(folder);
  const since = new Date().toISOString();
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(JSON.stringify({ pid: process.pid, since, ...describe() } satisfies Holder), () => socket.destroy());
  });
  for (let attempt = 1; ; attempt++) {
    try {
      await listen(server, address);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt === 10) throw error;
      const holder = await lockHolder(folder, options.waitMs);
      if (holder) throw new AlreadyRunning(holder, folder);
      // Nobody listens any more: the holder has just ended. Where the socket is a file, that is left over.
      if (address.startsWith("/")) fs.rmSync(address, { force: true });
    }
  }
  server.unref();
  return () => new Promise((resolve) => void server.close(() => resolve()));
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
