// npx vitest run worker/rehearsal -> [worker/rehearsal/writer.test.ts] -> worker/rehearsal/writer.ts
import { describe, expect, it } from "vitest";
import { classify } from "./pages/classify.ts";
import { titleOf } from "./pages/brief.ts";
import { mechanicsOf } from "./grammar/mechanics.ts";
import { subjects } from "./grammar/subjects.ts";
import { themes } from "./themes.ts";
import { writeTask, type WrittenTask } from "./writer.ts";

interface Dated extends WrittenTask {
  readonly day: number;
}

/** What the arena would send: which task is wanted, and the last sixty days as JSON lines. */
function ask(day: number, slot: number, past: readonly Dated[]): string {
  const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
  const recent = past
    .filter((task) => day - task.day <= 60)
    .map(({ theme, title }) => JSON.stringify({ theme, title }));
  return `Write task ${slot} of 3 for ${date}.\n${recent.join("\n")}`;
}

function twoHundredDays(): Dated[] {
  const tasks: Dated[] = [];
  for (let day = 0; day < 200; day++)
    for (let slot = 1; slot <= 3; slot++) tasks.push({ day, ...writeTask(ask(day, slot, tasks)) });
  return tasks;
}

/** As pg_trgm counts: sets of trigrams of padded words, shared over all. */
function trigrams(text: string): Set<string> {
  const all = new Set<string>();
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
    const padded = `  ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) all.add(padded.slice(at, at + 3));
  }
  return all;
}

function similarity(left: Set<string>, right: Set<string>): number {
  let shared = 0;
  for (const trigram of left) if (right.has(trigram)) shared++;
  return shared / (left.size + right.size - shared);
}

describe("two hundred days of three tasks", () => {
  const tasks = twoHundredDays();

  it("repeats no title", () => {
    expect(new Set(tasks.map(({ title }) => title)).size).toBe(600);
  });

  it("uses all themes, none more than a fifth of the time", () => {
    const uses = themes.map((theme) => tasks.filter((task) => task.theme === theme).length);
    expect(Math.min(...uses)).toBeGreaterThan(20);
    expect(Math.max(...uses)).toBeLessThanOrEqual(120);
  });

  it("writes 60 to 140 words that ask for one document without a network", () => {
    for (const { prompt, title } of tasks) {
      const words = prompt.split(/\s+/).length;
      expect(words).toBeGreaterThanOrEqual(60);
      expect(words).toBeLessThanOrEqual(140);
      expect(prompt).toContain(title);
      expect(prompt).toMatch(/\bHTML\b/);
      expect(prompt).toMatch(/inline|its own CSS|styling/i);
      expect(prompt).toMatch(/network|requests|offline|nothing from outside/);
      expect(prompt).toMatch(/\(1\) .+\(2\) .+\(3\) /);
      expect(prompt).not.toMatch(/[{}]|undefined| {2}/);
    }
  });

  it("writes nothing that resembles what was written within sixty days", () => {
    const sets = tasks.map(({ prompt }) => trigrams(prompt));
    let pairs = 0;
    let alike = 0;
    for (const [at, task] of tasks.entries()) {
      for (let other = at + 1; other < tasks.length && (tasks[other]?.day ?? 0) - task.day <= 60; other++) {
        pairs++;
        if (similarity(sets[at] ?? new Set(), sets[other] ?? new Set()) >= 0.6) alike++;
      }
    }
    expect(pairs).toBeGreaterThan(90_000);
    expect(alike / pairs).toBeLessThan(0.01);
  });

  it("can be told apart by theme from the text alone", () => {
    const right = tasks.filter(({ prompt, theme }) => classify(prompt, titleOf(prompt)) === theme);
    expect(right.length / tasks.length).toBeGreaterThan(0.96);
  });
});

it("says the same to the same request and something else to another", () => {
  expect(writeTask(ask(3, 1, []))).toEqual(writeTask(ask(3, 1, [])));
  expect(writeTask(ask(3, 1, [])).title).not.toBe(writeTask(ask(3, 2, [])).title);
});

it("takes a theme that was not used lately, from JSON lines and from prose", () => {
  const used = themes.filter((theme) => theme !== "clock");
  expect(writeTask(used.map((theme) => JSON.stringify({ theme, title: "x" })).join("\n")).theme).toBe("clock");
  expect(writeTask(themes.map((theme) => `- ${theme}: ${theme === "clock" ? 2 : 3}`).join("\n")).theme).toBe("clock");
  expect(writeTask(`Lately we had ${used.join(", ")}. Something new, please.`).theme).toBe("clock");
});

it("keeps to the themes that it is offered", () => {
  for (const slot of [1, 2, 3, 4, 5])
    expect(["form", "table"]).toContain(writeTask(ask(1, slot, []), ["form", "table"]).theme);
});

it("knows whole subjects and mechanics", () => {
  expect(subjects.length).toBeGreaterThan(150);
  expect(new Set(subjects.map(({ name }) => name)).size).toBe(subjects.length);
  for (const { name, things, place } of subjects)
    for (const part of [name, ...things, place]) expect(part).toMatch(/^\S.*\S$/);
  for (const theme of themes) {
    expect(mechanicsOf(theme)).toHaveLength(8);
    for (const { noun, kind, what } of mechanicsOf(theme)) expect(noun && kind && what).toMatch(/\.$/);
  }
});
