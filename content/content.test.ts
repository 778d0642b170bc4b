// content/tasks, content/prompts, content/models.json -> [content.test.ts]: what `autobench sync` may rely on.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const here = import.meta.dirname;
const read = (...path: string[]): string => readFileSync(join(here, ...path), "utf8");

const themes = `animation arcade board-game calculator chart clock drawing form
  generative-art interface landing-page physics puzzle simulation table text-tool`.split(/\s+/);

/** Placeholders that the worker fills in, by role: a prompt may use these and no others. */
const placeholdersOf: Record<string, string[]> = {
  writer: ["day", "slot", "slots", "themes", "nonce", "recent"],
  answer: ["prompt"],
  judge: ["problem", "rubric", "nonce", "answer"],
  battle: ["problem", "rubric", "nonce", "first", "second"],
  coach: ["nonce", "members"],
};

/** Names that would favour or reveal somebody, and things that a sandboxed page without a network cannot have. */
const forbidden = `openai, chatgpt, gpt, anthropic, claude, google, gemini, deepseek, groq, llama, mistral, microsoft,
  amazon, facebook, instagram, twitter, youtube, netflix, spotify, excel, photoshop, figma, trello, bootstrap, tailwind,
  tetris, pong, pac-man, asteroids, breakout, frogger, space invaders, minecraft, sokoban, 2048, othello, monopoly,
  scrabble, boggle, wordle, jenga, lego, rubik, spirograph, mastermind, connect four, battleship, three.js, d3, jquery,
  http, https, www, cdn, localstorage, sessionstorage, indexeddb, cookie, alert, webcam`.split(/,\s+/);

/** Words as pg_trgm cuts them: runs of letters and digits. */
const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The trigrams of a text as `show_trgm` gives them: each word padded with two blanks before and one after. */
function trigrams(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of words(text)) {
    const padded = `  ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) found.add(padded.slice(at, at + 3));
  }
  return found;
}

function similarity(a: Set<string>, b: Set<string>): number {
  const shared = [...a].filter((trigram) => b.has(trigram)).length;
  return shared / (a.size + b.size - shared);
}

function parseTask(file: string): { slug: string; title: string; theme: string; prompt: string } {
  const match = /^# (.+)\ntheme: (.+)\n\n([^]+)\n$/.exec(read("tasks", file));
  if (!match) throw new Error(`content/tasks/${file}: expected "# Title", "theme: <theme>", a blank line, the prompt`);
  const [, title = "", theme = "", prompt = ""] = match;
  return { slug: file.replace(/\.md$/, ""), title, theme, prompt };
}

const tasks = readdirSync(join(here, "tasks")).map(parseTask);

describe("fallback tasks", () => {
  it("number at least 40, with at least 3 for each theme", () => {
    expect(tasks.length).toBeGreaterThanOrEqual(40);
    const uses = Object.fromEntries(themes.map((theme) => [theme, tasks.filter((t) => t.theme === theme).length]));
    expect(Object.entries(uses).filter(([, count]) => count < 3)).toEqual([]);
    expect(tasks.filter((task) => !themes.includes(task.theme))).toEqual([]);
  });

  it("have unique titles and slugs in lower case with dashes", () => {
    expect(new Set(tasks.map((task) => task.title.toLowerCase())).size).toBe(tasks.length);
    for (const { slug, title } of tasks) {
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title, slug).toMatch(/^\S.{3,58}[^\s.]$/);
    }
  });

  it.each(tasks)("$slug is of the right length and says what every task must say", ({ prompt }) => {
    const length = prompt.split(/\s+/).length;
    expect(length).toBeGreaterThanOrEqual(80);
    expect(length).toBeLessThanOrEqual(170);
    for (const word of [/\bHTML\b/, /\binline\b/, /\bnetwork\b/, /\b1280×720\b/, /\(1\)[^]*\(2\)/]) {
      expect(prompt).toMatch(word);
    }
    expect(prompt, "plain paragraphs, no markup or placeholders").not.toMatch(/^[ \t#>*|-]|```|\{\{|\]\(/m);
  });

  it.each(tasks)("$slug names no brand and nothing that a sandboxed page lacks", ({ title, prompt }) => {
    const text = ` ${words(`${title} ${prompt}`).join(" ")} `;
    expect(forbidden.filter((word) => text.includes(` ${words(word).join(" ")} `))).toEqual([]);
    expect(prompt).not.toMatch(/https?:|localStorage/i);
  });

  it("are clearly different from each other", () => {
    const sets = tasks.map((task) => ({ slug: task.slug, set: trigrams(task.prompt) }));
    const close = sets.flatMap((a, index) =>
      sets
        .slice(index + 1)
        .map((b) => ({ pair: `${a.slug} and ${b.slug}`, similarity: similarity(a.set, b.set) }))
        .filter((pair) => pair.similarity >= 0.45),
    );
    expect(close).toEqual([]);
  });

  it("are compared as Postgres does", () => {
    expect([...trigrams("Cat")].toSorted()).toEqual(["  c", " ca", "at ", "cat"]);
    expect(similarity(trigrams("word"), trigrams("two words"))).toBeCloseTo(0.363636, 6);
  });
});

