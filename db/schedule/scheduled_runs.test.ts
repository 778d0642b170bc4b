// [db/schedule/scheduled_runs.test.ts] -> app_private.begin_scheduled_task(), finish_scheduled_task(), fail_scheduled_task()
import { type Db, describe, expect, test } from "../testing/database.ts";

const midnight = new Date("2020-11-20T00:00:00Z");
const after = (seconds: number) => new Date(midnight.getTime() + seconds * 1000);

const log = async (db: Db, name = "cleanup_expired") =>
  (await db.row<{ id: string }>("select id from app_private.log_scheduled_task($1, run_at => $2)", [name, midnight]))
    .id;
const begin = (db: Db, id: string, at = after(1)) =>
  db.rows("select attempts, status, started_at from app_private.begin_scheduled_task($1, $2)", [id, at]);
const finish = (db: Db, id: string, attempt: number, result: unknown = null, at = after(2)) =>
  db.row("select app_private.finish_scheduled_task($1, $2, $3, $4) as counts", [id, attempt, result, at]);
const fail = (db: Db, id: string, attempt: number, error: string | null, isLast: boolean, at = after(2)) =>
  db.row("select app_private.fail_scheduled_task($1, $2, $3, $4, $5) as counts", [id, attempt, error, isLast, at]);
const row = (db: Db, id: string) => db.row("select * from app_private.scheduled_tasks where id = $1", [id]);

describe("a run", () => {
  test("begins, and completes with its result and duration", async ({ db }) => {
    const id = await log(db);
    expect(await begin(db, id)).toEqual([{ attempts: 1, status: "running", started_at: after(1) }]);
    expect(await finish(db, id, 1, { purged: 3 }, after(3.5))).toEqual({ counts: true });
    expect(await row(db, id)).toMatchObject({
      status: "completed",
      attempts: 1,
      finished_at: after(3.5),
      duration_ms: "2500",
      result: { purged: 3 },
      error: null,
    });
  });

  test("is not begun again once it is over", async ({ db }) => {
    const [done, failed] = [await log(db), await log(db)];
    for (const id of [done, failed]) await begin(db, id);
    await finish(db, done, 1);
    await fail(db, failed, 1, "no", true);
    for (const id of [done, failed, "999999"]) expect(await begin(db, id)).toEqual([]);
    expect(await row(db, done)).toMatchObject({ status: "completed", attempts: 1 });
    expect(await row(db, failed)).toMatchObject({ status: "failed", attempts: 1 });
  });

  test("stays pending while a retry is due, and fails after the last attempt", async ({ db }) => {
    const id = await log(db);
    await begin(db, id);
    expect(await fail(db, id, 1, "first", false)).toEqual({ counts: true });
    expect(await row(db, id)).toMatchObject({
      status: "pending",
      error: "first",
      finished_at: null,
      duration_ms: null,
    });
    expect(await begin(db, id, after(10))).toMatchObject([{ attempts: 2 }]);
    expect(await fail(db, id, 2, "second", true, after(11))).toEqual({ counts: true });
    expect(await row(db, id)).toMatchObject({ status: "failed", error: "second", duration_ms: "1000", result: null });
  });

  test("forgets an earlier error when it completes", async ({ db }) => {
    const id = await log(db);
    await begin(db, id);
    await fail(db, id, 1, "first", false);
    await begin(db, id, after(3));
    await finish(db, id, 2, null, after(4));
    expect(await row(db, id)).toMatchObject({ status: "completed", attempts: 2, error: null });
  });

  test("listens to no attempt but the one that runs", async ({ db }) => {
    const id = await log(db);
    await begin(db, id);
    await begin(db, id, after(5)); // its worker was taken for dead
    expect(await finish(db, id, 1, { stale: true })).toEqual({ counts: false });
    expect(await fail(db, id, 1, "stale", true)).toEqual({ counts: false });
    expect(await row(db, id)).toMatchObject({ status: "running", attempts: 2, error: null, result: null });
    expect(await finish(db, id, 2, null, after(6))).toEqual({ counts: true });
    expect(await fail(db, id, 2, "late", true)).toEqual({ counts: false });
    expect(await row(db, id)).toMatchObject({ status: "completed" });
  });

  test("bounds its error, and has one in any case", async ({ db }) => {
    const [long, empty] = [await log(db), await log(db)];
    for (const id of [long, empty]) await begin(db, id);
    await fail(db, long, 1, "x".repeat(5000), true);
    await fail(db, empty, 1, " ", true);
    expect((await row(db, long))["error"]).toBe("x".repeat(2000));
    expect(await row(db, empty)).toMatchObject({ error: "It failed without saying why." });
  });

  test("survives a clock that goes backwards", async ({ db }) => {
    const id = await log(db);
    await begin(db, id, after(10));
    await finish(db, id, 1, null, after(9));
    expect(await row(db, id)).toMatchObject({ status: "completed", duration_ms: "0" });
  });
});

