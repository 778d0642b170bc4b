// [db/cluster/problems.test.ts] -> db/cluster/problems.ts, db/cluster/content.ts
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "../../process/environment.ts";
import { test as base, describe, expect } from "../testing/database.ts";
import { syncContent } from "./content.ts";
import { readProblems } from "./problems.ts";

const shipped = path.join(root, "content/problems");

const test = base.extend("folder", async ({}, { onCleanup }) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "autobench-problems-"));
  onCleanup(() => rmSync(folder, { recursive: true }));
  cpSync(shipped, folder, { recursive: true });
  return folder;
});

/** Edits one file of a copy. */
function edit(folder: string, file: string, change: (text: string) => string): void {
  const at = path.join(folder, file);
  writeFileSync(at, change(readFileSync(at, "utf8")));
}

describe("the registry as it ships", () => {
  test("holds at least 24 problems in 6 modules, each with its five examples", ({}) => {
    const registry = readProblems(shipped);
    expect(registry?.modules.length).toBeGreaterThanOrEqual(6);
    expect(registry?.problems.length).toBeGreaterThanOrEqual(24);
    for (const { slug } of registry?.modules ?? []) {
      expect(registry?.problems.filter((problem) => problem.module === slug).length, slug).toBeGreaterThanOrEqual(4);
    }
    for (const { examples, slug } of registry?.problems ?? []) {
      expect(
        examples.map(({ name }) => name),
        slug,
      ).toEqual(expect.arrayContaining(["good", "master-key"]));
    }
  });

  test("goes into the database, with a plan before that changes nothing, and nothing the second time", async ({
    database,
    pool,
  }) => {
    const owner = database.superuserUrl;
    const options = { parts: ["problems"] as const };
    const plan = await syncContent(owner, { ...options, isPlan: true });
    expect((await pool.query("select from app_public.problems")).rowCount).toBe(0);
    expect(await syncContent(owner, options)).toEqual(plan);
    expect(plan.filter(({ kind, change }) => kind === "problem" && change === "added").length).toBeGreaterThan(23);
    expect(await syncContent(owner, options)).toEqual([]);
    expect(await syncContent(owner, { ...options, onlyIfChanged: true })).toEqual([]);
  });
});

describe("a fault", () => {
  const problem = "rows-that-multiplied";
  test.for<[string, string, (text: string) => string, string]>([
    [
      "a field that is missing",
      "problem.json",
      (text) => text.replace(/ *"title".*\n/, ""),
      "problem.json: title: a text is needed",
    ],
    [
      "a field of another form",
      "problem.json",
      (text) => text.replace(/"base_points": \d+/, '"base_points": "50"'),
      "problem.json: base_points: a whole number from 0 to 10000",
    ],
    [
      "points that are nothing",
      "problem.json",
      (text) => text.replace(/"base_points": \d+/, '"base_points": null'),
      "problem.json: base_points: a whole number",
    ],
    [
      "a field that is misspelt",
      "problem.json",
      (text) => text.replace('"pass_score"', '"pas_score"'),
      "problem.json: pas_score: no such field",
    ],
    [
      "a module that is not there",
      "problem.json",
      (text) => text.replace(/"module": "[^"]+"/, '"module": "nowhere"'),
      "problem.json: module: one of ",
    ],
    ["no JSON", "problem.json", () => "{", "problem.json: the file: cannot be read"],
    ["an empty rubric", "rubric.md", () => " \n", "rubric.md: the text: 1 to 20,000 characters"],
    [
      "an example without a verdict",
      "examples/good.md",
      (text) => text.replace(/verdict.*\n/, ""),
      "good.md: verdict: one of correct, incorrect",
    ],
    [
      "an example whose scores cross",
      "examples/good.md",
      (text) => text.replace(/score_min: \d+/, "score_min: 101"),
      "good.md: score_min: a whole number from 0 to 100",
    ],
    [
      "an example without its text",
      "examples/wrong.md",
      (text) => text.split("\n\n")[0] + "\n",
      "wrong.md: the text: is missing",
    ],
  ])("%s is named by file and field", ([, file, change, expected], { folder }) => {
    edit(folder, `${problem}/${file}`, change);
    expect(() => readProblems(folder)).toThrow(`content/problems/${problem}/`);
    expect(() => readProblems(folder)).toThrow(expected);
  });

  test("is told with all the others, and changes nothing", async ({ folder, database, pool }) => {
    edit(folder, `${problem}/problem.json`, (text) => text.replace(/"pass_score": \d+/, '"pass_score": 0'));
    rmSync(path.join(folder, problem, "examples/injection.md"));
    edit(folder, "modules.json", (text) => text.replace('"requires": []', '"requires": ["nowhere"]'));
    const work = syncContent(database.superuserUrl, { parts: ["problems"], problems: folder });
    await expect(work).rejects.toThrow(/pass_score[^]*injection\.md: the file: is missing/);
    await expect(work).rejects.toThrow("content/problems/modules.json: requires: data-quality names nowhere");
    const { rows } = await pool.query("select count(*)::int as n from app_public.problems where pass_score = 0");
    expect(rows).toEqual([{ n: 0 }]);
  });

  test("in the circle of the modules, or in an id that is there twice, is one", ({ folder }) => {
    edit(folder, "modules.json", (text) => text.replace('"requires": []', '"requires": ["production"]'));
    expect(() => readProblems(folder)).toThrow("requires: leads in a circle: data-quality");
    const id = /"id": "([^"]+)"/.exec(readFileSync(path.join(folder, problem, "problem.json"), "utf8"))?.[1] ?? "";
    edit(folder, "the-visitors-who-never-arrived/problem.json", (text) =>
      text.replace(/"id": "[^"]+"/, `"id": "${id}"`),
    );
    expect(() => readProblems(folder)).toThrow(`id: is that of the-visitors-who-never-arrived as well`);
  });
});
