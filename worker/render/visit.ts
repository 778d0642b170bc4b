// worker/render/host.ts -> [worker/render/visit.ts] -> the browser, by playwright-core
// Opens one hostile page in a browser of its own and looks at it. Every layer stands alone: the page's own headers, no
// name that resolves, no proxy that answers, no request let through, and a network namespace where the machine has them.
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type BrowserContext, type CDPSession, chromium, errors, type Page } from "playwright-core";
import { pageHeaders } from "../../process/page-headers.ts";
import { Heard } from "./heard.ts";
import { isBlank, isMotion, readPng } from "./pixels.ts";
import type { Rendering, VisitJob } from "./types.ts";

const size = { width: 1280, height: 720 };
const thumbScale = 0.375;
const address = "https://artifact.invalid/";

const switches = [
  "--host-resolver-rules=MAP * ~NOTFOUND",
  "--proxy-server=http://127.0.0.1:9",
  "--proxy-bypass-list=<-loopback>",
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--force-webrtc-ip-handling-policy",
  "--js-flags=--max-old-space-size=512",
  "--enable-unsafe-swiftshader",
  "--disable-crash-reporter",
  "--no-pings",
];

/** Starts the browser. It keeps nothing: whoever asked ends it and removes its folder. */
export async function openBrowser({ plan, home, timing }: VisitJob): Promise<BrowserContext> {
  const isWrapped = process.platform !== "win32";
  const { browser } = plan;
  return chromium.launchPersistentContext(path.join(home, "profile"), {
    executablePath: isWrapped ? path.join(import.meta.dirname, "browser.sh") : browser.program,
    chromiumSandbox: plan.isSandboxed,
    headless: true,
    timeout: timing.launchMs,
    args: switches,
    // Without these two a page may flood the browser with navigations and windows.
    ignoreDefaultArgs: ["--disable-ipc-flooding-protection", "--disable-popup-blocking"],
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      LANG: "C.UTF-8",
      ...browser.environment,
      RENDER_HOME: home,
      RENDER_PROGRAM: browser.program,
      ...(plan.hasNamespace ? { RENDER_NAMESPACE: "1" } : {}),
      ...(plan.uid === undefined ? {} : { RENDER_UID: String(plan.uid) }),
    },
    artifactsDir: home,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    viewport: size,
    deviceScaleFactor: 1,
    locale: "en-US",
    timezoneId: "UTC",
    acceptDownloads: false,
    permissions: [],
    serviceWorkers: "block",
  });
}

/** Looks at the page in an open browser. Throws only when the browser itself has gone. */
export async function lookAt(context: BrowserContext, { html, timing }: VisitJob): Promise<Rendering> {
  const heard = new Heard();
  const taken: { rendering?: Extract<Rendering, { status: "rendered" }> } = {};
  const page = context.pages()[0] ?? (await context.newPage());
  const ends = new AbortController();
  const gone = new Promise<never>((_resolve, reject) => {
    context.once("close", () => reject(new Error("The browser went away.")));
  });
  const crashed = new Promise<"crashed">((resolve) => void page.once("crash", () => resolve("crashed")));
  const late = delay(timing.pageMs, "late" as const, { signal: ends.signal });
  for (const promise of [gone, late]) promise.catch(() => undefined); // each is waited for below, unless another came first
  try {
    listenTo(context, page, heard);
    await Promise.race([gone, serve(context, html)]);
    const seen = picture(context, page, timing, heard, taken).catch((error: unknown) => {
      // When the browser has gone, `gone` says so; else it is the page that cannot be pictured.
      if (error instanceof Error && /has been closed/.test(error.message)) return gone;
      return "unpictured" as const;
    });
    const end = await Promise.race([gone, crashed, late, seen]);
    const reasons = {
      unpictured: "No picture could be taken of the page: it hangs, or has gone elsewhere.",
      crashed: "The page crashed the browser's tab, most often for want of memory.",
      late: `The page did not come to rest within ${timing.pageMs / 1000} seconds: it hangs.`,
    };
    if (end !== "seen" && !taken.rendering) return { status: "failed", reason: reasons[end], ...heard.kept() };
    if (end !== "seen") heard.addError(`After its first picture: ${reasons[end]}`);
    if (taken.rendering) return { ...taken.rendering, ...heard.kept() };
    throw new Error("A page was seen, and there is no picture of it.");
  } finally {
    ends.abort();
  }
}

function listenTo(context: BrowserContext, page: Page, heard: Heard): void {
  const onConsole = (message: { type(): string; text(): string }) => {
    if (!heard.addLine(message.type(), message.text())) page.off("console", onConsole);
  };
  page.on("console", onConsole);
  page.on("pageerror", (error) => heard.addError(`${error.name}: ${error.message}`));
  page.on("dialog", (dialog) => void dialog.dismiss().catch(() => undefined)); // gone with its page
  page.on("download", (download) => void download.cancel().catch(() => undefined)); // gone with its page
  context.on("page", (other) => void other.close().catch(() => undefined)); // gone by itself
}

/** The page is answered from here, under a name that exists nowhere; whatever else it asks for is refused. */
async function serve(context: BrowserContext, html: string): Promise<void> {
  let isServed = false;
  await context.route("**/*", async (route) => {
    const isPage = route.request().url() === address && route.request().isNavigationRequest() && !isServed;
    isServed ||= isPage;
    const answer = isPage
      ? route.fulfill({ status: 200, headers: pageHeaders({ ancestors: [], cache: "no-store" }), body: html })
      : route.abort("blockedbyclient");
    await answer.catch(() => undefined); // the page has gone meanwhile
  });
  await context.routeWebSocket("**/*", (socket) => void socket.close());
}

async function picture(
  context: BrowserContext,
  page: Page,
  timing: VisitJob["timing"],
  heard: Heard,
  taken: { rendering?: Extract<Rendering, { status: "rendered" }> },
): Promise<"seen"> {
  const session = await context.newCDPSession(page);
  try {
    await page.goto(address, { waitUntil: "load", timeout: timing.loadMs });
  } catch (error) {
    // A page that loads for ever may still have drawn something.
    if (!(error instanceof errors.TimeoutError)) heard.addError(error instanceof Error ? firstLine(error) : "unknown");
  }
  await delay(timing.settleMs);
  const first = readPng(await capture(session, "png", 1));
  const image = await capture(session, "webp", 1);
  const thumb = await capture(session, "webp", thumbScale);
  taken.rendering = {
    status: "rendered",
    image,
    thumb,
    ...size,
    isBlank: isBlank(first),
    isMoving: false,
    console: [],
    errors: [],
  };
  await delay(timing.motionMs);
  taken.rendering.isMoving = isMotion(first, readPng(await capture(session, "png", 1)));
  return "seen";
}

async function capture(session: CDPSession, format: "png" | "webp", scale: number): Promise<Buffer> {
  const { data } = await session.send("Page.captureScreenshot", {
    format,
    ...(format === "webp" ? { quality: 85 } : {}),
    clip: { x: 0, y: 0, ...size, scale },
    captureBeyondViewport: false,
  });
  return Buffer.from(data, "base64");
}

const firstLine = (error: Error): string => error.message.split("\n")[0] ?? "unknown";
