// [cli/rehearse.test.ts] -> cli/rehearse.ts, server/exports.ts, app_private.rating_faults(), app_private.refit_faults()
// A rehearsed history is whole: boards day by day, votes that can be exported and fitted anew, and nothing that differs.
import { syncContent, syncModels } from "../db/cluster/content.ts";
import { describe, expect, test as base } from "../db/testing/database.ts";
import { exportVotes } from "../server/exports.ts";
import { boardTable } from "./board.ts";
import { freeDays, rehearseDay, type RehearsedDay } from "./rehearse.ts";
import { rehearsalContent } from "./rehearsal.ts";

const test = base.extend("history", { scope: "file" }, async ({ database, pool }) => {
  await syncContent(database.superuserUrl);
  await syncModels(database.superuserUrl, rehearsalContent("http://127.0.0.1:9"));
  const client = await pool.connect();
  const done: RehearsedDay[] = [];
  try {
    await client.query("set role autobench_owner");
    for (const day of await freeDays(client, 4)) {
      done.push(await rehearseDay(client, { day, tasks: 3, votes: 60 }));
    }
    expect(await freeDays(client, 4)).toEqual([]); // a day is rehearsed once
    await client.query("reset role");
  } finally {
    client.release(true);
  }
  return done;
});

describe("a rehearsed history", () => {
  test("has days with tasks, pages, votes and boards, all of them marked", async ({ history, pool }) => {
    expect(history).toHaveLength(4);
    // Six pairs on each of two sealed tasks, of which a voter has twelve votes: hardly one ballot comes to nothing.
    for (const day of history) expect(day).toMatchObject({ tasks: 3, votes: 60, snapshots: expect.any(Number) });
    const { rows } = await pool.query(
      `select count(*)::integer as tasks, bool_and(prompt_metadata ->> 'source' = 'rehearsal') as is_marked,
         (select count(*)::integer from app_public.submissions s join app_public.models m on m.id = s.model_id where m.is_rehearsal) as pages,
         (select count(*)::integer from app_public.artifacts where status = 'queued') as pictures,
         (select count(*)::integer from graphile_worker.jobs where task_identifier = 'render_artifact') as jobs,
         (select count(*)::integer from app_public.rating_snapshots where not is_rehearsal) as real,
         (select count(*)::integer from app_public.votes where not is_counted) as uncounted
       from app_public.tasks`,
    );
    expect(rows).toEqual([{ tasks: 12, is_marked: true, pages: 48, pictures: 48, jobs: 48, real: 0, uncounted: 0 }]);
  });

  test("shows on boards, day by day, who is better", async ({ history, pool }) => {
    expect(history).toHaveLength(4);
    const { rows: lines } = await pool.query<{ line: string }>("select line from app_private.leaderboard_csv() line");
    const table = boardTable(lines.map(({ line }) => line));
    expect(table.split("\n")).toHaveLength(5);
    expect(table).toMatch(
      /rank +model +rating +95 % interval +votes +tasks +status\n {2}1 +rehearsal-(master|artisan)/,
    );
    const { rows: days } = await pool.query(
      "select distinct published_at from app_public.rating_snapshots where theme is null",
    );
    expect(days).toHaveLength(4);
  });

  test("can be verified, and a board that was tampered with is found", async ({ history, pool }) => {
    expect(history).toHaveLength(4);
    const faults = async () =>
      (
        await pool.query<{ fault: string }>(
          "select fault from app_private.rating_faults() union select fault from app_private.refit_faults()",
        )
      ).rows;
    expect(await faults()).toEqual([]);
    await pool.query("update app_public.ratings set rating = rating + 0.00001, ci_high = ci_high + 1");
    expect((await faults()).map(({ fault }) => fault)).toContain("the published board is not what its counts give");
    await pool.query("update app_public.ratings set rating = rating - 0.00001, ci_high = ci_high - 1");
  });

  test("is exported whole, in either format", async ({ history, database, pool }) => {
    expect(history).toHaveLength(4);
    expect(database.name).toBeDefined();
    const read = async (format: "csv" | "jsonl") => {
      const parts: string[] = [];
      for await (const part of exportVotes(pool, format, {})) parts.push(part);
      return { parts, lines: parts.join("").trimEnd().split("\n") };
    };
    const [csv, json] = [await read("csv"), await read("jsonl")];
    expect([csv.parts.length, json.parts.length]).toEqual([5, 4]); // a day at a time
    expect([csv.lines.length, json.lines.length]).toEqual([241, 240]);
  });
});

test("real models do not rehearse", async ({ history, pool }) => {
  expect(history).toHaveLength(4);
  const { rows } = await pool.query<{ slug: string }>(
    "select slug from app_public.models where not is_rehearsal limit 1",
  );
  const answers = [{ model: rows[0]?.slug, html: "<p>", latency_ms: 1, input_tokens: 1, output_tokens: 1 }];
  await expect(
    pool.query("select app_private.rehearse_task('2020-01-01', 1, 'T', 'game', repeat('x', 50), $1)", [
      JSON.stringify(answers),
    ]),
  ).rejects.toMatchObject({ code: "TB065" });
});
