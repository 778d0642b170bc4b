// content/problems/ -> [db/cluster/problems.ts] -> db/cluster/content.ts -> app_private.apply_problems()
// Reads the registry of practice problems and looks at every field: what is wrong is told all at once, by file and field.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ExplainedError } from "../../process/explained.ts";

export interface Example {
  name: string;
  answer: string;
  is_correct: boolean;
  score_min: number;
  score_max: number;
}

export interface Problem {
  id: string;
  slug: string;
  module: string;
  title: string;
  difficulty: string;
  display_order: number;
  base_points: number;
  time_bonus_points: number;
  expected_seconds: number;
  pass_score: number;
  minimum_length: number;
  is_published: boolean;
  statement: string;
  rubric: string;
  reference: string;
  examples: Example[];
  /** SHA-256 of all that stands in the folder. */
  hash: string;
}

export interface Module {
  slug: string;
  name: string;
  description: string;
  display_order: number;
  is_published: boolean;
  requires: string[];
}

export interface Registry {
  modules: Module[];
  problems: Problem[];
}

/** What each problem ships at least: without these nobody knows whether its judge can be trusted. */
const examplesNeeded = ["good", "wrong", "empty", "injection", "master-key"];
const slugForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const difficulties = ["beginner", "intermediate", "advanced", "expert"];

/** Collects what is wrong, each with its file and its field. */
class Faults {
  readonly lines: string[] = [];
  add(file: string, field: string, what: string): void {
    this.lines.push(`${file}: ${field}: ${what}`);
  }
  throwIfAny(): void {
    if (this.lines.length) {
      throw new ExplainedError(`The problems cannot be taken in; nothing was changed.\n  ${this.lines.join("\n  ")}`);
    }
  }
}

type Fields = Record<string, unknown>;

/** The fields of one JSON object, each asked for in its form. */
class Reader {
  readonly #fields: Fields;
  readonly #known = new Set<string>();
  readonly file: string;
  readonly faults: Faults;
  constructor(fields: Fields, file: string, faults: Faults) {
    this.#fields = fields;
    this.file = file;
    this.faults = faults;
  }
  text(name: string, form?: RegExp, most = 2000): string {
    const value = this.#take(name);
    if (typeof value !== "string" || !value.trim()) this.#fault(name, "a text is needed");
    else if (value.length > most) this.#fault(name, `at most ${most} characters`);
    else if (form && !form.test(value)) this.#fault(name, `"${value}" does not have the form ${form.source}`);
    else return value;
    return "";
  }
  oneOf(name: string, words: readonly string[]): string {
    const value = this.#take(name);
    if (typeof value === "string" && words.includes(value)) return value;
    this.#fault(name, `one of ${words.join(", ")} is needed`);
    return "";
  }
  whole(name: string, least: number, most: number): number {
    const value = this.#take(name);
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    this.#fault(name, `a whole number from ${least} to ${most} is needed`);
    return least;
  }
  flag(name: string, usual: boolean): boolean {
    const value = this.#take(name) ?? usual;
    if (typeof value === "boolean") return value;
    this.#fault(name, "true or false is needed");
    return usual;
  }
  slugs(name: string): string[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
    this.#fault(name, "a list of slugs is needed");
    return [];
  }
  /** A misspelt field would be as if it were not there. */
  noOthers(): void {
    for (const name of Object.keys(this.#fields)) if (!this.#known.has(name)) this.#fault(name, "no such field");
  }
  #take(name: string): unknown {
    this.#known.add(name);
    return this.#fields[name];
  }
  #fault(name: string, what: string): void {
    this.faults.add(this.file, name, what);
  }
}

export function readProblems(base: string): Registry | undefined {
  if (!existsSync(base)) return undefined;
  const faults = new Faults();
  const modules = readModules(base, faults);
  const slugs = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const problems = slugs
    .map((entry) => entry.name)
    .toSorted()
    .map((slug) => readProblem(base, slug, modules, faults));
  sayDoubles(problems, faults);
  faults.throwIfAny();
  return { modules, problems };
}

const label = (...parts: string[]): string => path.posix.join("content/problems", ...parts);

function readJson(file: string, name: string, faults: Faults): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    faults.add(name, "the file", `cannot be read: ${error instanceof Error ? error.message : "unknown"}`);
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readModules(base: string, faults: Faults): Module[] {
  const file = label("modules.json");
  const list = readJson(path.join(base, "modules.json"), file, faults);
  if (list !== undefined && !Array.isArray(list)) faults.add(file, "the file", "a list of modules is needed");
  const modules = (Array.isArray(list) ? list : []).map((value: unknown, n) => {
    const read = new Reader(isFields(value) ? value : {}, `${file}, module ${n + 1}`, faults);
    const module = {
      slug: read.text("slug", slugForm, 60),
      name: read.text("name", undefined, 120),
      description: read.text("description"),
      display_order: read.whole("display_order", 0, 100_000),
      is_published: read.flag("is_published", true),
      requires: read.slugs("requires"),
    };
    read.noOthers();
    return module;
  });
  const known = new Set(modules.map(({ slug }) => slug));
  if (known.size < modules.length) faults.add(file, "slug", "each may stand there once");
  for (const { slug, requires } of modules) {
    for (const one of requires)
      if (!known.has(one)) faults.add(file, "requires", `${slug} names ${one}: no such module`);
  }
  for (const circle of circlesIn(modules)) faults.add(file, "requires", `leads in a circle: ${circle}`);
  return modules;
}

