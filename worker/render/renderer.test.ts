// [worker/render/renderer.test.ts] -> worker/render/renderer.ts, lane.ts, visit.ts
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test as base } from "vitest";
import { makeRenderer } from "./renderer.ts";
import { silentLog } from "../../process/log.ts";
import { makeTestRenderer, quickTiming } from "./testing/browser.ts";
import { BrowserBroken, type Rendering } from "./types.ts";

const test = base.extend("renderer", { scope: "file" }, async ({}, { onCleanup }) => {
  const renderer = makeTestRenderer();
  onCleanup(() => renderer.close());
  return renderer;
});

const limit = { timeout: 60_000 };
const homes = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`autobench-render-${process.pid}-`));

function rendered(rendering: Rendering): Extract<Rendering, { status: "rendered" }> {
  if (rendering.status !== "rendered") throw new Error(rendering.reason);
  return rendering;
}

describe("a page", () => {
  test("is pictured, with what it said and what went wrong", limit, async ({ renderer }) => {
    const seen = rendered(
      await renderer.render(
        "<body style='background:#123'><h1 style='color:gold'>Hello</h1><script>console.log('hi', 7);console.warn('\\u0000\\ud800');throw new TypeError('boom')</script>",
      ),
    );
    for (const picture of [seen.image, seen.thumb]) {
      expect(Buffer.from(picture.subarray(0, 4)).toString()).toBe("RIFF");
      expect(Buffer.from(picture.subarray(8, 12)).toString()).toBe("WEBP");
    }
    expect(seen).toMatchObject({
      width: 1280,
      height: 720,
      isBlank: false,
      isMoving: false,
      errors: ["TypeError: boom"],
    });
    expect(seen.console).toEqual([
      { level: "log", text: "hi 7" },
      { level: "warning", text: "\ufffd\ufffd" },
    ]);
    expect(seen.thumb.length).toBeLessThan(seen.image.length);
  });

  test("that draws nothing is blank", limit, async ({ renderer }) => {
    expect(rendered(await renderer.render("<!doctype html><title>x</title>"))).toMatchObject({ isBlank: true });
  });

  test("that moves is seen to move; a blinking caret is no motion", limit, async ({ renderer }) => {
    const moving = `<canvas id=c width=600 height=400></canvas><script>const g=c.getContext('2d');let n=0;(function f(){g.fillStyle='hsl('+(n+=7)+' 90% 50%)';g.fillRect(0,0,600,400);requestAnimationFrame(f)})()</script>`;
    const [still, moves] = await Promise.all([
      renderer.render("<input autofocus value=text>"),
      renderer.render(moving),
    ]);
    expect(rendered(moves).isMoving).toBe(true);
    expect(rendered(still).isMoving).toBe(false);
  });

  test("that draws by WebGL is seen without a graphics card", limit, async ({ renderer }) => {
    // Two rhythms: no two moments look the same.
    const drawn = `<canvas id=c width=600 height=400></canvas><script>const g=c.getContext('webgl');(function f(t){g.clearColor(t/1000%1,.5,t/1618%1,1);g.clear(g.COLOR_BUFFER_BIT);requestAnimationFrame(f)})(0)</script>`;
    expect(rendered(await renderer.render(drawn))).toMatchObject({
      isBlank: false,
      isMoving: true,
      console: [],
      errors: [],
    });
  });

  test("sees no file, no network and no environment of ours", limit, async ({ renderer }) => {
    const seen = rendered(
      await renderer.render(
        "<iframe src='file:///etc/passwd'></iframe><script>console.log(location.href, navigator.language)</script>",
      ),
    );
    expect(seen.console.find(({ level }) => level === "log")?.text).toBe("https://artifact.invalid/ en-US");
  });
});

describe("the renderer", () => {
  test("says that there is no browser", async () => {
    const renderer = makeRenderer({ folder: tmpdir(), log: silentLog, system: [], hasBundled: false });
    expect(await renderer.state()).toMatchObject({ kind: "missing", reason: expect.stringContaining("CHROMIUM_PATH") });
    await expect(renderer.render("x")).rejects.toThrow(BrowserBroken);
    await renderer.close();
  });

  test("says why a browser does not work", limit, async () => {
    for (const [chromiumPath, reason] of [
      ["/nowhere/chromium", "is no program"],
      ["/bin/false", "does not work here"],
    ]) {
      const renderer = makeTestRenderer({ chromiumPath });
      expect(await renderer.state()).toMatchObject({ kind: "missing", reason: expect.stringContaining(reason!) });
      await renderer.close();
    }
    expect(homes()).toEqual([]);
  });

  test("runs the browser in its sandbox, and as nobody else when it is root", limit, async ({ renderer }) => {
    const state = await renderer.state();
    if (state.kind !== "ready") throw new Error(state.reason);
    expect(state.plan.isSandboxed).toBe(true);
    expect(state.plan.uid).toBe(process.getuid?.() === 0 ? 64_999 : undefined);
  });

  test("stops a page when it is told to", limit, async ({ renderer }) => {
    const stop = new AbortController();
    const work = renderer.render("<script>for(;;);</script>", stop.signal);
    await untilBrowser();
    stop.abort(new Error("enough"));
    await expect(work).rejects.toThrow("enough");
    expect(homes()).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")("leaves nothing when a browser is killed", limit, async () => {
    const renderer = makeTestRenderer({ concurrency: 1, timing: { ...quickTiming, settleMs: 1500 } });
    await renderer.state();
    const ends: string[] = [];
    for (const victim of [0, 1, 2, -1]) {
      const work = renderer.render("<h1>x</h1><script>setInterval(()=>{document.title=Math.random()},1)</script>").then(
        ({ status }) => status,
        (error: Error) => error.name,
      );
      const home = await untilBrowser();
      const pids = processesOf(home);
      process.kill(pids.at(victim) ?? pids[0]!, "SIGKILL");
      ends.push(await work);
      expect(processesOf(home)).toEqual([]);
    }
    expect(ends.every((end) => ["rendered", "failed", "BrowserBroken"].includes(end))).toBe(true);
    expect(ends).toContain("BrowserBroken");
    await renderer.close();
    expect(homes()).toEqual([]);
  });
});

/** The folder of the render that is under way, once its browser has started. */
async function untilBrowser(): Promise<string> {
  let found = "";
  const look = () => {
    const folders = homes().map((name) => path.join(tmpdir(), name));
    found = folders.toSorted((one, other) => processesOf(other).length - processesOf(one).length)[0] ?? "";
    return found === "" ? 0 : processesOf(found).length;
  };
  await expect.poll(look, { timeout: 20_000, interval: 20 }).toBeGreaterThan(1);
  return found;
}

/** Living processes whose command line or environment names a render's folder. */
function processesOf(home: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
        return pid !== process.pid && text.includes(home);
      } catch {
        return false; // ended, or not ours to look into
      }
    });
}
