// worker/render/testing/hostile.ts -> [server/hostile.test.ts] -> server/gallery, server/sandbox.ts
// Every hostile page, run by a visitor in the gallery's frame: nothing gets out, nothing is taken, the tab stays alive.
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { addAnswer, addTask } from "../db/testing/arena.ts";
import { expect, test as base } from "../db/testing/database.ts";
import { silentLog } from "../process/log.ts";
import { readSettings } from "../process/settings.ts";
import { openVisitorsBrowser } from "../worker/render/testing/browser.ts";
import { eachOf } from "../worker/render/testing/each-of.ts";
import { type HostilePage, hostilePages } from "../worker/render/testing/hostile.ts";
import { leakDomain, type Listener, startListener } from "../worker/render/testing/listener.ts";
import { serverConfig } from "./config.ts";
import { startServer } from "./main.ts";

const test = base
  .extend("listener", { scope: "file" }, async ({}, { onCleanup }) => {
    const listener = await startListener();
    onCleanup(() => listener.close());
    return listener;
  })
  .extend("site", { scope: "file" }, async ({ database, pool, listener }, { onCleanup }) => {
    const task = await addTask(pool, { title: "Hostile pages" });
    for (const { name, html } of hostilePages) await addAnswer(pool, task, listener.aim(html, name), { name });
    // While pictures are being taken the gallery looks again by itself.
    await pool.query("update app_public.artifacts set status = 'skipped', reason = 'A test.', rendered_at = now()");
    const settings = readSettings({ PORT: "0", SANDBOX_PORT: "0", READS_PER_MINUTE: "1000000" });
    const server = await startServer(serverConfig(settings), database, silentLog);
    onCleanup(() => server.close());
    return server;
  });

const limit = 180_000;
const isHeard = (listener: Listener, name: string) =>
  listener.heard.some((line) => new RegExp(`/${name}[?/ ]`).test(line));

test("without protection they do get out", { timeout: limit }, async () => {
  const listener = await startListener();
  const bare = createServer((request, response) => {
    const page = hostilePages.find(({ name }) => request.url === `/${name}`);
    response.writeHead(page ? 200 : 404, { "content-type": "text/html" });
    response.end(page ? listener.aim(page.html, page.name) : undefined);
  }).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const { port } = bare.address() as AddressInfo;
  const visitor = await openVisitorsBrowser();
  const reaching = hostilePages.filter(({ reaches }) => reaches && (visitor.looksAhead || /http|udp/.test(reaches)));
  await eachOf(reaching, 4, async ({ name, reaches }) => {
    const page = await visitor.context.newPage(); // closed with the browser
    const packets = listener.packets;
    // A page that navigates away has its own load cut short.
    await page.goto(`http://127.0.0.1:${port}/${name}`, { waitUntil: "commit" }).catch(() => undefined);
    const arrives = () => (reaches === "udp" ? listener.packets > packets : isHeard(listener, name));
    if (reaches === "http" || reaches === "udp") {
      await expect.poll(arrives, { timeout: 20_000, message: name }).toBe(true);
    }
  });
  if (visitor.looksAhead) await expect.poll(() => listener.heard, { timeout: 20_000 }).toContain("opened ahead");
  const record = await visitor.close();
  bare.close();
  await listener.close();
  if (visitor.looksAhead) expect(record).toContain(`dns-prefetch.${leakDomain}`);
  expect(reaching.length).toBeGreaterThan(40);
});

test(
  "in the gallery's frame nothing gets out, nothing is taken, the tab stays alive",
  { timeout: limit },
  async ({ site, listener }) => {
    const events: string[] = [];
    const silent: string[] = [];
    const stalled = new Set<string>();
    const openTab = async () => {
      const visitor = await openVisitorsBrowser();
      const page = await visitor.context.newPage();
      for (const name of ["popup", "dialog", "download"]) page.on(name as "popup", () => events.push(name));
      await page.goto(site.url);
      // Straight to the tab: playwright gives a page up as soon as any frame in it has crashed.
      const session = await visitor.context.newCDPSession(page);
      session.on("Inspector.targetCrashed", () => events.push("the tab crashed"));
      const run = async <T>(expression: string): Promise<T> => {
        const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
          expression,
          awaitPromise: true,
          returnByValue: true,
        });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value as T;
      };
      await run(watch);
      return { visitor, run };
    };
    const visit = async (
      run: <T>(expression: string) => Promise<T>,
      { name, isHog, isSilent }: HostilePage,
    ): Promise<void> => {
      const hasTried = await run<boolean>(
        `watched.open(${JSON.stringify(name)}, ${isHog ? 1000 : isSilent ? 600 : 8000})`,
      );
      if (!hasTried && !isHog && !isSilent) silent.push(name);
      const { gap, ...state } = await run<{ gap: number }>(taken);
      if (gap > 1500) stalled.add(name);
      else stalled.delete(name);
      expect(state, name).toEqual({
        address: `${site.url}/`,
        title: expect.stringContaining("Autobench"),
        heading: "Hostile pages",
        frames: 1,
        stored: 0,
        cookie: "",
        focus: "BUTTON",
      });
      expect(await run(closed), name).toBe(0);
    };
    const free = [await openTab(), await openTab()];
    const visitors = [...free];
    await eachOf(hostilePages, 2, async (hostile) => {
      const place = free.pop()!;
      await visit(place.run, hostile);
      // The machine itself may have been busy: a page that holds the tab up does so again.
      if (stalled.has(hostile.name)) await visit(place.run, hostile);
      free.push(place);
    });
    const records = await Promise.all(visitors.map(({ visitor }) => visitor.close()));
    expect(listener.heard).toEqual([]);
    expect(listener.packets).toBe(0);
    for (const record of records) {
      expect(record, "this is the record of the browser's network").toContain(new URL(site.sandboxUrl).host);
      expect(record).not.toContain(leakDomain);
    }
    expect(events).toEqual([]);
    expect(silent).toEqual([]);
    expect([...stalled]).toEqual([]);
  },
);

/** In the tab: notes what the frame says, and how long the tab did not get round to anything. */
const watch = `
  var watched = {
    open(name, ms) {
      const from = performance.now();
      Object.assign(this, { tried: false, gap: 0, at: from });
      const button = [...document.querySelectorAll("button[data-live]")].find(({ dataset }) => dataset.title.startsWith(name + ": "));
      button.click();
      return new Promise((resolve) => {
        const look = setInterval(() => {
          if (!this.tried && performance.now() - from < ms) return;
          clearInterval(look);
          resolve(this.tried);
        }, 20);
      });
    },
  };
  addEventListener("message", (event) => (watched.tried ||= event.data === "tried"));
  setInterval(() => {
    const now = performance.now();
    watched.gap = Math.max(watched.gap, now - watched.at);
    watched.at = now;
  }, 20);
`;

/** In the tab: what a page may have got hold of. */
const taken = `({
  gap: watched.gap,
  address: location.href, title: document.title, heading: document.querySelector("h1").textContent, frames: document.querySelectorAll("iframe").length,
  stored: localStorage.length + sessionStorage.length, cookie: document.cookie, focus: document.activeElement.tagName,
})`;

/** In the tab: closes the stage and says how many frames are left. */
const closed = `new Promise((resolve) => {
  const stage = document.querySelector("#stage");
  stage.addEventListener("close", () => resolve(document.querySelectorAll("iframe").length), { once: true });
  stage.querySelector("[data-close]").click();
})`;