describe("prompts", () => {
  const files = Object.keys(placeholdersOf).flatMap((role) =>
    readdirSync(join(here, "prompts", role)).map((file) => ({ role, version: file.replace(/\.md$/, "") })),
  );

  it("exist for every role and for no other", () => {
    expect(readdirSync(join(here, "prompts")).toSorted()).toEqual(Object.keys(placeholdersOf).toSorted());
    for (const role of Object.keys(placeholdersOf)) expect(files.map((file) => file.role)).toContain(role);
  });

  it.each(files)("$role/$version has a front block and one system and one user part", ({ role, version }) => {
    const text = read("prompts", role, `${version}.md`);
    expect(version).toMatch(/^v[1-9][0-9]*$/);
    const match = /^role: (.+)\nversion: (.+)\nplaceholders: (.+)\n\n([^]+)$/.exec(text);
    const [, statedRole, statedVersion, stated = "", body = ""] = match ?? [];
    expect([statedRole, statedVersion]).toEqual([role, version]);
    expect(body.split("\n").filter((line) => line.startsWith("## "))).toEqual(["## system", "## user"]);
    expect(body).toMatch(/^## system\n\n\S[^]+\n\n## user\n\n\S[^]*\n$/);

    const used = new Set([...body.matchAll(/\{\{(.*?)\}\}/g)].map((found) => found[1] ?? ""));
    expect([...used].toSorted()).toEqual(stated.split(", ").toSorted());
    expect([...used].filter((name) => !placeholdersOf[role]?.includes(name))).toEqual([]);
    expect(body.slice(0, body.indexOf("## user")), "what changes belongs to the user part").not.toContain("{{");
  });

  it.each([
    ["writer", "recent"],
    ["judge", "answer"],
    ["coach", "members"],
  ])("%s shows {{%s}} between lines that carry the nonce", (role, data) => {
    for (const file of files.filter((found) => found.role === role)) {
      const fence = `<<<.+ \\{\\{nonce\\}\\}>>>\\n\\{\\{${data}\\}\\}\\n<<<end of .+ \\{\\{nonce\\}\\}>>>`;
      expect(read("prompts", role, `${file.version}.md`)).toMatch(new RegExp(fence));
    }
  });

  it("judge reasons before it scores", () => {
    expect(read("prompts", "judge", "v1.md")).toMatch(/\{"reasoning": .+, "score": .+, "feedback": .+\}/);
  });
});

type Row = Record<string, unknown>;
const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);
const rows = (value: unknown): Row[] => (Array.isArray(value) ? value.filter(isRow) : []);
const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const positive = (value: unknown): boolean => typeof value === "number" && value > 0;

describe("models.json", () => {
  const parsed: unknown = JSON.parse(read("models.json"));
  const providers = rows(isRow(parsed) ? parsed.providers : undefined);
  const models = rows(isRow(parsed) ? parsed.models : undefined);

  it.each(providers)("provider $name is complete", (provider) => {
    const { max_parallel, requests_per_minute, ...rest } = provider;
    expect([max_parallel, requests_per_minute].every((limit) => Number.isInteger(limit) && positive(limit))).toBe(true);
    expect(rest).toEqual({
      name: text(/^[a-z]+$/),
      protocol: text(/^(openai|anthropic)$/),
      base_url: text(/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])\S+[^/]$/),
      api_key_env: text(/^[A-Z]+_API_KEY$/),
      is_enabled: expect.any(Boolean) as unknown,
    });
  });

  it.each(models)("model $slug is complete and states where its name and price come from", (model) => {
    const { params = {}, max_output_tokens, input_usd_per_million, output_usd_per_million, ...rest } = model;
    expect(positive(input_usd_per_million) && positive(output_usd_per_million)).toBe(true);
    expect(rest).toEqual({
      slug: text(/^[a-z0-9]+(-[a-z0-9]+)*$/),
      display_name: text(/\S/),
      provider: text(/\S/),
      api_model: text(/^[a-z0-9./-]+$/),
      family: text(/^[a-z-]+$/),
      prices_as_of: text(/^20\d\d-[01]\d-[0-3]\d$/),
      is_active: expect.any(Boolean) as unknown,
      note: text(/.{20}/),
    });
    expect(providers.map((provider) => provider.name)).toContain(model.provider);
    expect(positive(max_output_tokens), "a limit on what is written").toBe(true);
    // The limit has a name of its own at every provider: it is sent under that name, never as a parameter.
    expect(Object.keys(isRow(params) ? params : {})).not.toEqual(expect.arrayContaining([text(/^max_/)]));
  });

  it("has unique names, uses every provider, and keeps the founding four", () => {
    for (const [list, key] of [[providers, "name"] as const, [models, "slug"] as const]) {
      expect(new Set(list.map((row) => row[key])).size).toBe(list.length);
    }
    for (const { name } of providers) expect(models.map((model) => model.provider)).toContain(name);
    expect(models.map((model) => model.display_name)).toEqual(
      expect.arrayContaining(["GPT-4o", "Claude 3.5 Sonnet", "Gemini 2.0 Flash", "DeepSeek Chat"]),
    );
    expect(models.filter((model) => model.is_active === true).length).toBeGreaterThanOrEqual(2);
  });
});
