// worker/render/lane.ts -> [worker/render/processes.ts] -> /proc, kill
// The processes of one browser: how much memory they hold, and their end. Without /proc (not Linux) there is no figure.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const prefix = "autobench-render-";

/** Name of a render's folder, up to its random end: it tells whose it is. */
export const homePrefix = (): string => path.join(tmpdir(), `${prefix}${process.pid}-`);

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // the process has ended meanwhile
  }
}

/** The process that worker/render/browser.sh became, if it still is that one: ids are given out again. */
export function browserPid(home: string): number | undefined {
  const pid = Number(read(path.join(home, "pid")));
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  if (process.platform !== "linux") return pid;
  return read(`/proc/${pid}/cmdline`).includes(home) ? pid : undefined;
}

/** Ids of the living processes of a browser: those of its session, and whatever descends from them. */
export function family(leader: number): number[] {
  const members = new Set<number>([leader]);
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const [state, parent, , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!state || state === "Z") continue;
    if (Number(session) === leader) members.add(Number(name));
    parents.set(Number(name), Number(parent));
  }
  const descends = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (members.has(at)) return true;
    return false;
  };
  return [...parents.keys()].filter(descends);
}

/** Bytes that the browser's processes hold for themselves; what they share with each other is counted once or not at all. */
export function memoryOf(leader: number): number {
  if (process.platform !== "linux") return 0;
  let kilobytes = 0;
  for (const pid of family(leader)) {
    const status = read(`/proc/${pid}/status`);
    for (const name of ["RssAnon", "RssShmem"]) {
      kilobytes += Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    }
  }
  return kilobytes * 1024;
}

/** Ends a browser whole, and waits until nothing of it is left. */
export async function endBrowser(home: string): Promise<void> {
  const leader = browserPid(home);
  if (leader === undefined) return;
  const members = process.platform === "linux" ? family(leader) : [];
  const areGone = async (pids: readonly number[], tries: number): Promise<boolean> => {
    for (; tries > 0; tries--) {
      if (pids.every((pid) => !/^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`)))) return true;
      await delay(10);
    }
    return false;
  };
  // The leader last: it is the one that collects the others' ends, and where it is `unshare` it ends by itself.
  for (const pid of members) if (pid !== leader) kill(pid);
  if (members.length > 1 && (await areGone(members, 30))) return;
  for (const pid of [-leader, ...(process.platform === "linux" ? family(leader) : [])]) kill(pid);
  await areGone([...members, leader], 300);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Removes a render's folder; a process that is just ending may still write into it. */
export async function removeHome(home: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return rmSync(home, { recursive: true, force: true });
    } catch (error) {
      if (tries === 50) throw error;
      await delay(20);
    }
  }
}

/** What a worker left behind that was killed together with its hosts. */
export async function clearLeftovers(): Promise<number> {
  let cleared = 0;
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? 0);
    if (!owner || owner === process.pid || isAlive(owner)) continue;
    const home = path.join(tmpdir(), name);
    await endBrowser(home);
    await removeHome(home);
    cleared++;
  }
  return cleared;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, and somebody else's
  }
}
