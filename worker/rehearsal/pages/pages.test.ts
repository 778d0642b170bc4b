// npx vitest run worker/rehearsal -> [worker/rehearsal/pages/pages.test.ts] -> worker/rehearsal/pages/answer.ts
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { skills, type Skill } from "../models.ts";
import { themes, type Theme } from "../themes.ts";
import { mechanicsOf } from "../grammar/mechanics.ts";
import { answerTask, pageFor } from "./answer.ts";
import { elementsOf, scriptsOf } from "./testing/parse.ts";

/** What a page of the theme cannot be without, whoever made it. */
const required: Record<Theme, RegExp> = {
  animation: /<canvas|animation|setInterval/,
  arcade: /<canvas/,
  "board-game": /<table|id="board"/,
  calculator: /<input|data-k="7"/,
  chart: /id="chart"|class="chart"|<canvas/,
  clock: /new Date|Date\(\)|left = total|timeNow/,
  drawing: /<canvas/,
  form: /<input/,
  "generative-art": /<canvas|position:absolute/,
  interface: /<button|class="card tile"|<nav/,
  "landing-page": /<h[123]/,
  physics: /pull|v[y]? ?\+/,
  puzzle: /<button|<td|createElement\("button"\)/,
  simulation: /tick|step/,
  table: /<table/,
  "text-tool": /<textarea/,
};

const outside =
  /https?:|\/\/|@import|\burl\(|\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeer|importScripts|localStorage|sessionStorage|indexedDB|document\.cookie|\b(?:alert|confirm|prompt)\s*\(|window\.open|<(?:link|iframe|img|object|embed|base)\b|\ssrc=/i;
const makers =
  /open\s?ai|\bgpt|claude|anthropic|gemini|google|deepseek|llama|mistral|qwen|gro[kq]\b|copilot|rehears|novice|apprentice|artisan|\bmaster\b|autobench/i;

function promptFor(theme: Theme, number: number): string {
  const mechanic = mechanicsOf(theme)[number % mechanicsOf(theme).length];
  const what = (mechanic?.what ?? "")
    .replaceAll(/\{[aA]\}/g, "otters")
    .replaceAll(/\{[b-d]\}/g, "kites")
    .replaceAll("{place}", "a bay");
  return `Theme: ${theme}\nBuild "Otter Bay ${number}", ${mechanic?.kind ?? ""}. ${what} One self-contained HTML document, no network.`;
}

describe.each(themes)("%s", (theme) => {
  it.each(skills)("made by the %s is a real, self-contained page", (skill: Skill) => {
    for (const number of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const page = pageFor(promptFor(theme, number), skill);
      const { elements, unbalanced } = elementsOf(page);
      expect(unbalanced, `unbalanced in ${theme} ${skill} ${number}`).toEqual([]);
      for (const element of ["html", "head", "title", "body"]) expect(elements).toContain(element);
      expect(elements.some((element) => /^h[123]$/.test(element))).toBe(true);
      expect(page).toContain(`Otter Bay ${number}`);
      expect(page).toMatch(required[theme]);
      expect(page).not.toMatch(outside);
      expect(page).not.toMatch(makers);
      expect(page).not.toContain("```");
      expect(page).not.toContain("${");
      for (const script of scriptsOf(page)) expect(() => new Script(script)).not.toThrow();
    }
  });

  it("is the same for the same task and another for another one", () => {
    for (const skill of skills) {
      expect(pageFor(promptFor(theme, 1), skill)).toBe(pageFor(promptFor(theme, 1), skill));
      expect(pageFor(promptFor(theme, 1), skill)).not.toBe(pageFor(promptFor(theme, 2), skill));
      const pages = new Set(
        Array.from({ length: 12 }, (_, number) => untitled(pageFor(promptFor(theme, number), skill))),
      );
      expect(pages.size, `${skill} pages differ by more than their title`).toBeGreaterThan(8);
    }
  });

  it("shows the four skills apart", () => {
    const [novice, apprentice, artisan, master] = skills.map((skill) => pageFor(promptFor(theme, 3), skill));
    expect(novice).not.toMatch(/<!doctype|<meta name="viewport"/);
    expect(apprentice).toContain("<!doctype html>");
    expect(artisan?.length).toBeGreaterThan((apprentice?.length ?? 0) * 1.2);
    expect(master?.length).toBeGreaterThan((artisan?.length ?? 0) * 1.4);
    expect(master).toMatch(/addEventListener\("keydown"|<summary>/);
    expect(master).toContain("prefers-reduced-motion");
    expect(master).toContain(":focus-visible");
    expect(apprentice).not.toContain("prefers-reduced-motion");
  });
});

/** What only a page that throws would say. */
const faults =
  /enemy\.draw|drawBackground\(|players\[n\]|chart\.render|timeNow|brushes\.forEach|getElementById\("form"\)|noise\.seed|showTab|slider\.start|world\.collide|swap\(b|agents\.forEach\(move|data\.sort\(\); render|getElementById\("result"\)/;

function broken(skill: Skill): number {
  const pages = themes.flatMap((theme) =>
    Array.from({ length: 10 }, (_, number) => pageFor(promptFor(theme, number), skill)),
  );
  return pages.filter((page) => faults.test(page)).length;
}

it("lets the novice fail now and then, and nobody else", () => {
  expect(broken("novice")).toBeGreaterThan(25);
  expect(broken("novice")).toBeLessThan(110);
  for (const skill of ["apprentice", "artisan", "master"] as const) expect(broken(skill)).toBe(0);
});

function replies(skill: Skill): string[] {
  return themes.map((theme) => answerTask(promptFor(theme, 4), skill));
}

it("hands pages over in different manners", () => {
  for (const reply of replies("apprentice")) expect(reply).toMatch(/^```html\n[\s\S]*\n```$/i);
  for (const reply of replies("master"))
    expect(reply).toMatch(/^[A-Z][^`]+\n\n```html\n[\s\S]*<\/html>\n```\n\n[A-Z][^`]+\.$/);
  for (const reply of replies("novice"))
    expect(reply).toMatch(/^[A-Z][^`]+\n\n```(?:html)?\n<html>[\s\S]*<\/html>\n```\n\n/);
  const bare = replies("artisan").filter((reply) => reply.startsWith("<!doctype html>"));
  expect(bare.length).toBeGreaterThan(8);
  for (const skill of skills) for (const reply of replies(skill)) expect(reply).not.toMatch(makers);
});

it("never repeats a vendor's name, even where the task has it in its title", () => {
  for (const skill of skills) {
    const page = pageFor(
      'Create "Gemini and Claude in the Sky", an animated scene like ChatGPT and Google would, of stars, comets and moons.',
      skill,
    );
    expect(page).not.toMatch(makers);
  }
});

it("keeps markup in a title from becoming markup in the page", () => {
  for (const skill of skills) {
    const page = pageFor(
      'Theme: chart\nTitle: </title><script>x()</script>"Bars" & <b>\nShow <img>, "quotes" and `ticks`.',
      skill,
    );
    expect(page).not.toContain("<script>x()");
    expect(elementsOf(page).unbalanced).toEqual([]);
  }
});

function untitled(page: string): string {
  return page.replaceAll(/Otter Bay \d+/g, "");
}
