// cli/*.test.ts -> [cli/testing/wait.ts] -> /proc
// Waiting for what is about to be so, and looking at what still runs.
import fs from "node:fs";
import os from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** So many seconds on a machine that is free, more on one that is busy. */
export function patience(seconds: number): number {
  const [load = 0] = os.loadavg();
  return seconds * Math.max(1, (2 * load) / os.availableParallelism());
}

/** Waits until something holds; fails after a limit. */
export async function poll(holds: () => Promise<boolean> | boolean, seconds = 10): Promise<void> {
  const deadline = performance.now() + patience(seconds) * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`It did not come true in time: ${holds.toString()}`);
    await delay(20);
  }
}

/** Every process that works in a folder or was told of it: Node, Postgres and its children, initdb. */
export function processesOf(folder: string): number[] {
  if (process.platform !== "linux") return [];
  const read = (pid: string, look: () => string) => {
    try {
      return pid === String(process.pid) ? "" : look();
    } catch {
      return ""; // it has ended, or is not ours to see
    }
  };
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter(
      (pid) =>
        read(pid, () => fs.readlinkSync(`/proc/${pid}/cwd`)).startsWith(folder) ||
        read(pid, () => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")).includes(folder) ||
        read(pid, () => fs.readFileSync(`/proc/${pid}/environ`, "utf8")).includes(folder),
    )
    .map(Number);
}
