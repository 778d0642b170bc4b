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

export class AlreadyRunning extends ExplainedError {
  readonly holder: Holder;
  constructor(holder: Holder, folder: string) {
    super(
      `Autobench is already running on ${folder} (${holder.what}, process ${holder.pid}, since ${holder.since}${
        holder.url ? `, ${holder.url}` : ""
      }). Stop it first, or set DATA_DIR, PORT and SANDBOX_PORT for a second one.`,
    );
    this.name = "AlreadyRunning";
    this.holder = holder;
  }
}

function address(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  const id = createHash("sha256").update(fs.realpathSync(folder)).digest("hex").slice(0, 24);
  if (process.platform === "linux") return `\0autobench-${id}`; // abstract: no file to be left over
  if (process.platform === "win32") return `\\\\.\\pipe\\autobench-${id}`;
  return path.join(os.tmpdir(), `autobench-${id}.sock`);
}

/** Who owns the folder now, if anyone does. */
export function lockHolder(folder: string): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = net.connect(address(folder));
    socket.setTimeout(2000, () => socket.destroy());
    socket.setEncoding("utf8");
    socket.on("data", (part) => (text += part));
    socket.on("error", () => resolve(undefined)); // nobody listens
    socket.on("close", () => resolve(text ? (JSON.parse(text) as Holder) : undefined));
  });
}

/** Takes the folder for this process, or throws AlreadyRunning. `describe` may learn more later, such as the URL. */
export async function takeLock(
  folder: string,
  describe: () => Partial<Holder> & { what: string },
): Promise<() => Promise<void>> {
  const since = new Date().toISOString();
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(JSON.stringify({ pid: process.pid, since, ...describe() } satisfies Holder));
  });
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(address(folder), resolve);
    });
  try {
    await listen();
  } catch {
    const holder = await lockHolder(folder);
    if (holder) throw new AlreadyRunning(holder, folder);
    if (process.platform !== "linux" && process.platform !== "win32") fs.rmSync(address(folder), { force: true });
    await listen();
  }
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
