// db/arena/testing/arena.ts -> [db/arena/integrity.test.ts] -> app_private.exclude_voter(), app_private.recount_votes()
import { type Db, describe, expect, member, operator, test } from "../testing/database.ts";
import { liftLimits, makeVoters, openArena } from "./testing/arena.ts";

/** Every voter votes `votes` times, from the network that is given for them. */
async function voteAll(db: Db, voters: readonly string[], votes: number, network = "1"): Promise<void> {
  for (const voter of voters) {
    for (let n = 0; n < votes; n++) {
      await db.rows(
        `select app_private.cast_vote($1, decode(md5($2), 'hex'), b.id, (array['left', 'right', 'tie', 'both_bad'])[1 + $3::integer % 4]::app_public.verdict)
           from app_private.draw_ballot($1, null) b`,
        [voter, network, n + Number(voter)],
      );
    }
  }
}

const counts = (db: Db) =>
  db.rows(
    "select task_id, first_model_id, second_model_id, stratum, outcome, votes from app_private.pair_counts where votes > 0 order by 1, 2, 3, 4, 5",
  );
const faults = (db: Db) => db.rows("select * from app_private.count_faults");

describe("excluding a voter", () => {
  test("recounts, is reversible, and is written down", async ({ db }) => {
    await openArena(db.client);
    await db.rows(liftLimits);
    const [ada, eve] = await makeVoters(db.client, 2);
    await voteAll(db, [ada ?? ""], 5);
    const honest = await counts(db);
    await voteAll(db, [eve ?? ""], 7);
    const all = await counts(db);
    const ada_l = await db.operator();
    const call = (verb: string, reason = "votes as a machine") =>
      db.rowsAs(operator(ada_l), `select app_operations.${verb}_voter($1, $2) as votes`, [eve, reason]);
    expect(await call("exclude")).toEqual([{ votes: 7 }]);
    expect(await counts(db)).toEqual(honest);
    expect(await faults(db)).toEqual([]);
    await expect(call("exclude")).rejects.toMatchObject({ code: "TB079" });
    await expect(call("restore", "")).rejects.toMatchObject({ code: "23514", constraint: "operator_log_reason_given" });
    expect(await call("restore", "it was a person")).toEqual([{ votes: 7 }]);
    expect(await counts(db)).toEqual(all);
    expect(await faults(db)).toEqual([]);
    expect(
      await db.rowsAs(
        operator(ada_l),
        "select is_excluded, reason, votes, operator_id from app_operations.exclusions order by id",
      ),
    ).toEqual([
      { is_excluded: true, reason: "votes as a machine", votes: 7, operator_id: ada_l },
      { is_excluded: false, reason: "it was a person", votes: 7, operator_id: ada_l },
    ]);
    expect(await db.rows("select count(*)::integer as votes from app_public.votes")).toEqual([{ votes: 12 }]);
  });

  test("does not bring back what another check has failed", async ({ db }) => {
    await openArena(db.client);
    await db.rows(liftLimits);
    await db.rows("update app_private.arena_settings set votes_per_voter_day = 4");
    const [eve] = await makeVoters(db.client, 1);
    await voteAll(db, [eve ?? ""], 6);
    expect(await db.rows("select app_private.exclude_voter($1, 'a test') as votes", [eve])).toEqual([{ votes: 4 }]);
    expect(await counts(db)).toEqual([]);
    expect(await db.rows("select app_private.exclude_voter($1, 'a test', false) as votes", [eve])).toEqual([
      { votes: 4 },
    ]);
    expect(await faults(db)).toEqual([]);
  });

  test("is for operators alone", async ({ db }) => {
    const [voter] = await makeVoters(db.client, 1);
    const ben = await db.person();
    await expect(db.rowsAs(member(ben), "select app_operations.exclude_voter($1, 'why not')", [voter])).rejects.toThrow(
      "permission denied for schema app_operations",
    );
    await expect(
      db.rowsAs(operator(ben), "select app_operations.exclude_voter($1, 'why not')", [voter]),
    ).rejects.toMatchObject({ code: "TB004" });
  });
});

describe("excluding a network", () => {
  test("takes out its votes of the day, those to come too, and no other", async ({ db }) => {
    await openArena(db.client);
    await db.rows(liftLimits);
    const [ada, eve, mal] = await makeVoters(db.client, 3);
    await voteAll(db, [ada ?? ""], 4, "home");
    await voteAll(db, [eve ?? ""], 4, "farm");
    const id = await db.operator();
    const { hash } = await db.row("select md5('farm') as hash");
    expect(
      await db.rowsAs(operator(id), "select app_operations.exclude_network($1, 'a farm') as votes", [hash]),
    ).toEqual([{ votes: 4 }]);
    await voteAll(db, [mal ?? ""], 2, "farm");
    expect(await db.rows("select sum(votes)::integer as votes from app_private.pair_counts")).toEqual([{ votes: 4 }]);
    expect(
      await db.rowsAs(operator(id), "select app_operations.restore_network($1, 'an office') as votes", [hash]),
    ).toEqual([{ votes: 6 }]);
    expect(await faults(db)).toEqual([]);
    await expect(
      db.rowsAs(operator(id), "select app_operations.exclude_network('00', 'nobody')"),
    ).rejects.toMatchObject({ code: "TB079" });
  });
});

