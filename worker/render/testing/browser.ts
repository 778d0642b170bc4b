// [worker/render/testing/browser.ts] -> worker/render/*.test.ts, server/hostile.test.ts
// The browser that tests use: the one from npm where it fits the machine, so that every run sees the same.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { onTestFinished } from "vitest";
import { root } from "../../../process/environment.ts";
import { silentLog } from "../../../process/log.ts";
import { findBrowser } from "../find-browser.ts";
import { makeRenderer, type Renderer, type RendererOptions } from "../renderer.ts";

const isBundled = process.platform === "linux" && process.arch === "x64";
const where = { folder: path.join(root, ".data"), ...(isBundled ? { system: [] } : {}) };

/** Quick looks, since what is tested is not what the pages draw. */
export const quickTiming = { settleMs: 100, motionMs: 50, loadMs: 3000, pageMs: 6000 };

export function makeTestRenderer(options: Partial<RendererOptions> = {}): Renderer {
  return makeRenderer({ ...where, log: silentLog, concurrency: 2, timing: quickTiming, ...options });
}

export interface VisitorsBrowser {
  context: BrowserContext;
  /** Whether it looks names up and opens connections ahead of need, as a whole browser does and the one from npm does not. */
  looksAhead: boolean;
  /** Ends the browser and returns its own record of what it did on the network. */
  close(): Promise<string>;
}

/** A browser such as a visitor has, without any of the renderer's switches: the system's, else the one from npm. */
export async function openVisitorsBrowser(): Promise<VisitorsBrowser> {
  const found = await findBrowser({ folder: where.folder, uid: undefined });
  if ("reason" in found) throw new Error(found.reason);
  const folder = mkdtempSync(path.join(tmpdir(), "autobench-visitor-"));
  const netLog = path.join(folder, "net.json");
  const context = await chromium.launchPersistentContext(path.join(folder, "profile"), {
    executablePath: found.program,
    chromiumSandbox: false, // the visitor's own sandbox is not what is tested, and root could have none
    ignoreDefaultArgs: [
      "--disable-ipc-flooding-protection",
      "--disable-popup-blocking",
      "--disable-background-networking",
    ],
    args: [`--log-net-log=${netLog}`, "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    env: { ...found.environment, HOME: folder, TMPDIR: folder, PATH: "/usr/bin:/bin" },
    viewport: { width: 1280, height: 800 },
  });
  // Whatever becomes of the test, its browser ends.
  onTestFinished(async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return {
    context,
    looksAhead: found.source !== "@sparticuz/chromium",
    async close() {
      await context.close(); // only then the record is whole
      return readFileSync(netLog, "utf8");
    },
  };
}
