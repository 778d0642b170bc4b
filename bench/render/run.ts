// [bench/render/run.ts] -> worker/render/renderer.ts
// Pages per minute and memory at its peak: this renderer beside a plain loop that starts a browser for each page, the way
// a script with playwright would. `--kill 100` kills a process of the browser at random during each of so many renders,
// `--queue 100` does so with the worker's queue and a database behind it, `--hostile` renders every hostile page; both say what is left behind.
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { silentLog } from "../../process/log.ts";
import { readLibrary } from "../../worker/library.ts";
import { skills } from "../../worker/rehearsal/models.ts";
import { pageFor } from "../../worker/rehearsal/pages/answer.ts";
import { browserPid, family, memoryOf } from "../../worker/render/processes.ts";
import { makeRenderer, type Renderer } from "../../worker/render/renderer.ts";
import { eachOf } from "../../worker/render/testing/each-of.ts";
import { hostilePages } from "../../worker/render/testing/hostile.ts";
import { startListener } from "../../worker/render/testing/listener.ts";
import { renderQueue } from "./queue.ts";

const { values } = parseArgs({
  options: {
    pages: { type: "string", default: "24" },
    kill: { type: "string" },
    queue: { type: "string" },
    hostile: { type: "boolean" },
    browser: { type: "string" },
  },
});

const folder = path.resolve(import.meta.dirname, "../../.data");
const renderer = makeRenderer({
  folder,
  log: silentLog,
  chromiumPath: values.browser,
  ...(values.browser ? {} : { system: [] }),
});
const state = await renderer.state();
if (state.kind === "missing") throw new Error(state.reason);
const { plan, version } = state;
console.log(
  `${plan.browser.source} ${version}, sandbox ${plan.isSandboxed}, namespace ${plan.hasNamespace}, ${renderer.concurrency} at once`,
);
if (values.kill) await killing(renderer, Number(values.kill));
else if (values.queue) {
  let kills = 0;
  const end = await renderQueue(renderer, Number(values.queue), () => (kills += Number(killOne())));
  console.log(`${values.queue} pages through the queue, ${kills} processes killed: ${end}`);
} else if (values.hostile) await hostile(renderer);
else await compare(renderer, Number(values.pages));
await renderer.close();
console.log(`left behind: ${left().length} folders, ${browserProcesses().length} processes`);

async function compare(ours: Renderer, count: number): Promise<void> {
  const pages = readLibrary()
    .flatMap(({ title, prompt }) => skills.map((skill) => pageFor(`${title}\n\n${prompt}`, skill)))
    .slice(0, count);
  const results: { name: string; perMinute: number; peak: number; blank: number }[] = [];
  for (const [name, render, atOnce] of [
    ["plain loop", plainLoop, 1],
    [
      "this renderer",
      (html: string) => ours.render(html).then((seen) => seen.status !== "rendered" || seen.isBlank),
      ours.concurrency,
    ],
  ] as const) {
    let [peak, blank] = [0, 0];
    const meter = setInterval(() => (peak = Math.max(peak, memoryOf(process.pid))), 100);
    const began = performance.now();
    await eachOf(pages, atOnce, async (html) => void (blank += Number(await render(html))));
    clearInterval(meter);
    results.push({ name, perMinute: (count / (performance.now() - began)) * 60_000, peak, blank });
  }
  for (const { name, perMinute, peak, blank } of results) {
    console.log(
      `${name.padEnd(14)} ${perMinute.toFixed(1).padStart(6)} pages/minute, peak ${(peak / 2 ** 20).toFixed(0)} MB, ${blank} blank`,
    );
  }
  const [plain, own] = results;
  if (plain && own)
    console.log(`ratio          ${(own.perMinute / plain.perMinute).toFixed(2)} times as many pages a minute`);
}

/** What a script would do: no sandbox, no namespace, no limits; the same waits, so that the pictures are comparable. */
async function plainLoop(html: string): Promise<boolean> {
  const browser = await chromium.launch({
    executablePath: plan.browser.program,
    chromiumSandbox: false,
    env: { ...plan.browser.environment, PATH: "/usr/bin:/bin" },
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(html, { waitUntil: "load" });
  await page.waitForTimeout(1500);
  const picture = await page.screenshot({ timeout: 10_000 });
  await browser.close();
  return picture.length < 1000;
}

async function killing(ours: Renderer, count: number): Promise<void> {
  const ends: Record<string, number> = {};
  await eachOf(
    Array.from({ length: count }, (_, index) => index),
    ours.concurrency,
    async () => {
      const timer = setTimeout(() => {
        killOne();
      }, Math.random() * 2500);
      const end = await ours.render("<h1>x</h1><script>setInterval(()=>document.title=Math.random(),5)</script>").then(
        ({ status }) => status,
        (error: Error) => error.name,
      );
      clearTimeout(timer);
      ends[end] = (ends[end] ?? 0) + 1;
    },
  );
  console.log(`${count} renders with a killer: ${JSON.stringify(ends)}`);
}

/** Kills one process of one browser; false when there is none now. */
function killOne(): boolean {
  const [home] = left().toSorted(() => Math.random() - 0.5);
  const leader = home && browserPid(home);
  const pids = leader ? family(leader) : [];
  const pid = pids[Math.floor(Math.random() * pids.length)];
  if (!pid) return false;
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false; // it has ended by itself
  }
}

async function hostile(ours: Renderer): Promise<void> {
  const listener = await startListener();
  const ends: Record<string, number> = {};
  const began = performance.now();
  await eachOf(hostilePages, ours.concurrency, async ({ name, html }) => {
    const end = await ours.render(listener.aim(html, name)).then(
      ({ status }) => status,
      (error: Error) => error.name,
    );
    ends[end] = (ends[end] ?? 0) + 1;
  });
  console.log(
    `${hostilePages.length} hostile pages in ${Math.round((performance.now() - began) / 1000)} s: ${JSON.stringify(ends)}`,
  );
  console.log(`got out: ${listener.heard.length} connections, ${listener.packets} packets`);
  await listener.close();
}

/** Folders of renders; each is to be gone with its render. */
function left(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(`autobench-render-${process.pid}-`))
    .map((name) => path.join(tmpdir(), name));
}

/** The browsers' living processes, however they were started from here. */
function browserProcesses(): number[] {
  return family(process.pid).filter((pid) => {
    try {
      return /chrom/i.test(readFileSync(`/proc/${pid}/comm`, "utf8"));
    } catch {
      return false; // ended
    }
  });
}