describe("the counts", () => {
  test("can be made anew, and what is wrong in them is found", async ({ db }) => {
    await openArena(db.client);
    await db.rows(liftLimits);
    await voteAll(db, await makeVoters(db.client, 3), 6);
    const right = await counts(db);
    expect(right.length).toBeGreaterThan(5);
    await db.rows("update app_private.pair_counts set votes = votes + 1 where outcome = 'first'");
    const { wrong } = await db.row<{ wrong: number }>(
      "select count(*)::integer as wrong from app_private.count_faults",
    );
    expect(wrong).toBeGreaterThan(0);
    expect(await db.rows("select app_private.recount_votes() as wrong")).toEqual([{ wrong }]);
    expect(await counts(db)).toEqual(right);
    await db.rows(
      "update app_public.votes set is_counted = false where ballot_id = (select min(ballot_id::text)::uuid from app_public.votes)",
    );
    expect(
      (await db.rows<{ fault: string }>("select fault from app_private.count_faults order by 1")).map(
        ({ fault }) => fault,
      ),
    ).toEqual(["a vote counts against its checks", "counts differ from votes"]);
  });

  test("say how many votes a task has, whether or not they count, without reading the votes", async ({ db }) => {
    const { tasks } = await openArena(db.client, { models: 4, sealed: 1 });
    await db.rows(liftLimits);
    await db.rows("update app_private.arena_settings set votes_per_voter_day = 2");
    const voters = await makeVoters(db.client, 3);
    await voteAll(db, voters, 5);
    const sealed = tasks.find(({ is_showcase }) => !is_showcase)?.id;
    const voteCount = async () =>
      (
        await db.row<{ votes: number }>(
          "select app_public.tasks_vote_count(t) as votes from app_public.tasks t where t.id = $1",
          [sealed],
        )
      ).votes;
    const reads = async () =>
      (
        await db.row<{ reads: string }>(
          "select sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) as reads from pg_stat_xact_user_tables where relname in ('votes', 'ballots')",
        )
      ).reads;
    const before = await reads();
    expect(await voteCount()).toBe(15);
    expect(await reads()).toBe(before);
    expect(await db.rows("select sum(votes)::integer as counted from app_private.pair_counts")).toEqual([
      { counted: 6 },
    ]);
    await db.rows("select app_private.exclude_voter($1, 'a test')", [voters[0]]);
    expect(await voteCount()).toBe(15);
    expect(await faults(db)).toEqual([]);
    await db.rows("select app_private.exclude_voter($1, 'a test', false)", [voters[0]]);
    expect(await voteCount()).toBe(15);
    expect(await faults(db)).toEqual([]);
    await db.rows("update app_private.pair_counts set uncounted = uncounted + 1");
    expect((await faults(db)).length).toBeGreaterThan(0);
    await db.rows("select app_private.recount_votes()");
    expect(await voteCount()).toBe(15);
  });

  test("tell no visitor anything", async ({ db }) => {
    for (const name of [
      "pair_counts",
      "count_faults",
      "counts_of_votes",
      "vote_checks",
      "voters",
      "network_salts",
      "exclusions",
      "vote_flags",
    ]) {
      await expect(db.rowsAs({ role: "autobench_server" }, `select from app_private.${name}`)).rejects.toThrow(
        /permission denied for (table|view) /,
      );
    }
  });
});

describe("vote health", () => {
  test("raises an alarm when too few of the votes count", async ({ db }) => {
    await openArena(db.client, { models: 6 });
    await db.rows(liftLimits);
    const voters = await makeVoters(db.client, 5);
    await voteAll(db, voters, 5);
    const id = await db.operator();
    const health = "select received, counted, share, is_alarm from app_operations.vote_health";
    expect(await db.rowsAs(operator(id), health)).toEqual([{ received: 25, counted: 25, share: 1, is_alarm: false }]);
    for (const voter of voters.slice(0, 2)) await db.rows("select app_private.exclude_voter($1, 'a test')", [voter]);
    expect(await db.rowsAs(operator(id), health)).toEqual([{ received: 25, counted: 15, share: 0.6, is_alarm: true }]);
  });
});

describe("matches", () => {
  test("are opened once, without those who name their maker, and never between canned and real models", async ({
    db,
  }) => {
    await openArena(db.client, { models: 3, sealed: 1 });
    await openArena(db.client, { models: 2, sealed: 1, day: "2026-01-01", isRehearsal: true });
    const opened = "select count(*)::integer as matches from app_private.matches";
    expect(await db.rows(opened)).toEqual([{ matches: 2 * 3 + 2 * 1 }]);
    expect(await db.rows("select app_private.open_matches() as opened")).toEqual([{ opened: 0 }]);
    expect(
      await db.rows(`select from app_private.matches m
        join app_public.models a on a.id = m.first_model_id join app_public.models b on b.id = m.second_model_id
        where a.is_rehearsal <> b.is_rehearsal`),
    ).toEqual([]);
    await db.rows("delete from app_private.matches");
    await db.rows(
      "update app_public.submissions set names_maker = '{OpenAI}' where model_id = (select id from app_public.models where slug = 'model-001')",
    );
    expect(await db.rows("select app_private.open_matches() as opened")).toEqual([{ opened: 2 }]);
  });

  test("are weighed anew by the votes on open tasks, for the worker alone", async ({ db }) => {
    await openArena(db.client, { models: 5, sealed: 2 });
    await db.rows(liftLimits);
    const gains = () => db.rows("select id, gain from app_private.matches order by 1");
    const before = await gains();
    await voteAll(db, await makeVoters(db.client, 4), 5);
    expect(await db.rowsAs({ role: "autobench_worker" }, "select app_private.refresh_pairing() as weighed")).toEqual([
      { weighed: 30 },
    ]);
    expect(await gains()).not.toEqual(before);
    await expect(db.rowsAs({ role: "autobench_server" }, "select app_private.refresh_pairing()")).rejects.toThrow(
      "permission denied for function refresh_pairing",
    );
  });
});
