// [db/budget/sweep.test.ts] -> app_private.sweep_attempts(), app_private.reconcile(), app_private.meet_epoch()
import { randomUUID } from "node:crypto";
import type { Query } from "../cluster/connect.ts";
import { describe, expect, test } from "../testing/database.ts";
import {
  callState,
  dispatch,
  expireLeases,
  finish,
  ledgerFaults,
  makeArena,
  makeCall,
  openGate,
  reserve,
  send,
  utcDay,
  writeDay,
  writePrompts,
} from "./testing/calls.ts";

const sweep = "select * from app_private.sweep_attempts()";
const nothing = { not_executed: 0, in_doubt: 0, closed: 0, requeued: 0 };

/** The calls of today's only task, one for each model. */
async function today(query: Query, models = 1): Promise<{ task: string; calls: string[] }> {
  await writePrompts(query);
  await makeArena(query, { models, isContestant: true });
  const [task = ""] = await writeDay(query, utcDay());
  await dispatch(query, utcDay());
  const { rows } = await query.query<{ id: string }>(
    `select c.id from app_private.llm_calls c inner join app_public.submissions s on s.id = c.subject_id
       where s.task_id = $1 order by c.id`,
    [task],
  );
  return { task, calls: rows.map((row) => row.id) };
}

const jobs = "select key, run_at <= now() as is_due from graphile_worker.jobs where key = 'llm_call:' || $1";

describe("app_private.sweep_attempts", () => {
  test("what was only reserved may be tried again, what may have left is in doubt; a living lease is left alone", async ({
    db,
  }) => {
    const arena = await makeArena(db.client);
    const reserved = await makeCall(db.client, arena);
    await reserve(db.client, reserved);
    const sending = await send(db.client, arena);
    const alive = await send(db.client, arena);
    expect(await db.row(sweep)).toEqual(nothing);
    await expireLeases(db.client, [reserved, sending.call]);
    expect(await db.row(sweep)).toEqual({ ...nothing, not_executed: 1, in_doubt: 1 });
    expect(await db.row(sweep)).toEqual(nothing);
    expect(await callState(db.client, reserved)).toMatchObject({ state: "pending", tried: ["not_executed"] });
    expect(await callState(db.client, sending.call)).toMatchObject({
      state: "in_doubt",
      reason: "The worker went away after the request may have left.",
    });
    expect(await callState(db.client, alive.call)).toMatchObject({ state: "active", tried: ["sending"] });
    expect(await ledgerFaults(db.client)).toEqual([]);
  });

  test("two sweeps at once end each attempt once", async ({ pool }) => {
    const arena = await makeArena(pool);
    const attempts = await Promise.all(Array.from({ length: 40 }, () => send(pool, arena)));
    await expireLeases(
      pool,
      attempts.map((attempt) => attempt.call),
    );
    const swept = await Promise.all(Array.from({ length: 4 }, () => pool.query<{ in_doubt: number }>(sweep)));
    expect(swept.reduce((sum, { rows }) => sum + (rows[0]?.in_doubt ?? 0), 0)).toBe(40);
  });

  test("whoever waits when the task closes has failed, with a reason", async ({ db }) => {
    const { task, calls } = await today(db.client, 2);
    const [waiting = "", sent = ""] = calls;
    await openGate(db.client, await reserve(db.client, sent));
    await db.row("select app_private.close_task($1)", [task]);
    expect(await db.row(sweep)).toMatchObject({ closed: 1 });
    expect((await callState(db.client, waiting)).state).toBe("failed");
    expect((await callState(db.client, sent)).state).toBe("active");
    expect(await db.rows("select status, reason from app_public.submissions where finished_at is not null")).toEqual([
      { status: "failed", reason: expect.stringMatching(/^The task closed before the model was asked\./) },
    ]);
  });

  test("a call whose job was lost gets one, and only one; one whose job is there gets none", async ({ db }) => {
    const { calls } = await today(db.client, 2);
    const [lost = "", kept = ""] = calls;
    await db.rows("select graphile_worker.remove_job('llm_call:' || $1)", [lost]);
    expect(await db.rows(jobs, [lost])).toEqual([]);
    expect(await db.row(sweep)).toEqual({ ...nothing, requeued: 1 });
    expect(await db.row(sweep)).toEqual(nothing);
    for (const call of [lost, kept]) expect(await db.rows(jobs, [call])).toHaveLength(1);
  });

  test("a job that has failed for good is replaced as long as its call waits", async ({ db }) => {
    const { calls } = await today(db.client);
    const [call = ""] = calls;
    await db.rows("update graphile_worker._private_jobs set attempts = max_attempts where key = 'llm_call:' || $1", [
      call,
    ]);
    expect(await db.row(sweep)).toEqual({ ...nothing, requeued: 1 });
    expect(await db.row("select attempts from graphile_worker.jobs where key = 'llm_call:' || $1", [call])).toEqual({
      attempts: 0,
    });
  });

  test("a paid answer that nobody has read has a job; when its page would be gone, it comes to an end", async ({
    db,
  }) => {
    const { task, calls } = await today(db.client);
    const [call = ""] = calls;
    const attempt = await reserve(db.client, call);
    await openGate(db.client, attempt);
    await finish(db.client, attempt, "succeeded");
    expect(await db.rows(jobs, [call])).toEqual([{ key: `llm_call:${call}`, is_due: false }]);
    await db.rows("select graphile_worker.remove_job('llm_call:' || $1)", [call]);
    expect(await db.row(sweep)).toEqual({ ...nothing, requeued: 1 });
    const status = "select status, reason from app_public.submissions where task_id = $1";
    await db.rows(
      "update app_public.tasks set closes_at = now() - interval '1 day', expires_at = now() - interval '1 hour'",
    );
    await db.row(sweep);
    expect(await db.row(status, [task])).toEqual({ status: "running", reason: null }); // just answered: it may be at hand
    await db.rows("update app_private.llm_attempts set finished_at = finished_at - interval '2 hours'");
    await db.row(sweep);
    expect(await db.row(status, [task])).toEqual({ status: "failed", reason: "The reply could not be read." });
  });
});

