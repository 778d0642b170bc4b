// [cli/docs.test.ts] -> every *.md
// What the documents name exists: files, commands, settings, packages, log sentences.
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { root } from "../process/environment.ts";
import { settings } from "../process/settings.ts";

const rooms = ["bench", "cli", "content", "db", "docs", "migrations", "process", "server", "web", "worker"];
const files = fs
  .globSync(["*.md", `{${rooms.join(",")}}/**/*.md`], { cwd: root })
  .filter((file) => !/^content\/.+\//.test(file)); // tasks and prompts are no documents
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
const verbs = fs.readdirSync(path.join(root, "cli", "verbs")).map((file) => path.basename(file, ".ts"));

/** What stands in code: in blocks between fences, in indented lines, and between backticks. */
function codeOf(text: string): string[] {
  const blocks = text.match(/^```[\s\S]*?^```|^ {4}\S.*$/gm) ?? [];
  const rest = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...blocks, ...[...rest.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span)];
}

/** Every match of a pattern's first group in the code of a document, as `document: match`. */
function named(file: string, pattern: RegExp): string[] {
  return codeOf(read(file)).flatMap((code) => [...code.matchAll(pattern)].map(([, name = ""]) => name));
}

const missing = (file: string, names: string[], exists: (name: string) => boolean) =>
  names.filter((name) => !exists(name)).map((name) => `${file}: ${name}`);

/** Names in capitals that are not settings of ours: passwords in docker-compose.yml, psql's, @dataplan/pg's. */
/** The names of the providers' keys, as operators give them. */
const keys = new Set(read("content/models.json").match(/\w+_API_KEY/g));

const foreign = new Set([
  "POSTGRES_PASSWORD",
  "WORKER_PASSWORD",
  "SERVER_PASSWORD",
  "OPERATIONS_PASSWORD",
  "SUPERUSER_URL",
  "SUPERUSER_URL_OF_THE_DATABASE",
  "EXAMPLE_API_KEY",
  "ON_ERROR_STOP",
  "DATAPLAN_PG_PREPARED_STATEMENT_CACHE_SIZE",
]);

/** Verbs that a document speaks of before they exist; and a file that stands only while it is needed. */
const coming: readonly string[] = [];
const passing = ["migrations/current.sql"];

describe("the documents", () => {
  test("are all looked at", () => {
    expect(files).toEqual(expect.arrayContaining(["README.md", "db/README.md", "docs/operations.md"]));
  });

  test.for(files)("%s links to what exists", (file) => {
    const text = read(file).replaceAll(/^```[\s\S]*?^```/gm, "");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    const local = links.filter((link) => !/^(https?|mailto):/.test(link));
    const exists = (link: string) => {
      const [target = "", anchor] = link.split("#");
      const whole = target ? path.resolve(root, path.dirname(file), target) : path.join(root, file);
      return fs.existsSync(whole) && (anchor === undefined || headings(whole).includes(anchor));
    };
    expect(missing(file, local, exists)).toEqual([]);
  });

  test.for(files)("%s names commands that exist", (file) => {
    const scripts = named(file, /\bnpm run ([\w:-]+)/g);
    expect(missing(file, scripts, (name) => name in manifest.scripts)).toEqual([]);
    const commands = named(file, /(?:\bnpx |^)autobench ([\w-]+)/gm);
    expect(missing(file, commands, (name) => [...verbs, ...coming, "help"].includes(name))).toEqual([]);
  });

  test.for(files)("%s names files that exist", (file) => {
    const paths = named(file, new RegExp(`(?:^|[\\s"(])((?:${rooms.join("|")}|\\.ci)/[\\w./@-]*[\\w/])`, "gm"));
    expect(missing(file, paths, (name) => passing.includes(name) || fs.existsSync(path.join(root, name)))).toEqual([]);
  });

  test.for(files)("%s names settings that exist", (file) => {
    const names = named(file, /(?<![\w.<-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g);
    expect(missing(file, names, (name) => name in settings || foreign.has(name) || keys.has(name))).toEqual([]);
    // A single word in capitals is a setting where it is given a value.
    const given = named(file, /(?<![\w.<-])([A-Z]{3,})=/g);
    expect(missing(file, given, (name) => name in settings)).toEqual([]);
  });

  test.for(files)("%s names no machine of its makers, and none of their tools", (file) => {
    const found = read(file).match(
      /(?<![\w.])\/(?:work|root|home|tmp|Users)\/\S*|\bregistry\.\S+|\bcopilot\b|\bclaude code\b|\bsubagents?\b|\bworktrees?\b|co-authored-by/gi,
    );
    expect(found ?? []).toEqual([]);
  });
});

function headings(file: string): string[] {
  const lines = fs.readFileSync(file, "utf8").match(/^#+ .+$/gm) ?? [];
  const words = lines.map((line) => line.replace(/^#+ /, "").toLowerCase());
  return words.map((line) => line.replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-"));
}

/** The first cells of the tables in a document, backticks taken off. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| (.+?) +\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

test("no verb that exists is still said to be coming", () => {
  expect(coming.filter((verb) => verbs.includes(verb))).toEqual([]);
});

test("the README lists every verb", () => {
  const listed = firstCells(read("README.md")).filter((cell) => cell.startsWith("npx autobench "));
  expect(new Set(listed.map((cell) => cell.split(" ")[2]))).toEqual(new Set(verbs));
});

test("every decision is in their list", () => {
  const all = fs.readdirSync(path.join(root, "docs", "decisions")).filter((name) => /^\d{4}-/.test(name));
  const listed = [...read("docs/decisions/README.md").matchAll(/\((\d{4}-[^)]+)\)/g)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(all));
});

test("every package has its reason, and every reason its package", () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const packages = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const reasons = firstCells(read("docs/decisions/0010-dependencies.md"));
  const covers = (reason: string, name: string) =>
    reason.endsWith("/*") ? name.startsWith(reason.slice(0, -1)) : name === reason;
  expect(packages.filter((name) => !reasons.some((reason) => covers(reason, name)))).toEqual([]);
  expect(reasons.filter((reason) => !packages.some((name) => covers(reason, name)))).toEqual([]);
});

test("every sentence of the log is explained, and every explained one is logged", () => {
  const sources = fs
    .globSync("{cli,db,process,server,worker}/**/*.ts", { cwd: root })
    .filter((file) => !/\.test\.ts$|\/testing\/|db\/cluster\/develop\.ts|db\/generate\//.test(file));
  const logged = sources.flatMap((file) =>
    [...read(file).matchAll(/\b(?:log|logger)\.(error|warn|info)\(\s*"([^"]+)"/g)].map(
      ([, level, sentence]) => `${sentence}: ${level}`,
    ),
  );
  const chapter = read("docs/operations.md").split("## What the log says")[1] ?? "";
  const explained = [...chapter.matchAll(/^\| `([^`]+)` +\| (\w+) +\|/gm)].map(
    ([, sentence, level]) => `${sentence}: ${level}`,
  );
  expect(new Set(explained)).toEqual(new Set(logged));
});