/** Modules that would wait for themselves; the database refuses them as well. */
function circlesIn(modules: readonly Module[]): string[] {
  const requires = new Map(modules.map((module) => [module.slug, module.requires]));
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (requires.get(from) ?? []).some((next) => {
      if (next === to) return true;
      return !seen.has(next) && reaches(next, to, seen.add(next));
    });
  return modules.filter(({ slug }) => reaches(slug, slug)).map(({ slug }) => slug);
}

function readProblem(base: string, slug: string, modules: readonly Module[], faults: Faults): Problem {
  const folder = path.join(base, slug);
  if (!slugForm.test(slug)) faults.add(label(slug), "the folder's name", "lower case with dashes is needed");
  const hash = createHash("sha256");
  const textOf = (...parts: string[]): string => {
    try {
      const text = readFileSync(path.join(folder, ...parts), "utf8").replaceAll("\r\n", "\n");
      hash.update(`${parts.join("/")}\n${text.length}\n${text}`);
      return text;
    } catch {
      faults.add(label(slug, ...parts), "the file", "is missing");
      return "";
    }
  };
  const body = (name: string): string => {
    const text = textOf(name).trim();
    if (!text || text.length > 20_000) faults.add(label(slug, name), "the text", "1 to 20,000 characters are needed");
    if (text.includes("\0")) faults.add(label(slug, name), "the text", "holds a NUL");
    return text;
  };

  textOf("problem.json");
  const fields = readJson(path.join(folder, "problem.json"), label(slug, "problem.json"), faults);
  const read = new Reader(isFields(fields) ? fields : {}, label(slug, "problem.json"), faults);
  const problem = {
    id: read.text("id", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
    slug,
    module: read.oneOf(
      "module",
      modules.map((module) => module.slug),
    ),
    title: read.text("title", undefined, 160),
    difficulty: read.oneOf("difficulty", difficulties),
    display_order: read.whole("display_order", 0, 100_000),
    base_points: read.whole("base_points", 0, 10_000),
    time_bonus_points: read.whole("time_bonus_points", 0, 10_000),
    expected_seconds: read.whole("expected_seconds", 60, 86_400),
    pass_score: read.whole("pass_score", 1, 100),
    minimum_length: read.whole("minimum_length", 1, 2000),
    is_published: read.flag("is_published", true),
    statement: body("statement.md"),
    rubric: body("rubric.md"),
    reference: body("reference.md"),
  };
  read.noOthers();
  const examples = readExamples(folder, slug, textOf, faults);
  return { ...problem, examples, hash: hash.digest("hex") };
}

function readExamples(folder: string, slug: string, textOf: (...parts: string[]) => string, faults: Faults): Example[] {
  const base = path.join(folder, "examples");
  const files = existsSync(base) ? readdirSync(base).filter((name) => name.endsWith(".md")) : [];
  const names = files.map((name) => path.basename(name, ".md")).toSorted();
  for (const needed of examplesNeeded) {
    if (!names.includes(needed)) faults.add(label(slug, "examples", `${needed}.md`), "the file", "is missing");
  }
  return names.map((name) => {
    const file = label(slug, "examples", `${name}.md`);
    const [, front = "", answer = ""] = /^((?:\w+: .*\n)+)(?:\n([^]*))?$/.exec(textOf("examples", `${name}.md`)) ?? [];
    const given = Object.fromEntries(front.split("\n").flatMap((line) => pairOf(line)));
    const read = new Reader(given, file, faults);
    const verdict = read.oneOf("verdict", ["correct", "incorrect"]);
    const example = {
      name,
      answer: answer.trim(),
      is_correct: verdict === "correct",
      score_min: read.whole("score_min", 0, 100),
      score_max: read.whole("score_max", 0, 100),
    };
    if (example.score_min > example.score_max) faults.add(file, "score_min", "is above score_max");
    if (!slugForm.test(name)) faults.add(file, "the file's name", "lower case with dashes is needed");
    if (!example.answer && name !== "empty") faults.add(file, "the text", "is missing");
    read.noOthers();
    return example;
  });
}

function pairOf(line: string): [string, unknown][] {
  const [, name, value] = /^(\w+): (.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return [];
  return [[name, /^\d+$/.test(value) ? Number(value) : value]];
}

function sayDoubles(problems: readonly Problem[], faults: Faults): void {
  for (const { id, slug } of problems) {
    const others = problems.filter((other) => other.id === id && other.slug !== slug && id);
    for (const other of others) faults.add(label(slug, "problem.json"), "id", `is that of ${other.slug} as well`);
  }
}
