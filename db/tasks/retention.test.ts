// [db/tasks/retention.test.ts] -> app_private.purge_batch(), app_private.retention_rules, app_public.submission_codes
import type pg from "pg";
import { oneRow } from "../cluster/connect.ts";
import { describe, expect, test } from "../testing/database.ts";
import { makeArena, utcDay } from "../budget/testing/calls.ts";
import { waitForBlocked } from "../budget/testing/sessions.ts";

const [days, slots, models] = [90, 3, 8];
const answers = days * slots * models;

/** Three months of an arena, as they would stand there. By hand, since through the doors it would take minutes. */
async function threeMonths(pool: pg.Pool): Promise<void> {
  const { provider } = await makeArena(pool, { models, isContestant: true });
  const client = await pool.connect();
  try {
    await client.query("set session_replication_role = replica"); // no jobs, no notifications
    await client.query(
      `insert into app_public.tasks (challenge_date, slot, title, prompt_text, theme, status, created_at, generated_at, dispatched_at, closes_at, expires_at)
         select d, s, 'Task ' || d || ' ' || s, repeat('Draw a fox. ', 20), 'canvas', 'dispatched', d, d, d,
             d + interval '1 day', d + interval '2 days'
           from generate_series(1, $1::int) back
             cross join lateral (values ((now() at time zone 'utc')::date - back)) v (d)
             cross join generate_series(1, $2::int) s`,
      [days, slots],
    );
    await client.query(
      `insert into app_public.submissions (task_id, model_id, status, created_at, finished_at, latency_ms, input_tokens, output_tokens,
           cost_usd, html_sha256, html_bytes, revealed_at)
         select t.id, m.id, 'succeeded', t.created_at, t.created_at, 100, 10, 20, 0.5, sha256(convert_to(p.html, 'UTF8')),
             octet_length(p.html), t.closes_at
           from app_public.tasks t
             cross join app_public.models m
             cross join lateral (values (repeat('<p>' || t.title || m.slug, 50))) p (html)
           where m.provider = $1`,
      [provider],
    );
    await client.query(
      `insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
         select s.id, repeat('<p>' || t.title || m.slug, 50), s.revealed_at, t.expires_at
           from app_public.submissions s
             inner join app_public.tasks t on t.id = s.task_id
             inner join app_public.models m on m.id = s.model_id`,
    );
    await client.query(
      `with c as (
         insert into app_private.llm_calls (role, subject_type, subject_id, model_id, request, state, attempts, created_at)
           select 'answer', 'submission', s.id, s.model_id, '{}', 'done', 1, s.created_at from app_public.submissions s
           returning id, created_at
       ), a as (
         insert into app_private.llm_attempts (call_id, n, provider, worker, lease_until, state, finished_at, prices, hold_day, hold_usd, cost_usd, reserved_at)
           select id, 1, $1, 'w', created_at, 'succeeded', created_at, '{}', created_at::date, 0, 0, created_at from c
           returning id, reserved_at
       )
       insert into app_private.llm_replies (attempt_id, status, headers, body, received_at)
         select id, 200, '{}', 'a reply', reserved_at + interval '1 hour' from a`,
      [provider],
    );
  } finally {
    await client.query("reset session_replication_role");
    client.release();
  }
}

/** The loop of cleanup_expired: table by table, until a short batch. */
async function purge(pool: pg.Pool): Promise<Record<string, number>> {
  const purged: Record<string, number> = {};
  const { rows } = await pool.query<{ table_name: string; batch: number }>("select * from app_private.purge_rules()");
  for (const { table_name, batch } of rows) {
    for (let last = batch; last === batch;) {
      const { n } = await oneRow<{ n: number }>(pool, "select app_private.purge_batch($1) as n", [table_name]);
      last = n;
      purged[table_name] = (purged[table_name] ?? 0) + n;
    }
  }
  return purged;
}

const facts = `select md5(string_agg(concat_ws('|', t.title, t.prompt_text, t.status, s.model_id, s.status, s.latency_ms, s.input_tokens,
    s.output_tokens, s.cost_usd, s.html_sha256, s.html_bytes), ',' order by s.id)) as facts, count(*)::int as n
  from app_public.submissions s inner join app_public.tasks t on t.id = s.task_id where t.challenge_date < $1`;

