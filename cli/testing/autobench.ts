// cli/*.test.ts -> [cli/testing/autobench.ts] -> cli/autobench.ts
// The command line as people use it: a process of its own, on a data folder of its own, with just the given settings.
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test as base } from "vitest";
import { root } from "../../process/environment.ts";
import { type SettingName, settings } from "../../process/settings.ts";

export type Environment = Partial<Record<SettingName, string>> & Record<string, string>;

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output and standard error. */
  output: string;
  errors: string;
}

/** Settings that are not given are empty: neither this process's environment nor the checkout's .env reaches it. */
function environmentOf(given: Environment): Record<string, string> {
  const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, ""]));
  // oxlint-disable-next-line no-process-env
  return { PATH: process.env["PATH"] ?? "", HOME: os.homedir(), ...empty, PORT: "0", SANDBOX_PORT: "0", ...given };
}

export class Autobench {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  output = "";
  errors = "";
  #listeners = new Set<() => void>();

  constructor(args: string, given: Environment, options: { detached?: boolean } = {}) {
    this.child = spawn(process.execPath, ["cli/autobench.ts", ...args.split(" ").filter(Boolean)], {
      cwd: root,
      env: environmentOf(given),
      stdio: ["ignore", "pipe", "pipe"],
      detached: options.detached ?? false,
    });
    const tell = () => this.#listeners.forEach((listener) => listener());
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.output += text;
      tell();
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
      tell();
    });
    this.ended = new Promise((resolve) => {
      this.child.once("close", (code, signal) => {
        resolve({ code, signal, output: this.output, errors: this.errors });
        tell();
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("The process was not started.");
    return this.child.pid;
  }

  /** Waits until the output (of either kind) matches; fails with that output when the process ends first. */
  async until(pattern: RegExp, seconds = 25): Promise<RegExpExecArray> {
    const find = () => pattern.exec(`${this.output}\n${this.errors}`);
    const found = await new Promise<RegExpExecArray | null>((resolve) => {
      const look = () => {
        const match = find();
        if (match || this.child.exitCode !== null || this.child.signalCode !== null) done(match);
      };
      const limit = setTimeout(() => done(null), seconds * 1000);
      const done = (match: RegExpExecArray | null) => {
        clearTimeout(limit);
        this.#listeners.delete(look);
        resolve(match);
      };
      this.#listeners.add(look);
      look();
    });
    if (!found) throw new Error(`${pattern} did not appear in:\n${this.output}\n${this.errors}`);
    return found;
  }

  /** Sends a signal and says how it ended, and how long that took. */
  async end(signal: NodeJS.Signals = "SIGINT"): Promise<Ending & { seconds: number }> {
    const began = performance.now();
    this.child.kill(signal);
    const ending = await this.ended;
    return { ...ending, seconds: (performance.now() - began) / 1000 };
  }
}

export interface Command {
  /** Where this test file's embedded database lives; made by the first start. */
  folder: string;
  /** Starts the command line and leaves it running. */
  spawn(args: string, environment?: Environment, options?: { detached?: boolean }): Autobench;
  /** Runs the command line to its end. */
  run(args: string, environment?: Environment): Promise<Ending>;
}

/** `autobench`: the command line for one test file; whatever still runs at its end is killed. */
export const test = base.extend("autobench", { scope: "file" }, async ({}, { onCleanup }): Promise<Command> => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-cli-"));
  fs.chmodSync(home, 0o755); // as root, Postgres runs as another account and has to get in
  const folder = path.join(home, "data");
  const started: Autobench[] = [];
  onCleanup(async () => {
    for (const one of started) one.child.kill("SIGKILL");
    await Promise.all(started.map((one) => one.ended));
    for (const pid of processesOf(home)) process.kill(pid, "SIGKILL");
    await poll(() => processesOf(home).length === 0);
    fs.rmSync(home, { recursive: true, force: true });
  });
  const spawnOne: Command["spawn"] = (args, environment = {}, options = {}) => {
    const one = new Autobench(args, { DATA_DIR: folder, ...environment }, options);
    started.push(one);
    return one;
  };
  return { folder, spawn: spawnOne, run: (args, environment) => spawnOne(args, environment).ended };
});

/** Waits until something holds; fails after a limit. */
export async function poll(holds: () => Promise<boolean> | boolean, seconds = 10): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`It did not come true within ${seconds} s: ${holds.toString()}`);
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

export { describe, expect } from "vitest";
