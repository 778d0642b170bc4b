// worker/main.ts, autobench doctor -> [worker/render/renderer.ts] -> worker/render/lane.ts
// Renders pages, a few at a time. What this machine has for it is found out once, by trying.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Log } from "../../process/log.ts";
import { findBrowser, type Where } from "./find-browser.ts";
import { Lane } from "./lane.ts";
import { clearLeftovers } from "./processes.ts";
import { BrowserBroken, type LaunchPlan, type Rendering, Stopping, type Timing, usualTiming } from "./types.ts";

/** Nobody else runs as this account: a browser that was taken over meets no process and no file of its own name. */
const renderUid = 64_999;

export interface RendererOptions extends Partial<Omit<Where, "uid">> {
  folder: string;
  log: Log;
  /** Pages at once; 0 means as many as suits the machine. */
  concurrency?: number;
  /** Whether the browser may run without its own sandbox where the machine allows none. */
  mayLackSandbox?: boolean;
  /** False leaves the namespace out where there could be one: the other layers must hold by themselves. */
  mayHaveNamespace?: boolean;
  timing?: Partial<Timing>;
  memory?: number;
}

export type RendererState = { kind: "ready"; plan: LaunchPlan; version: string } | { kind: "missing"; reason: string };

export interface Renderer {
  readonly concurrency: number;
  /** Pages under way and in line. */
  readonly load: number;
  state(): Promise<RendererState>;
  /** Throws BrowserBroken when there is no working browser. */
  render(html: string, signal?: AbortSignal): Promise<Rendering>;
  close(): Promise<void>;
}

export function makeRenderer(options: RendererOptions): Renderer {
  const concurrency = options.concurrency || Math.min(4, availableParallelism());
  const laneOptions = {
    timing: { ...usualTiming, ...options.timing },
    memory: options.memory ?? 1536 * 2 ** 20,
    idleMs: 30_000,
  };
  const free = Array.from({ length: concurrency }, () => new Lane(laneOptions));
  const lanes = [...free];
  const waiting: ((lane: Lane) => void)[] = [];
  const underWay = new Set<Promise<unknown>>();
  const stop = new AbortController();
  let state: Promise<RendererState> | undefined;

  const take = (): Promise<Lane> => {
    const lane = free.pop();
    return lane ? Promise.resolve(lane) : new Promise((resolve) => waiting.push(resolve));
  };
  const give = (lane: Lane): void => {
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  };
  const findOut = async (): Promise<RendererState> => {
    const cleared = await clearLeftovers();
    if (cleared) options.log.info("folders of killed renders were removed", { cleared });
    const lane = await take();
    try {
      const found = await tryPlans(options, lane);
      if (found.kind === "missing") options.log.warn("pages are not rendered", { reason: found.reason });
      else describe(found.plan, found.version, options.log);
      return found;
    } finally {
      give(lane);
    }
  };
  const lookAround = async (): Promise<RendererState> => {
    const found = await (state ??= findOut());
    if (found.kind === "missing") state = undefined; // looked for again when the next page comes
    return found;
  };
  const render = async (html: string, signal: AbortSignal): Promise<Rendering> => {
    const found = await lookAround();
    if (found.kind === "missing") throw new BrowserBroken(found.reason);
    const lane = await take();
    try {
      signal.throwIfAborted();
      return await lane.render(html, found.plan, signal);
    } finally {
      give(lane);
    }
  };
  return {
    concurrency,
    get load() {
      return underWay.size;
    },
    state: lookAround,
    async render(html, signal) {
      const work = render(html, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal);
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    async close() {
      stop.abort(new Stopping("The renderer is stopping."));
      await Promise.allSettled(underWay);
      await Promise.allSettled([state]);
      for (const lane of lanes) lane.close();
    },
  };
}

const trial = "<!doctype html><title>Trial</title><body style='margin:0;background:#fff'><h1>Trial</h1>";

/** The strictest way of starting a browser that works on this machine. */
async function tryPlans(options: RendererOptions, lane: Lane): Promise<RendererState> {
  const uid = process.getuid?.() === 0 ? renderUid : undefined;
  const browser = await findBrowser({ ...options, uid });
  if ("reason" in browser) return { kind: "missing", reason: browser.reason };
  const reasons: string[] = [];
  for (const isSandboxed of options.mayLackSandbox ? [true, false] : [true]) {
    for (const hasNamespace of options.mayHaveNamespace !== false && canUnshare(uid) ? [true, false] : [false]) {
      const plan: LaunchPlan = { browser, hasNamespace, isSandboxed, uid };
      try {
        const rendering = await lane.render(trial, plan);
        if (rendering.status === "rendered") return { kind: "ready", plan, version: lane.version };
        reasons.push(rendering.reason);
      } catch (error) {
        if (!(error instanceof BrowserBroken)) throw error;
        reasons.push(error.message);
      }
    }
  }
  return { kind: "missing", reason: `${browser.program} does not work here: ${reasons.join(" | ")}` };
}

/** A quick look, before a browser is started for it. */
function canUnshare(uid: number | undefined): boolean {
  if (process.platform !== "linux") return false;
  const drop = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--no-new-privs", "--"];
  const enter = [
    "unshare",
    "--user",
    "--map-current-user",
    "--net",
    "--ipc",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--",
  ];
  const [program, ...rest] = [...(uid === undefined ? [] : drop), ...enter, "true"];
  return spawnSync(program, rest, { stdio: "ignore", timeout: 5000 }).status === 0;
}

function describe(plan: LaunchPlan, version: string, log: Log): void {
  const { browser, hasNamespace, isSandboxed } = plan;
  log.info("pages are rendered", {
    program: browser.program,
    source: browser.source,
    version,
    hasNamespace,
    isSandboxed,
  });
  if (!isSandboxed) log.warn("the browser runs WITHOUT its sandbox, since RENDER_SANDBOX=0 allows it");
  if (!hasNamespace) log.warn("the browser has no network namespace here: headers and switches alone keep it in");
}
