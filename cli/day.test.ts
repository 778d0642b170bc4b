// [cli/day.test.ts] -> cli/day.ts: the whole cycle with rehearsal models, counted where the requests arrive
import { syncContent, syncModels } from "../db/cluster/content.ts";
import { expect, test } from "../db/testing/database.ts";
import { startRehearsal } from "../worker/rehearsal/server.ts";
import { startTestWorker } from "../worker/tests/worker.ts";
import { boardTable } from "./board.ts";
import { dayTable, pairsSentence, runDay } from "./day.ts";
import { rehearsalContent } from "./rehearsal.ts";

test("a day asks each model once for each task, and asked for again it asks nobody", async ({ database, pool }) => {
  const provider = await startRehearsal({ paceMs: () => 0 });
  const owner = database.superuserUrl; // becomes the owner by itself
  await syncContent(owner);
  await syncModels(owner, rehearsalContent(provider.url));
  const render = { chromiumPath: "/none", concurrency: 1, mayLackSandbox: false }; // pictures are taken elsewhere
  const worker = await startTestWorker(database, { render }, undefined, { hasRehearsal: true });
  const asked = () => Object.fromEntries(provider.requests().map(({ model, requests }) => [model, requests]));
  const run = () => runDay({ database, requestedBy: "cli", onProgress: () => undefined, limitMs: 30_000 });
  try {
    const { rows, board } = await run();
    expect(rows.filter(({ picture, pairs }) => picture === "skipped" && pairs === 6)).toHaveLength(12);
    expect(pairsSentence(rows)).toBe("18 pairs of pages on 3 tasks can be voted on.");
    expect(board).toHaveLength(1); // the header alone: no task has closed
    expect(boardTable(board)).toMatch(/^ {2}No board yet/);
    expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => "succeeded"));
    const once = {
      "rehearsal-writer": 3,
      "rehearsal-novice": 3,
      "rehearsal-apprentice": 3,
      "rehearsal-artisan": 3,
      "rehearsal-master": 3,
    };
    expect(asked()).toEqual(once);
    const table = dayTable(rows).split("\n");
    expect(table).toHaveLength(13);
    expect(table[0]).toMatch(/task +model +status +seconds +tokens +cost/);

    expect(await run()).toEqual({ rows, board });
    expect(asked()).toEqual(once);

    // Visits cost nothing either: what people see is read from tables.
    const challenge = await pool.query<{ model_responses: { model_id: string; status: string }[] }>(
      "select model_responses from app_public.latest_challenge",
    );
    expect(challenge.rows[0]?.model_responses.map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => "completed"),
    );
    expect(asked()).toEqual(once);
  } finally {
    await worker.stop();
    await provider.close();
  }
}, 60_000);