describe("a run that comes late", () => {
  test("is of use until the end of its day", async ({ db }) => {
    for (const at of [midnight, after(24 * 3600 - 0.001)]) {
      expect(await begin(db, await log(db, "generate_daily_tasks"), at)).toHaveLength(1);
    }
  });

  test("is skipped after that, and says so", async ({ db }) => {
    const id = await log(db, "generate_daily_tasks");
    expect(await begin(db, id, after(24 * 3600))).toEqual([]);
    expect(await row(db, id)).toMatchObject({
      status: "completed",
      result: { skipped: "It was of use until 2020-11-21 00:00 UTC." },
    });
  });

  test("is counted from the beginning of its period, not from when it was asked for", async ({ db }) => {
    const { id } = await db.row<{ id: string }>(
      "select id from app_private.log_scheduled_task('dispatch_and_collect', run_at => $1)",
      [after(14 * 3600)],
    );
    expect(await begin(db, id, after(25 * 3600))).toEqual([]);
    expect(await row(db, id)).toMatchObject({ result: { skipped: "It was of use until 2020-11-21 00:00 UTC." } });
  });

  test("runs all the same where it is always of use", async ({ db }) => {
    expect(await begin(db, await log(db), after(400 * 24 * 3600))).toHaveLength(1);
  });
});

test.for([
  ["scheduled_tasks_status_known", "status = 'done', attempts = 1, started_at = now()"],
  ["scheduled_tasks_attempts_counted", "attempts = 1"],
  ["scheduled_tasks_attempts_counted", "attempts = -1"],
  ["scheduled_tasks_begun_unless_pending", "status = 'running'"],
  ["scheduled_tasks_finished_when_over", "finished_at = now()"],
  ["scheduled_tasks_finished_when_over", "status = 'completed', attempts = 1, started_at = now()"],
  [
    "scheduled_tasks_finished_after_start",
    "status = 'completed', attempts = 1, started_at = now(), finished_at = now() - interval '1 s'",
  ],
  ["scheduled_tasks_result_when_completed", "result = '{}'"],
  [
    "scheduled_tasks_result_when_completed",
    "status = 'completed', attempts = 1, started_at = now(), finished_at = now(), result = '[]'",
  ],
  ["scheduled_tasks_failure_says_why", "status = 'failed', attempts = 1, started_at = now(), finished_at = now()"],
  [
    "scheduled_tasks_success_has_no_error",
    "status = 'completed', attempts = 1, started_at = now(), finished_at = now(), error = 'no'",
  ],
  ["scheduled_tasks_error_form", "error = ''"],
] as const)("no row can break %s by %s", async ([constraint, change], { db }) => {
  const id = await log(db);
  await expect(db.rows(`update app_private.scheduled_tasks set ${change} where id = $1`, [id])).rejects.toMatchObject({
    code: "23514",
    constraint,
  });
});
