// [server/imports.test.ts] -> server/**, web/**: no visitor can cause a call to a model, since no code leads there
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../process/environment.ts";

const isTest = (file: string) => /\.test\.ts$|\/testing\/|\/tests\//.test(file);

function importsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(root, file), "utf8");
  const named = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)].map((match) => match[1] ?? "");
  return named
    .map((name) => path.join(path.dirname(file), name))
    .filter((name) => fs.existsSync(path.join(root, name)));
}

/** Every file that can be reached by imports, with the way to it. */
function reachable(starts: readonly string[]): Map<string, string[]> {
  const found = new Map(starts.map((file) => [file, [file]]));
  for (const [file, way] of found) {
    for (const next of importsOf(file)) if (!found.has(next)) found.set(next, [...way, next]);
  }
  return found;
}

const filesIn = (folder: string) =>
  fs.globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }).filter((file) => !isTest(file));

test("nothing under server/ or web/ reaches worker/llm, nor a provider's SDK", () => {
  const found = reachable([...filesIn("server"), ...filesIn("web")]);
  expect(found.size).toBeGreaterThan(30);
  for (const [file, way] of found) {
    expect(file.startsWith("worker/"), way.join(" -> ")).toBe(false);
    const text = fs.readFileSync(path.join(root, file), "utf8");
    expect(/from "(openai|@anthropic-ai\/sdk|undici)/.test(text), way.join(" -> ")).toBe(false);
  }
});

test("the way from the worker is found, so that the test above can fail", () => {
  expect([...reachable(["worker/main.ts"]).keys()]).toContain("worker/llm/complete.ts");
});