describe("the gate of a restored backup", () => {
  const meet = "select epoch, last_attempt, is_open, reason from app_private.meet_epoch($1, $2)";

  test("stays open for a machine that keeps nothing, and for one that is behind", async ({ db }) => {
    const first = await db.row<{ epoch: string; last_attempt: string }>(meet, [null, null]);
    expect(first).toMatchObject({ is_open: true, reason: null });
    await send(db.client, await makeArena(db.client));
    const second = await db.row<{ last_attempt: string }>(meet, [first.epoch, first.last_attempt]);
    expect(second).toMatchObject({ is_open: true });
    expect(Number(second.last_attempt)).toBeGreaterThan(Number(first.last_attempt));
  });

  test.for(["another epoch", "an attempt that the database does not know"] as const)(
    "closes for a machine that keeps %s; nothing is opened, dispatched or sent",
    async (what, { db }) => {
      const { calls } = await today(db.client);
      const { epoch, last_attempt } = await db.row<{ epoch: string; last_attempt: string }>(meet, [null, null]);
      const known = what === "another epoch" ? [randomUUID(), 0] : [epoch, Number(last_attempt) + 1];
      expect(await db.row(meet, known)).toMatchObject({ is_open: false, reason: expect.any(String) });
      for (const sql of [
        "select app_private.open_day(current_date, 1)",
        "select app_private.dispatch_tasks(current_date, '{}', false)",
        `select app_private.reserve_attempt(${calls[0]}, 'w')`,
      ]) {
        await db.rows("savepoint before");
        await expect(db.rows(sql), sql).rejects.toMatchObject({
          code: "TB043",
          hint: expect.stringContaining("reconcile"),
        });
        await db.rows("rollback to savepoint before");
      }
    },
  );

  test("reconciling puts in doubt what may have been bought, closes the day, and opens a new epoch", async ({ db }) => {
    const arena = await makeArena(db.client);
    const { calls } = await today(db.client);
    const [pending = ""] = calls;
    const sending = await send(db.client, arena);
    const done = await send(db.client, arena);
    await finish(db.client, done, "succeeded");
    const reserved = await makeCall(db.client, arena);
    await db.rows("update app_private.llm_calls set max_attempts = 1 where id = $1", [reserved]);
    await reserve(db.client, reserved);

    const before = await db.row<{ epoch: string }>(meet, [null, null]);
    const { epoch, in_doubt } = await db.row<{ epoch: string; in_doubt: number }>(
      "select * from app_private.reconcile('restored from Tuesday')",
    );
    expect(in_doubt).toBe(3);
    expect(epoch).not.toBe(before.epoch);
    for (const call of [pending, sending.call, reserved]) {
      expect((await callState(db.client, call)).state).toBe("in_doubt");
    }
    expect((await callState(db.client, done.call)).state).toBe("done");
    expect(await db.rows(jobs, [pending])).toEqual([]);
    expect(await db.row("select status from app_public.submissions")).toEqual({ status: "in_doubt" });
    expect(await db.row(sweep)).toEqual(nothing);
    await db.rows("savepoint before");
    await expect(reserve(db.client, await makeCall(db.client, arena))).rejects.toMatchObject({ code: "TB043" });
    await db.rows("rollback to savepoint before");
    expect(
      await db.row(
        "select is_open, closed_through = (now() at time zone 'utc')::date as is_today from app_private.dispatch_gate",
      ),
    ).toEqual({
      is_open: true,
      is_today: true,
    });
    // A late answer to what was being sent is still taken.
    expect(await finish(db.client, sending, "succeeded")).toBe(true);
    expect(await ledgerFaults(db.client)).toEqual([]);
  });

  test("a second machine that keeps the epoch before catches up; a backup from before closes the gate again", async ({
    db,
  }) => {
    const before = await db.row<{ epoch: string; last_attempt: string }>(meet, [null, null]);
    const { epoch } = await db.row<{ epoch: string }>("select * from app_private.reconcile('restored', null)");
    expect(await db.row(meet, [before.epoch, Number(before.last_attempt) + 100])).toMatchObject({
      is_open: true,
      epoch,
    });
    expect((await reserve(db.client, await makeCall(db.client, await makeArena(db.client)))).verdict).toBe("reserved");
    await db.rows("update app_private.dispatch_gate set epoch = $1, past_epochs = '{}'", [before.epoch]);
    expect(await db.row(meet, [epoch, 0])).toMatchObject({ is_open: false });
  });

  test("is reconciled for a reason only", async ({ db }) => {
    await expect(db.row("select app_private.reconcile('')")).rejects.toMatchObject({
      constraint: "operator_log_reason_given",
    });
  });
});
