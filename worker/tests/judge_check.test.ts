// [worker/tests/judge_check.test.ts] -> cli/judge-check.ts, worker/judge.ts, worker/rehearsal/judge.ts, content/problems
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkJudge, checkTable } from "../../cli/judge-check.ts";
import { rehearsalContent } from "../../cli/rehearsal.ts";
import { syncContent, syncModels } from "../../db/cluster/content.ts";
import { describe, expect, test } from "../../db/testing/database.ts";
import { root } from "../../process/environment.ts";
import { startRehearsal } from "../rehearsal/server.ts";
import { startTestWorker } from "./worker.ts";

describe("the registry's examples", { timeout: 120_000 }, () => {
  test("get their expected verdicts from the rehearsal judge, by way of the real worker over HTTP", async ({
    database,
    pool,
  }) => {
    const rehearsal = await startRehearsal({ paceMs: () => 0 });
    const owner = database.superuserUrl;
    await syncContent(owner);
    await syncModels(owner, rehearsalContent(rehearsal.url));
    const worker = await startTestWorker(database, {}, undefined, { hasRehearsal: true });
    try {
      const rows = await checkJudge({
        database,
        version: undefined,
        onProgress: () => undefined,
        limitMs: 120_000,
      });
      expect(rows.length).toBeGreaterThanOrEqual(24 * 5);
      expect(rows.filter((row) => !row.is_as_expected)).toEqual([]);
      expect(checkTable(rows)).toMatch(/^ {2}good +passes +\d+ +0 +0 +(\d+) of \1$/m);
      // It has not looked them up: told another rubric, it says something else of the same words.
      await pool.query(
        `update app_private.problem_keys set rubric = x.r, rubric_hash = sha256(convert_to(x.r, 'UTF8'))
           from (values ('- (100) Nobody says this: zebra crossing & marmalade')) x (r)`,
      );
      const blind = await checkJudge({ database, version: "v1", onProgress: () => undefined, limitMs: 120_000 });
      expect(blind.filter((row) => row.is_correct)).toEqual([]);
    } finally {
      await worker.stop();
      await rehearsal.close();
    }
  });

  test("are known to no module of the rehearsal", () => {
    const sources = globSync("worker/rehearsal/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
    expect(sources.length).toBeGreaterThan(10);
    for (const file of sources)
      expect(readFileSync(path.join(root, file), "utf8")).not.toMatch(/content\/problems|readProblems/);
  });
});
