// [worker/render/types.ts] -> worker/render/*, worker/tasks/render_artifact.ts

export interface ConsoleLine {
  level: string;
  text: string;
}

/** What came of one page. */
export type Rendering =
  | {
      status: "rendered";
      image: Uint8Array;
      thumb: Uint8Array;
      width: number;
      height: number;
      isBlank: boolean;
      isMoving: boolean;
      console: ConsoleLine[];
      errors: string[];
    }
  | { status: "failed"; reason: string; console: ConsoleLine[]; errors: string[] };

export interface Browser {
  program: string;
  source: "CHROMIUM_PATH" | "system" | "@sparticuz/chromium";
  /** What it needs to find its own libraries and fonts; nothing of this process's environment. */
  environment: Readonly<Record<string, string>>;
}

/** How a browser is started on this machine. */
export interface LaunchPlan {
  browser: Browser;
  hasNamespace: boolean;
  isSandboxed: boolean;
  /** The account to drop to, when this process is root. */
  uid: number | undefined;
}

export interface Timing {
  launchMs: number;
  loadMs: number;
  /** How long a loaded page is given to draw before the picture is taken, and then before a second look. */
  settleMs: number;
  motionMs: number;
  /** All that a page may take once the browser is up. */
  pageMs: number;
}

export const usualTiming: Timing = { launchMs: 20_000, loadMs: 5000, settleMs: 1000, motionMs: 500, pageMs: 15_000 };

export interface VisitJob {
  html: string;
  home: string;
  plan: LaunchPlan;
  timing: Timing;
}

/** What worker/render/host.ts tells its lane, in this order; `broken`: the browser did not start, or went away. */
export type HostMessage =
  | { kind: "launched"; version: string }
  | { kind: "done"; rendering: Rendering }
  | { kind: "broken"; reason: string }
  | { kind: "idle" };

/** Neither failed: whoever renders is stopping. */
export class Stopping extends Error {
  override readonly name = "Stopping";
}

/** The browser failed, not the page. */
export class BrowserBroken extends Error {
  override readonly name = "BrowserBroken";
  /** Whether it had started: then the page may have done it. */
  readonly isLaunched: boolean;
  constructor(reason: string, isLaunched = false) {
    super(reason);
    this.isLaunched = isLaunched;
  }
}
