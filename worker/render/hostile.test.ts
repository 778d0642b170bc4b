// worker/render/testing/hostile.ts -> [worker/render/hostile.test.ts] -> worker/render/renderer.ts
// Hostile pages in the renderer, without the namespace, which alone would hold them: the other layers must do so too.
// That these pages do get out of a browser without protection, server/hostile.test.ts shows.
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { makeTestRenderer, quickTiming } from "./testing/browser.ts";
import { eachOf } from "./testing/each-of.ts";
import { hostilePages } from "./testing/hostile.ts";
import { startListener } from "./testing/listener.ts";

const limit = 240_000;
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`autobench-render-${process.pid}-`));

test("nothing gets out of the renderer", { timeout: limit }, async () => {
  const listener = await startListener();
  const renderer = makeTestRenderer({ mayHaveNamespace: false });
  const pages = hostilePages.filter(({ reaches }) => reaches);
  const odd: string[] = [];
  await eachOf(pages, 2, async ({ name, html, isSilent }) => {
    const rendering = await renderer.render(listener.aim(html, name));
    if (rendering.status === "rendered" ? rendering.image.length < 500 : !isSilent) {
      odd.push(`${name}: ${rendering.status === "rendered" ? "no picture" : rendering.reason}`);
    }
  });
  await renderer.close();
  await listener.close();
  expect(pages.length).toBeGreaterThanOrEqual(40);
  expect(listener.heard).toEqual([]);
  expect(listener.packets).toBe(0);
  expect(odd, "what they did draw is pictured").toEqual([]);
  expect(leftovers()).toEqual([]);
});

test("a page that takes all it can get is one failed picture", { timeout: limit }, async () => {
  const renderer = makeTestRenderer({
    timing: { ...quickTiming, loadMs: 1000, pageMs: 3000 },
    memory: 700 * 2 ** 20,
  });
  const names = [
    "endless-loop",
    "memory-bomb",
    "console-flood",
    "canvas-bomb",
    "hundred-thousand-nodes",
    "worker-swarm",
  ];
  const ends: Record<string, string> = {};
  await eachOf(
    hostilePages.filter(({ name }) => names.includes(name)),
    2,
    async ({ name, html }) => {
      ends[name] = await renderer.render(html).then(
        (rendering) => rendering.status,
        (error: Error) => error.name,
      );
    },
  );
  expect(Object.keys(ends).toSorted()).toEqual(names.toSorted());
  expect(ends["endless-loop"]).toBe("failed");
  expect(ends["memory-bomb"]).not.toBe("rendered");
  // And the next page finds a renderer that works.
  expect(await renderer.render("<body style='background:#123'><h1>Hello</h1>")).toMatchObject({
    status: "rendered",
    isBlank: false,
    isMoving: false,
  });
  await renderer.close();
  expect(leftovers()).toEqual([]);
});
