// [worker/library.test.ts] -> worker/library.ts
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { drawFromLibrary, readLibrary, themesOf } from "./library.ts";
import { temporaryFolder } from "./tests/setup.ts";

const library = readLibrary();
const asRecent = (tasks: { theme: string; title: string }[]) => tasks.map(({ theme, title }) => ({ theme, title }));

describe("the built-in tasks", () => {
  test("are at least forty, each with a title and a prompt of its own that the database takes", () => {
    expect(library.length).toBeGreaterThanOrEqual(40);
    expect(new Set(library.map((task) => task.title.toLowerCase())).size).toBe(library.length);
    for (const task of library) {
      expect(task.prompt.length, task.title).toBeGreaterThanOrEqual(200);
      expect(task.prompt.length, task.title).toBeLessThanOrEqual(4000);
      expect(themesOf(library)).toContain(task.theme);
    }
  });

  test("last sixty days of three slots at the least before one comes again that was not drawn longest ago", () => {
    const drawn: { theme: string; title: string }[] = [];
    for (let n = 0; n < library.length; n++) {
      const task = drawFromLibrary(library, asRecent(drawn), `2031-01-01 ${n}`);
      expect(drawn.map((earlier) => earlier.title)).not.toContain(task.title);
      drawn.push(task);
    }
    // All were given within the sixty days: no day is empty all the same.
    expect(library).toContain(drawFromLibrary(library, asRecent(drawn), "2031-03-01 1"));
  });

  test("are drawn by day and slot, so that a second run draws the same", () => {
    const draw = (seed: string) => drawFromLibrary(library, [], seed).title;
    expect(draw("2031-01-01 1")).toBe(draw("2031-01-01 1"));
    expect(new Set(Array.from({ length: 30 }, (_, n) => draw(`2031-01-${n} 1`))).size).toBeGreaterThan(10);
  });

  test("of the themes used least", () => {
    const [rare, ...others] = themesOf(library);
    const recent = others.map((theme) => ({ theme, title: "another" }));
    expect(drawFromLibrary(library, recent, "x").theme).toBe(rare);
  });

  test("say which file is wrong, and how it should be", () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "odd.md"), "no title\n");
    expect(() => readLibrary(folder)).toThrow(/odd\.md: the first line is/);
    expect(() => drawFromLibrary([], [], "x")).toThrow(/content\/tasks is empty/);
  });
});
