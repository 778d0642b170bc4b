// [db/budget/decisions.test.ts] -> app_private.ensure_call(), retry_submission(), abandon_call(), app_operations.*
import { anonymous, type Db, describe, expect, member, operator, test } from "../testing/database.ts";
import {
  callState,
  dispatch,
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
import { waitForBlocked } from "./testing/sessions.ts";
import type { Query } from "../cluster/connect.ts";

/** A submission of today whose answer is in doubt. */
async function doubtful(query: Query, day = utcDay(), state: "in_doubt" | "rejected" = "in_doubt") {
  await writePrompts(query);
  const arena = await makeArena(query, { isContestant: true });
  const [task] = await writeDay(query, day);
  await dispatch(query, day);
  const { rows } = await query.query<{ id: string; call: string }>(
    `select s.id, c.id as call from app_public.submissions s inner join app_private.llm_calls c on c.subject_id = s.id
       where s.task_id = $1 and s.model_id = $2`,
    [task, arena.models[0]],
  );
  const [submission] = rows;
  if (!submission) throw new Error("nothing was dispatched");
  const attempt = await reserve(query, submission.call);
  await openGate(query, attempt);
  await finish(query, attempt, state);
  return { ...submission, task, attempt };
}

const retry = "select status from app_private.retry_submission($1, $2)";
const log = "select action, subject, reason from app_private.operator_log where subject = $1";

describe("app_private.ensure_call", () => {
  const ensure = "select app_private.ensure_call('check', 'check', $1, $2, $3::jsonb, $4) as id";
  const subject = "11111111-1111-4111-8111-111111111111";

  test("makes a call once, and refuses the same call with another request", async ({ db }) => {
    const [model] = (await makeArena(db.client)).models;
    const first = await db.row(ensure, [subject, model, '{"prompt": "a", "n": 1}', 1]);
    expect(await db.row(ensure, [subject, model, '{"n": 1, "prompt": "a"}', 1])).toEqual(first);
    expect(await db.row(ensure, [subject, model, '{"prompt": "b"}', 2])).not.toEqual(first);
    await expect(db.row(ensure, [subject, model, '{"prompt": "b"}', 1])).rejects.toMatchObject({
      code: "TB041",
      hint: expect.stringContaining("new round"),
    });
  });

  test("16 sessions at once make one", async ({ pool }) => {
    const [model] = (await makeArena(pool)).models;
    const made = await Promise.all(
      Array.from({ length: 16 }, () => pool.query<{ id: string }>(ensure, [subject, model, "{}", 1])),
    );
    expect(new Set(made.map(({ rows }) => rows[0]?.id)).size).toBe(1);
  });

  test("an answer has one round, whatever is asked for", async ({ db }) => {
    const [model] = (await makeArena(db.client)).models;
    await expect(
      db.row("select app_private.ensure_call('answer', 'submission', $1, $2, '{}', 2)", [subject, model]),
    ).rejects.toMatchObject({ constraint: "llm_calls_answers_have_one_round" });
  });
});

describe("app_private.retry_submission", () => {
  test("asks again on somebody's word: the first hold counts as spent, and it is written down", async ({ db }) => {
    const { id, call } = await doubtful(db.client);
    expect(await db.row(retry, [id, "the provider says that it was lost"])).toEqual({ status: "queued" });
    expect(await callState(db.client, call)).toMatchObject({ state: "pending", tried: ["abandoned"] });
    expect(await db.rows(log, [id])).toEqual([
      { action: "retry_submission", subject: id, reason: "the provider says that it was lost" },
    ]);
    const again = await reserve(db.client, call);
    expect([again.verdict, await openGate(db.client, again)]).toEqual(["reserved", "open"]);
    expect(await finish(db.client, again, "succeeded")).toBe(true);
    expect(await ledgerFaults(db.client)).toEqual([]);
  });

  test("also asks again what was rejected for good", async ({ db }) => {
    const { id, call } = await doubtful(db.client, utcDay(), "rejected");
    expect(await db.row("select status, reason from app_public.submissions where id = $1", [id])).toMatchObject({
      status: "failed",
      reason: "It went as the test wished.",
    });
    await db.row(retry, [id, "the key is paid now"]);
    expect(await callState(db.client, call)).toMatchObject({ state: "pending", tried: ["rejected"] });
  });

  test.for([
    ["that succeeded", "succeeded"],
    ["that is waiting", "pending"],
  ] as const)("refuses one %s", async ([, state], { db }) => {
    const { id, call, attempt } = await doubtful(db.client);
    if (state === "succeeded") await finish(db.client, attempt, "succeeded");
    else await db.row(retry, [id, "once is enough"]);
    expect((await callState(db.client, call)).state).toBe(state === "succeeded" ? "done" : "pending");
    await expect(db.row(retry, [id, "again"])).rejects.toMatchObject({ code: "TB042" });
  });

  // The constraint's comment makes TB017 of it for the API.
  test("refuses one whose task has closed, one that is unknown, and one without a reason", async ({ db }) => {
    const { id, task } = await doubtful(db.client);
    await expect(save(db, () => db.row(retry, [id, " "]))).rejects.toMatchObject({
      constraint: "operator_log_reason_given",
    });
    await expect(save(db, () => db.row(retry, [task, "not a submission"]))).rejects.toMatchObject({ code: "TB042" });
    await db.row("select app_private.close_task($1)", [task]);
    await expect(save(db, () => db.row(retry, [id, "too late"]))).rejects.toMatchObject({ code: "TB042" });
    expect(await db.rows(log, [id])).toEqual([]);
  });

  test("a late answer and an operator at once: one of them wins, neither deadlocks", async ({ pool }) => {
    const { id, call, attempt } = await doubtful(pool, utcDay(1)); // a day of its own: this one stays
    const [worker, desk] = [await pool.connect(), await pool.connect()];
    try {
      await worker.query("begin");
      await worker.query("select from app_private.llm_attempts where id = $1 for update", [attempt.attempt_id]);
      const asked = expect(desk.query(retry, [id, "no answer came"])).rejects.toMatchObject({ code: "TB042" });
      await waitForBlocked(pool, desk);
      expect(await finish(worker, attempt, "succeeded")).toBe(true); // takes the call too
      await worker.query("commit");
      await asked;
    } finally {
      worker.release();
      desk.release();
    }
    expect(await callState(pool, call)).toMatchObject({ state: "done", tried: ["succeeded"] });
  });
});

/** What fails in `work` does not end the test's transaction. */
async function save<T>(db: Db, work: () => Promise<T>): Promise<T> {
  await db.rows("savepoint save");
  try {
    return await work();
  } catch (error) {
    await db.rows("rollback to savepoint save");
    throw error;
  }
}

describe("app_private.abandon_call", () => {
  const abandon = "select app_private.abandon_call($1, $2)";

  test("gives a doubtful call up: what was held counts as spent", async ({ db }) => {
    const { id, call } = await doubtful(db.client);
    await db.row(abandon, [call, "nobody knows"]);
    expect(await callState(db.client, call)).toMatchObject({ state: "failed", tried: ["abandoned"] });
    expect(await db.row("select status, reason from app_public.submissions where id = $1", [id])).toEqual({
      status: "failed",
      reason: "Given up by an operator.",
    });
    expect(await db.rows(log, [call])).toEqual([{ action: "abandon_call", subject: call, reason: "nobody knows" }]);
    expect(await ledgerFaults(db.client)).toEqual([]);
  });

  test("also one that a reconciliation put in doubt, which has no attempt here", async ({ db }) => {
    const call = await makeCall(db.client, await makeArena(db.client));
    await db.row("select app_private.reconcile('a backup was restored')");
    expect(await callState(db.client, call)).toMatchObject({ state: "in_doubt", tried: [] });
    await db.row(abandon, [call, "not worth it"]);
    expect(await callState(db.client, call)).toMatchObject({ state: "failed", reason: "Given up by an operator." });
  });

  test("refuses what is not in doubt, and to do it without a reason", async ({ db }) => {
    const attempt = await send(db.client, await makeArena(db.client));
    await expect(save(db, () => db.row(abandon, [attempt.call, "under way"]))).rejects.toMatchObject({ code: "TB045" });
    await finish(db.client, attempt, "in_doubt");
    await expect(save(db, () => db.row(abandon, [attempt.call, ""]))).rejects.toMatchObject({
      constraint: "operator_log_reason_given",
    });
    await db.row(abandon, [attempt.call, "positive control"]);
  });
});

describe("who may decide", () => {
  const retryApi = "select (app_operations.retry_submission($1, 'asked by the test')).status";
  const abandonApi = "select app_operations.abandon_call($1, 'asked by the test')";

  test("an operator, through the operators' schema", async ({ db }) => {
    const boss = operator(await db.operator());
    const { id, call, attempt } = await doubtful(db.client);
    expect(await db.rowsAs(boss, retryApi, [id])).toEqual([{ status: "queued" }]);
    const again = await reserve(db.client, call);
    await openGate(db.client, again);
    await finish(db.client, again, "in_doubt");
    expect(attempt.attempt_id).not.toBe(again.attempt_id);
    expect(await db.rowsAs(boss, abandonApi, [call])).toEqual([{ abandon_call: "failed" }]);
    expect(
      await db.rows("select operator_id from app_private.operator_log where reason = 'asked by the test'"),
    ).toHaveLength(2);
  });

  test("nobody else", async ({ db }) => {
    const { id, call } = await doubtful(db.client);
    const ada = await db.person();
    for (const seat of [anonymous, member(ada)]) {
      await expect(db.rowsAs(seat, retryApi, [id])).rejects.toThrow("permission denied for schema app_operations");
      await expect(db.rowsAs(seat, abandonApi, [call])).rejects.toThrow("permission denied for schema app_operations");
    }
    // The seat of an operator without an account that is one.
    await expect(db.rowsAs(operator(ada), retryApi, [id])).rejects.toMatchObject({ code: "TB004" });
    await expect(
      db.rowsAs({ role: "autobench_worker" }, "select app_private.abandon_call($1, 'x')", [call]),
    ).rejects.toThrow("permission denied for function abandon_call");
  });

  test("the ledger's tables: an operator reads all but leases and replies, and writes nothing", async ({ db }) => {
    const boss = operator(await db.operator());
    const { attempt, call } = await doubtful(db.client);
    await db.rows("select app_private.record_reply($1, $2, 200, '{}', 'x')", [attempt.attempt_id, attempt.lease_token]);
    const worker = { role: "autobench_worker" } as const;
    for (const table of ["llm_calls", "daily_spend", "dispatch_gate", "ledger_faults"]) {
      await db.rowsAs(boss, `select * from app_private.${table}`);
      await expect(db.rowsAs(worker, `select * from app_private.${table}`)).rejects.toThrow(
        new RegExp(`permission denied for (table|view) ${table}`),
      );
    }
    expect(await db.rowsAs(boss, "select state from app_operations.calls where id = $1", [call])).toEqual([
      { state: "in_doubt" },
    ]);
    expect(
      await db.rowsAs(boss, "select id, state, evidence from app_private.llm_attempts where call_id = $1", [call]),
    ).toHaveLength(1);
    for (const sql of [
      "select lease_token from app_private.llm_attempts",
      "update app_private.llm_attempts set state = 'x'",
    ]) {
      await expect(db.rowsAs(boss, sql)).rejects.toThrow("permission denied for table llm_attempts");
    }
    for (const seat of [boss, worker]) {
      await expect(db.rowsAs(seat, "select * from app_private.llm_replies")).rejects.toThrow(
        "permission denied for table llm_replies",
      );
    }
    await expect(db.rowsAs(boss, "delete from app_private.llm_calls")).rejects.toThrow(
      "permission denied for table llm_calls",
    );
    await expect(db.rowsAs(boss, "update app_private.daily_spend set spent_usd = 0")).rejects.toThrow(
      "permission denied for table daily_spend",
    );
    for (const seat of [anonymous, member(await db.person())]) {
      await expect(db.rowsAs(seat, "select * from app_private.llm_calls")).rejects.toThrow(
        "permission denied for schema app_private",
      );
    }
  });
});