describe("retention over three months", () => {
  test(
    "removes just what the rules say, while answers are stored and read; the facts stay",
    { timeout: 30_000 },
    async ({ pool }) => {
      await threeMonths(pool);
      await pool.query("update app_private.retention_rules set batch = 200");
      const before = await oneRow(pool, facts, [utcDay()]);
      expect(before).toMatchObject({ n: answers });

      // Meanwhile: today's pages come in, and yesterday's are read.
      let isPurging = true;
      let stored = 0;
      const writer = async (): Promise<void> => {
        while (isPurging || stored < 5) {
          await pool.query(
            `with t as (
             insert into app_public.tasks (challenge_date, slot, closes_at, expires_at)
               values ($1::date + $2::int, 1, now() + interval '1 hour', now() + interval '1 day') returning id
           ), s as (
             insert into app_public.submissions (task_id, model_id, revealed_at)
               select t.id, m.id, now() from t cross join (select id from app_public.models limit 1) m returning id
           )
           insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
             select s.id, '<p>new', now(), now() + interval '1 day' from s`,
            [utcDay(), ++stored],
          );
        }
      };
      let reads = 0;
      const reader = async (): Promise<void> => {
        while (isPurging || reads < 5) {
          const { rowCount } = await pool.query(
            `select html from app_public.submission_codes c inner join app_public.submissions s on s.id = c.submission_id
             inner join app_public.tasks t on t.id = s.task_id where t.challenge_date = $1`,
            [utcDay(-1)],
          );
          expect(rowCount).toBe(slots * models);
          reads++;
        }
      };
      const others = Promise.all([writer(), reader()]);
      const [one, two] = await Promise.all([purge(pool), purge(pool)]).finally(() => (isPurging = false));
      await others;

      // A page goes a day after it has expired: of today, those of the last two whole days are left.
      const pagesLeft = 2 * slots * models;
      const sum = (table: string) => (one[table] ?? 0) + (two[table] ?? 0);
      expect(sum("app_public.submission_codes")).toBe(answers - pagesLeft);
      const { replies } = await oneRow<{ replies: number }>(
        pool,
        "select count(*)::int as replies from app_private.llm_replies where received_at < now() - interval '3 days'",
      );
      expect(replies).toBe(0);
      expect(sum("app_private.llm_replies")).toBeGreaterThanOrEqual(answers - 3 * slots * models);
      expect(
        await oneRow(
          pool,
          "select count(*) filter (where html = '<p>new')::int as new, count(*) filter (where html <> '<p>new')::int as old from app_public.submission_codes",
        ),
      ).toEqual({ new: stored, old: pagesLeft });

      expect(await oneRow(pool, facts, [utcDay()])).toEqual(before);
      expect(await oneRow(pool, "select count(*)::int as n from app_private.llm_attempts")).toEqual({ n: answers });
      expect(
        await oneRow(
          pool,
          `select bool_and((t.purged_at is not null) = (t.challenge_date < $1::date - 2)) as is_right, count(t.purged_at)::int as n
           from app_public.tasks t where t.challenge_date < $1::date`,
          [utcDay()],
        ),
      ).toEqual({ is_right: true, n: (days - 2) * slots });

      expect(Object.values(await purge(pool)).every((n) => n === 0)).toBe(true);
      expect(await oneRow(pool, facts, [utcDay()])).toEqual(before);
    },
  );

  test("two purges that share a task's last pages: whoever ends last notes it", async ({ pool }) => {
    const task = await oneRow<{ id: string }>(
      pool,
      `select s.task_id as id from app_public.submissions s inner join app_public.submission_codes c on c.submission_id = s.id
         where c.expires_at <= now() group by 1 limit 1`,
    );
    const pages = `select s.id from app_public.submissions s where s.task_id = '${task.id}' order by s.id`;
    const [one, two] = [await pool.connect(), await pool.connect()];
    try {
      await one.query("begin");
      await one.query(`delete from app_public.submission_codes where submission_id in (${pages} limit 4)`);
      const second = two.query(`delete from app_public.submission_codes where submission_id in (${pages} offset 4)`);
      await waitForBlocked(pool, two);
      await one.query("commit");
      await second;
    } finally {
      one.release();
      two.release();
    }
    expect(
      await oneRow(pool, "select purged_at is not null as is_purged from app_public.tasks where id = $1", [task.id]),
    ).toEqual({
      is_purged: true,
    });
  });

  test("a rule that keeps for ever purges nothing, a table without a rule is refused", async ({ pool }) => {
    await pool.query(
      "update app_private.retention_rules set keep = null where table_name = 'app_public.submission_codes'",
    );
    expect(
      await oneRow(pool, "select app_private.purge_batch('app_public.submission_codes', '2100-01-01') as n"),
    ).toEqual({
      n: 0,
    });
    await expect(pool.query("select app_private.purge_batch('app_public.users')")).rejects.toMatchObject({
      code: "TB020",
    });
  });
});
