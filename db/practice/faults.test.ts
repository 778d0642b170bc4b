// [db/practice/faults.test.ts] -> app_public.answers, app_public.verdicts, app_public.attempts, app_private.apply_problems()
// The founding document's faults that this half could bring back. Each attack is made twice: it fails against the guard,
// and succeeds when the guard is taken away within the transaction, so that the test is known to look at the right thing.
import { anonymous, type Db, describe, expect, member, test } from "../testing/database.ts";
import { aJudge, aPractice, applyRegistry, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

interface Fault {
  /** Takes the guard away. */
  guard: string;
  attack: (db: Db, ada: string) => Promise<unknown>;
  refusal: string | RegExp;
}

/** Replaces a part of a function's body; fails when it is not there. */
const without = (name: string, part: string, by: string): string => `
  do $without$
  declare
    v_body text := pg_get_functiondef('${name}'::regproc);
  begin
    if position($part$${part}$part$ in v_body) = 0 then
      raise exception 'the guard is not in ${name}';
    end if;
    execute replace(v_body, $part$${part}$part$, $by$${by}$by$);
  end;
  $without$`;

const asAda = (sql: string, values?: unknown[]) => (db: Db, ada: string) => db.rowsAs(member(ada), sql, values);
const opened = (table: string, verb: string, columns = "") =>
  `grant ${verb}${columns} on ${table} to autobench_member;
   create policy hole on ${table} for ${verb} to autobench_member ${verb === "insert" ? "with check (true)" : "using (true)"}`;

const faults: Record<string, Fault> = {
  "1: a member inserts a correct verdict": {
    guard: opened("app_public.verdicts", "insert"),
    attack: (db, ada) =>
      db.rowsAs(
        member(ada),
        `insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
           select a.id, a.answered_at, $1, a.problem_id, 'rule', sha256('x'), 1, 100, 'Mine.' from app_public.answers a`,
        [ada],
      ),
    refusal: "permission denied for table verdicts",
  },
  "1: a member inserts an answer that is judged already": {
    guard: opened("app_public.answers", "insert"),
    attack: (db, ada) =>
      db.rowsAs(
        member(ada),
        `insert into app_public.answers (answered_at, user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points)
           select '2001-01-01', $1, p.id, 'Mine.', '2001-01-01', 0, 100000, 100000 from app_public.problems p limit 1`,
        [ada],
      ),
    refusal: "permission denied for table answers",
  },
  "1: a member makes their answer worth more": {
    guard: opened("app_public.answers", "update", " (base_points)"),
    attack: asAda("update app_public.answers set base_points = 100000"),
    refusal: "permission denied for table answers",
  },
  "1: a member sets their clock back": {
    guard: opened("app_public.attempts", "update", " (started_at)"),
    attack: asAda("update app_public.attempts set started_at = now()"),
    refusal: "permission denied for table attempts",
  },
  "1: a visitor reads answers": {
    guard: "grant select on app_public.answers to autobench_anon",
    attack: (db) => db.rowsAs(anonymous, "select body from app_public.answers"),
    refusal: "permission denied for table answers",
  },
  "9: a score of 150": {
    guard: "alter table app_public.verdicts drop constraint verdicts_score_in_range",
    attack: (db) =>
      db.rows(
        "insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback) select id, answered_at, user_id, problem_id, 'rule', sha256('x'), 60, 150, 'No.' from app_public.answers",
      ),
    refusal: "verdicts_score_in_range",
  },
  "9: a verdict without a score": {
    guard: "alter table app_public.verdicts alter column score drop not null, alter column is_correct drop not null",
    attack: (db) =>
      db.rows(
        "insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback) select id, answered_at, user_id, problem_id, 'rule', sha256('x'), 60, null, 'No.' from app_public.answers",
      ),
    refusal: /null value in column "score"/,
  },
  "9: points below nothing": {
    guard: "alter table app_public.problems drop constraint problems_points_sane",
    attack: (db) => db.rows("update app_public.problems set base_points = -100"),
    refusal: "problems_points_sane",
  },
  "6: a sync that retires more than a fifth": {
    guard: without("app_private.apply_problems", "cardinality(v_retiring) > 0.2 * v_standing", "false"),
    attack: (db) => applyRegistry(db.client, { modules: [], problems: [] }),
    refusal: "3 of 3 problems would be retired: drift, later, leak.",
  },
  "6: modules that wait for each other": {
    guard: "alter table app_public.module_prerequisites disable trigger user",
    attack: (db) =>
      db.rows(
        `insert into app_public.module_prerequisites (module_id, prerequisite_id)
           select e.prerequisite_id, e.module_id from app_public.module_prerequisites e`,
      ),
    refusal: "Modules lead in a circle: first, second.",
  },
  "10: tokens beyond the cap": {
    guard: without(
      "app_private.reserve_tokens",
      "where t.used + t.reserved + excluded.reserved <= v_settings.daily_tokens",
      "",
    ),
    attack: async (db, ada) => {
      for (let n = 0; n < 3; n++)
        await db.rows("select app_private.reserve_tokens($1, 'judge', gen_random_uuid(), 10000)", [ada]);
    },
    refusal: "Your tokens for today do not suffice for this.",
  },
};

async function oneAnswer(db: Db): Promise<{ ada: string; id: string }> {
  await aPractice(db.client);
  await aJudge(db.client);
  const ada = await db.person();
  await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
  const [row] = await db.rowsAs<{ id: string }>(member(ada), submit, ["leak", longAnswer, "a-key-of-a-test"]);
  return { ada, id: row?.id ?? "" };
}

describe("a fault of the founding document", () => {
  test.for(Object.entries(faults))("%s is refused, and would not be without its guard", async ([, fault], { db }) => {
    const { ada } = await oneAnswer(db);
    await db.rows("savepoint guarded");
    await expect(fault.attack(db, ada)).rejects.toThrow(fault.refusal);
    await db.rows("rollback to guarded");
    await db.rows(fault.guard);
    await fault.attack(db, ada); // now nothing keeps it
  });

  test("2: a verdict that comes later pays, and would not if judging did not settle", async ({ db }) => {
    const points = (ada: string) =>
      db.row<{ points: string }>(
        "select coalesce(sum(l.points), 0)::text as points from app_public.points_ledger l where l.user_id = $1 and l.reason = 'solve'",
        [ada],
      );
    const { ada, id } = await oneAnswer(db);
    expect(await points(ada)).toEqual({ points: "0" });
    await db.rows("savepoint guarded");
    await judgeSays(db.client, "answer", id, scored(90));
    expect(await points(ada)).toEqual({ points: "140" });
    await db.rows("rollback to guarded");
    await db.rows(
      without(
        "app_private.record_verdict",
        "perform app_private.settle_problem(answer.user_id, answer.problem_id, v_id);",
        "",
      ),
    );
    await judgeSays(db.client, "answer", id, scored(90));
    expect(await points(ada)).toEqual({ points: "0" });
  });

  test("6: a sync that changes nothing the second time would, were the hash not compared", async ({ db }) => {
    const registry = await aPractice(db.client);
    expect(await applyRegistry(db.client, registry)).toEqual([]);
    await db.rows(
      without(
        "app_private.apply_problems",
        "is distinct from (decode(g.hash, 'hex'), g.slug, g.of_module_id, null::timestamptz)",
        "is distinct from (null::bytea, g.slug, g.of_module_id, null::timestamptz)",
      ),
    );
    expect(await applyRegistry(db.client, registry)).toHaveLength(3);
  });
});
