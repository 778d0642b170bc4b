// bench/votes/storm.ts, bench/votes/over-http.ts -> [bench/votes/processes.ts] -> bench/votes/part.ts
// The product's own server or worker as a process by itself, so that it can be killed, and shares no thread with whoever votes.
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { Database } from "../../db/cluster/database.ts";

export interface Order {
  role: "server" | "worker";
  urls: Record<string, string>;
  folder: string;
}

export interface Part {
  child: ChildProcess;
  /** Resolves with the server's address (a worker's is empty) when it is ready; with nothing when it ended before. */
  ready: Promise<string | undefined>;
  ended: Promise<void>;
}

export function startPart(role: Order["role"], database: Database, folder: string): Part {
  const logins = ["autobench_server", "autobench_operations", "autobench_worker"] as const;
  const order: Order = { role, urls: Object.fromEntries(logins.map((login) => [login, database.url(login)])), folder };
  const child = fork(path.join(import.meta.dirname, "part.ts"), [JSON.stringify(order)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: [],
    env: { GRAPHILE_ENV: "production", NODE_COMPILE_CACHE: path.join(folder, "cache") }, // and nothing of ours
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const ready = new Promise<string | undefined>((resolve) => {
    child.once("message", ({ url, failure }: { url?: string; failure?: string }) => {
      if (failure && role === "server") console.error(`The server: ${failure}`);
      resolve(failure === undefined ? (url ?? "") : undefined);
    });
    void ended.then(() => resolve(undefined));
  });
  return { child, ready, ended };
}
