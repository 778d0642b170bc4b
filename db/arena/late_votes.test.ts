// db/arena/testing/arena.ts -> [db/arena/late_votes.test.ts] -> app_private.cast_vote(), app_private.voter_lock(), app_private.network_lock()
// The vote comes second: what another session does to its voter, network or task is not committed yet, and holds for it.
import type pg from "pg";
import { blocked, twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";
import { makeVoters, openArena } from "./testing/arena.ts";

interface Ballot {
  voter: string | undefined;
  id: string;
  task_id: string;
}

const cast = "select (app_private.cast_vote($1, decode(md5($2), 'hex'), $3, 'left')).ballot_id";

/** A new voter with a ballot. */
async function drawn(pool: pg.Pool, name: string): Promise<Ballot> {
  const [voter] = await makeVoters(pool, 1, name);
  const { rows } = await pool.query<{ id: string; task_id: string }>(
    "select id, task_id from app_private.draw_ballot($1, null)",
    [voter],
  );
  return { voter, id: rows[0]?.id ?? "", task_id: rows[0]?.task_id ?? "" };
}

/** Runs a statement, sends the vote while it is not committed, and commits once the vote waits; the result is the vote's. */
async function castDuring(
  pool: pg.Pool,
  { voter, id }: Ballot,
  network: string,
  sql: string,
  values: unknown[],
): Promise<unknown> {
  let result: unknown;
  await twoSessions(pool, async (other, voting) => {
    await other.query("begin");
    await other.query(sql, values);
    const vote = await blocked(pool, voting, cast, [voter, network, id]);
    await other.query("commit");
    result = await vote.rows.catch((error: { code?: string }) => error.code);
  });
  return result;
}

/** What is stored of the vote, with the checks that were made of it. */
const stored = async (pool: pg.Pool, { id }: Ballot): Promise<unknown[]> =>
  (
    await pool.query(
      `select v.is_counted,
           array(select c.kind || ': ' || c.state from app_private.vote_checks c where c.ballot_id = v.ballot_id) as checks
         from app_public.votes v where v.ballot_id = $1`,
      [id],
    )
  ).rows;

const faults = async (pool: pg.Pool): Promise<unknown[]> =>
  (await pool.query("select * from app_private.count_faults")).rows;

test.beforeAll(async ({ pool }) => {
  await openArena(pool);
});

describe("a vote that comes while it is not committed yet", () => {
  test("that its voter draws on another task is counted: the ballot is still the same", async ({ pool }) => {
    const ballot = await drawn(pool, "drawing");
    const other = "select app_private.draw_ballot($1, null, (select id from app_public.tasks where id <> $2 limit 1))";
    expect(await castDuring(pool, ballot, "home", other, [ballot.voter, ballot.task_id])).toEqual([
      { ballot_id: ballot.id },
    ]);
    expect(await stored(pool, ballot)).toEqual([{ is_counted: true, checks: [] }]);
    expect(await faults(pool)).toEqual([]);
  });

  test("that its voter is excluded is stored and does not count", async ({ pool }) => {
    const ballot = await drawn(pool, "excluded");
    const exclude = "select app_private.exclude_voter($1, 'a test')";
    expect(await castDuring(pool, ballot, "home", exclude, [ballot.voter])).toEqual([{ ballot_id: ballot.id }]);
    expect(await stored(pool, ballot)).toEqual([{ is_counted: false, checks: ["voter: fail"] }]);
    expect(await faults(pool)).toEqual([]);
  });

  test("that its network is excluded is stored and does not count", async ({ pool }) => {
    const [before, ballot] = [await drawn(pool, "before"), await drawn(pool, "after")];
    await pool.query(cast, [before.voter, "farm", before.id]);
    const exclude = "select app_private.exclude_network(decode(md5('farm'), 'hex'), 'a test')";
    expect(await castDuring(pool, ballot, "farm", exclude, [])).toEqual([{ ballot_id: ballot.id }]);
    for (const one of [before, ballot])
      expect(await stored(pool, one)).toEqual([{ is_counted: false, checks: ["network: fail"] }]);
    expect(await faults(pool)).toEqual([]);
  });

  test("that its task closes is refused: the models are revealed", async ({ pool }) => {
    const ballot = await drawn(pool, "closing");
    const close = "select app_private.close_task($1, clock_timestamp())";
    expect(await castDuring(pool, ballot, "home", close, [ballot.task_id])).toBe("TB077");
    expect(await stored(pool, ballot)).toEqual([]);
    expect(await faults(pool)).toEqual([]);
  });
});
