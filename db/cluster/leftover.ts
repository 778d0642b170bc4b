// [db/cluster/leftover.ts] -> db/cluster/embedded.ts
// What an earlier run left behind: a running Postgres whose parent was killed, one on its way out, or a stale pid file.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { ExplainedError } from "../../process/explained.ts";
import { withClient } from "./connect.ts";

/** The lines of postmaster.pid that matter; the eighth says when the server takes connections. */
export function readPidFile(pgdata: string): { pid: number; port: number; status: string } | undefined {
  const text = readIfThere(path.join(pgdata, "postmaster.pid"));
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? "" };
}

/** A Postgres that still serves this data folder and can be used as it is; stale remains are cleared. */
export async function adoptLeftover(
  pgdata: string,
  urlAt: (port: number) => string,
): Promise<{ pid: number; port: number } | undefined> {
  const deadline = performance.now() + 60_000;
  let left = readPidFile(pgdata);
  // "starting" is a crash recovery, "stopping" an earlier run on its way out: either ends by itself. So does one that
  // says "ready" and has just been killed, which only a try to connect can tell.
  while (left && isPostgres(left.pid, pgdata)) {
    if (left.status === "ready" && (await takesConnections(urlAt(left.port)))) return left;
    if (performance.now() > deadline)
      throw new ExplainedError(`Postgres (process ${left.pid}) is stuck in state "${left.status}".`);
    await delay(20);
    left = readPidFile(pgdata);
  }
  if (!left) return undefined;
  // Postgres refuses to start while the recorded pid answers at all, which a zombie or a recycled pid does (usual in
  // containers). Every postgres process has its data folder as working folder: if none has, the file is stale.
  if (process.platform === "linux") {
    const real = fs.realpathSync(pgdata);
    while (hasProcessIn(real) && performance.now() < deadline) await delay(20);
    if (!hasProcessIn(real)) fs.rmSync(path.join(pgdata, "postmaster.pid"), { force: true });
  }
  return undefined;
}

/** Whether a server answers, be it with a refusal of ours: only one that is on its way out says 57P.., or nothing. */
async function takesConnections(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query("select"));
    return true;
  } catch (error) {
    return error instanceof pg.DatabaseError && !error.code?.startsWith("57P");
  }
}

/** Is the process the Postgres of this data folder? Not just any one: its number may be another cluster's by now. */
export function isPostgres(pid: number, pgdata: string): boolean {
  if (!(pid > 0)) return false; // a torn file; and to signal 0 or -1 means to signal many
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (process.platform === "win32") return true;
  const command = commandOf(pid);
  return [pgdata, fs.realpathSync(pgdata)].some((folder) => command.includes(`postgres -D ${folder} -c `));
}

/** What a process was started with; nothing for a zombie. */
function commandOf(pid: number): string {
  if (process.platform === "linux") return (readIfThere(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ");
  return spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
}

function hasProcessIn(folder: string): boolean {
  return fs.readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return fs.readlinkSync(`/proc/${entry}/cwd`) === folder && commandOf(Number(entry)).includes("postgres");
    } catch {
      return false; // it has ended, or is not ours to see
    }
  });
}

/** A file that may go at any time: the server takes its own away, the system those of a process that ends. */
function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
