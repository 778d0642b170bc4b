// [db/cluster/leftover.ts] -> db/cluster/embedded.ts
// What an earlier run left behind: a running Postgres whose parent was killed, one on its way out, or a stale pid file.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ExplainedError } from "../../process/explained.ts";

/** The lines of postmaster.pid that matter; the eighth says when the server takes connections. */
export function readPidFile(pgdata: string): { pid: number; port: number; status: string } | undefined {
  const file = path.join(pgdata, "postmaster.pid");
  if (!fs.existsSync(file)) return undefined;
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? "" };
}

/** A Postgres that still serves this data folder and can be used as it is; stale remains are cleared. */
export async function adoptLeftover(pgdata: string): Promise<{ pid: number; port: number } | undefined> {
  const deadline = performance.now() + 60_000;
  let left = readPidFile(pgdata);
  // "starting" is a crash recovery, "stopping" an earlier run on its way out: either ends by itself.
  while (left && isPostgres(left.pid) && left.status !== "ready") {
    if (performance.now() > deadline)
      throw new ExplainedError(`Postgres (process ${left.pid}) is stuck in state "${left.status}".`);
    await delay(20);
    left = readPidFile(pgdata);
  }
  if (!left) return undefined;
  if (isPostgres(left.pid)) return left;
  // Postgres refuses to start while the recorded pid answers at all, which a zombie or a recycled pid does (usual in
  // containers). Every postgres process has its data folder as working folder: if none has, the file is stale.
  if (process.platform === "linux") {
    const real = fs.realpathSync(pgdata);
    while (hasProcessIn(real) && performance.now() < deadline) await delay(20);
    if (!hasProcessIn(real)) fs.rmSync(path.join(pgdata, "postmaster.pid"), { force: true });
  }
  return undefined;
}

export function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (process.platform !== "linux") return true;
  return readProc(pid, "cmdline").includes("postgres"); // empty for a zombie
}

function hasProcessIn(folder: string): boolean {
  return fs.readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return (
        fs.readlinkSync(`/proc/${entry}/cwd`) === folder && readProc(Number(entry), "cmdline").includes("postgres")
      );
    } catch {
      return false; // it has ended, or is not ours to see
    }
  });
}

function readProc(pid: number, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return ""; // it has ended
  }
}
