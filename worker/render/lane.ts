// worker/render/renderer.ts -> [worker/render/lane.ts] -> worker/render/host.ts
// One page after the other, each in a new browser. Here stand the limits that do not depend on the browser's good will:
// time, memory, and that nothing is left behind.
import { type ChildProcess, fork } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync } from "node:fs";
import path from "node:path";
import { browserPid, endBrowser, homePrefix, memoryOf, removeHome } from "./processes.ts";
import { BrowserBroken, type HostMessage, type LaunchPlan, type Rendering, type Timing } from "./types.ts";

export interface LaneOptions {
  timing: Timing;
  /** Bytes that one browser may hold. */
  memory: number;
  idleMs: number;
}

export class Lane {
  readonly #options: LaneOptions;
  #host: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** The browser that the last page was opened in. */
  version = "";

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Throws BrowserBroken when the browser failed, and the signal's reason when it is aborted. */
  async render(html: string, plan: LaunchPlan, signal?: AbortSignal): Promise<Rendering> {
    clearTimeout(this.#idle);
    const home = makeHome(plan.uid);
    const host = (this.#host ??= this.#start());
    const stop = new AbortController();
    const idle = waitFor(host, "idle");
    try {
      host.send({ html, home, plan, timing: this.#options.timing });
      return await this.#watch(host, home, stop.signal, signal);
    } finally {
      stop.abort();
      await endBrowser(home);
      // A host that does not notice that its browser has gone hangs itself.
      if (!(await within(idle, 3000))) this.#drop(host);
      await removeHome(home);
      this.#idle = setTimeout(() => this.close(), this.#options.idleMs).unref();
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    if (this.#host) this.#drop(this.#host);
  }

  #start(): ChildProcess {
    const host = fork(path.join(import.meta.dirname, "host.ts"), {
      env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" },
      execArgv: ["--max-old-space-size=512"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      detached: true, // Ctrl-C in a terminal reaches the worker alone
    });
    host.on("error", () => this.#drop(host));
    host.on("exit", () => this.#drop(host));
    return host;
  }

  #drop(host: ChildProcess): void {
    if (this.#host === host) this.#host = undefined;
    host.kill("SIGKILL");
  }

  #watch(host: ChildProcess, home: string, stop: AbortSignal, signal: AbortSignal | undefined): Promise<Rendering> {
    const { timing, memory } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => resolve({ status: "failed", reason, console: [], errors: [] });
      let isLaunched = false;
      const broken = (reason: string) => reject(new BrowserBroken(reason, isLaunched));
      let limit = setTimeout(() => broken("The browser did not start in time."), timing.launchMs + 2000);
      const meter = setInterval(() => {
        const leader = browserPid(home);
        if (leader !== undefined && memoryOf(leader) > memory) {
          fail(`The page took more than ${Math.round(memory / 2 ** 20)} MB of memory.`);
        }
      }, 200);
      const onMessage = (message: HostMessage) => {
        if (message.kind === "launched") {
          this.version = message.version;
          isLaunched = true;
          clearTimeout(limit);
          limit = setTimeout(() => fail("The page did not let itself be looked at: it hangs."), timing.pageMs + 3000);
        } else if (message.kind === "done") resolve(message.rendering);
        else if (message.kind === "broken") broken(message.reason);
      };
      const onExit = () => broken("The browser's host went away.");
      const onAbort = () => reject(signal?.reason instanceof Error ? signal.reason : new Error("stopped"));
      host.on("message", onMessage);
      host.once("exit", onExit);
      signal?.addEventListener("abort", onAbort);
      stop.addEventListener("abort", () => {
        clearTimeout(limit);
        clearInterval(meter);
        host.off("message", onMessage);
        host.off("exit", onExit);
        signal?.removeEventListener("abort", onAbort);
      });
      if (signal?.aborted) onAbort();
    });
  }
}

/** A folder for everything that the browser writes, which goes when it goes. */
function makeHome(uid: number | undefined): string {
  const home = mkdtempSync(homePrefix());
  mkdirSync(path.join(home, "profile"), { mode: 0o700 });
  if (uid !== undefined) for (const folder of [path.join(home, "profile"), home]) chownSync(folder, uid, uid);
  return home;
}

function waitFor(host: ChildProcess, kind: HostMessage["kind"]): Promise<boolean> {
  return new Promise((resolve) => {
    const onMessage = (message: HostMessage) => {
      if (message.kind === kind) end(true);
    };
    const onExit = () => end(false);
    const end = (isTold: boolean) => {
      host.off("message", onMessage);
      host.off("exit", onExit);
      resolve(isTold);
    };
    host.on("message", onMessage);
    host.once("exit", onExit);
  });
}

/** Whether a promise comes to `true` in time. */
async function within(promise: Promise<boolean>, ms: number): Promise<boolean> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    return await Promise.race([
      promise,
      new Promise<boolean>((resolve) => late.signal.addEventListener("abort", () => resolve(false))),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
