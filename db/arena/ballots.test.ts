// db/arena/testing/arena.ts -> [db/arena/ballots.test.ts] -> app_public.draw_ballot(), app_public.cast_vote()
import { anonymous, type Db, describe, expect, member, type Seat, test } from "../testing/database.ts";
import { liftLimits, makeVoters, openArena } from "./testing/arena.ts";

interface Ballot extends Record<string, unknown> {
  id: string;
  task_id: string;
  stratum: string;
  left: string;
  right: string;
}

/** Runs `body` as a visitor with this cookie, from this network. */
async function visit<T>(
  db: Db,
  visitor: string,
  body: () => Promise<T>,
  seat: Seat = anonymous,
  network = "203.0.113.0/24",
): Promise<T> {
  return db.as(seat, async () => {
    await db.rows("select set_config('app.visitor', $1, true), set_config('app.network', $2, true)", [
      visitor,
      network,
    ]);
    return body();
  });
}

const shown = "id, task_id, stratum, served_at, expires_at, (left_page).url as left, (right_page).url as right";
const draw = (db: Db, visitor: string, task?: string, seat?: Seat): Promise<Ballot> =>
  visit(db, visitor, () => db.row<Ballot>(`select ${shown} from app_public.draw_ballot($1)`, [task ?? null]), seat);
const cast = (db: Db, visitor: string, ballot: string, verdict = "left", seat?: Seat) =>
  visit(
    db,
    visitor,
    () => db.row("select * from app_public.cast_vote($1, $2::app_public.verdict)", [ballot, verdict]),
    seat,
  );

describe("drawBallot", () => {
  test("gives one open ballot of a sealed task, the same until it is used", async ({ db }) => {
    const { tasks } = await openArena(db.client);
    const first = await draw(db, "ada");
    expect(first.stratum).toBe("sealed");
    expect(tasks.find(({ id }) => id === first.task_id)?.is_showcase).toBe(false);
    expect(first.left).not.toBe(first.right);
    for (const url of [first.left, first.right]) expect(url).toMatch(/^\/h\/[0-9a-f]{64}$/);
    expect(await draw(db, "ada")).toEqual(first);
    // Nor for another task: or one could draw until a page is known again.
    for (const { id } of tasks) expect(await draw(db, "ada", id)).toEqual(first);
    expect((await draw(db, "ben")).id).not.toBe(first.id);
    await cast(db, "ada", first.id);
    expect((await draw(db, "ada")).id).not.toBe(first.id);
  });

  test("never shows a pair twice, and then says that there is nothing left", async ({ db }) => {
    await openArena(db.client, { models: 3, sealed: 1 });
    const seen = new Set<string>();
    for (let n = 0; n < 3; n++) {
      const { id } = await draw(db, "ada");
      await cast(db, "ada", id, "tie");
      seen.add(String((await db.row("select match_id from app_public.ballots where id = $1", [id])).match_id));
    }
    expect(seen.size).toBe(3);
    await expect(draw(db, "ada")).rejects.toMatchObject({ code: "TB073" });
  });

  test("takes showcase and closed tasks when asked for, apart from the sealed ones", async ({ db }) => {
    const { tasks } = await openArena(db.client);
    const showcase = tasks.find(({ is_showcase }) => is_showcase)?.id ?? "";
    const ballot = await draw(db, "ada", showcase);
    expect(ballot).toMatchObject({ task_id: showcase, stratum: "revealed" });
    const result = await cast(db, "ada", ballot.id);
    expect(result).toMatchObject({ left_model_id: expect.any(String), right_model_id: expect.any(String) });
    expect(
      await db.rows("select stratum, sum(votes)::integer as votes from app_private.pair_counts group by 1"),
    ).toEqual([{ stratum: "revealed", votes: 1 }]);
  });

  test("draws by gain, with a uniform share, and stores the chance", async ({ db }) => {
    await openArena(db.client, { models: 3, sealed: 1 });
    const matches = await db.rows<{ id: string }>(
      "select m.id from app_private.matches m join app_public.tasks t on t.id = m.task_id where not t.is_showcase order by 1",
    );
    for (const [index, { id }] of matches.entries()) {
      await db.rows("update app_private.matches set gain = $2 where id = $1", [id, [6, 3, 1][index]]);
    }
    await db.rows(liftLimits);
    await db.rows("select setseed(0.42)");
    await makeVoters(db.client, 1000);
    const rows = await db.rows<{ count: number; low: number; high: number; lefts: number }>(`
      select count(*)::integer as count, min(b.propensity) as low, max(b.propensity) as high,
          count(*) filter (where b.is_first_left)::integer as lefts
        from app_private.voters v, app_private.draw_ballot(v.id, null) b
        group by b.match_id
        order by b.match_id`);
    // 0.8 of the gain's share and 0.2 of a third; and half of that for the side.
    const chances = [0.8 * 0.6 + 0.2 / 3, 0.8 * 0.3 + 0.2 / 3, 0.8 * 0.1 + 0.2 / 3];
    for (const [index, row] of rows.entries()) {
      const chance = chances[index] ?? 0;
      expect(row.low).toBeCloseTo(chance / 2, 12);
      expect(row.high).toBeCloseTo(chance / 2, 12);
      expect(Math.abs(row.count - 1000 * chance)).toBeLessThan(4 * Math.sqrt(1000 * chance * (1 - chance)));
      expect(Math.abs(row.lefts - row.count / 2)).toBeLessThan(2 * Math.sqrt(row.count));
    }
  });

  test("refuses above the hourly rate and says when it resets", async ({ db }) => {
    await openArena(db.client, { models: 4, sealed: 2 });
    await db.rows("update app_private.arena_settings set draws_per_voter_hour = 2");
    for (let n = 0; n < 2; n++) await cast(db, "ada", (await draw(db, "ada")).id);
    await expect(draw(db, "ada")).rejects.toMatchObject({
      code: "TB071",
      hint: expect.stringMatching(/^Come back after \d{4}-.* UTC\.$/),
    });
    expect(await draw(db, "ben")).toMatchObject({ stratum: "sealed" });
    await db.rows("update app_private.arena_settings set draws_per_voter_hour = 100, draws_per_network_hour = 3");
    await expect(draw(db, "eve")).rejects.toMatchObject({ code: "TB071" });
  });

  test("needs a cookie or a member, and refuses a suspended one", async ({ db }) => {
    await openArena(db.client);
    await expect(draw(db, "")).rejects.toMatchObject({ code: "TB078" });
    const ada = await db.person();
    const ballot = await draw(db, "", undefined, member(ada));
    expect(await cast(db, "", ballot.id, "right", member(ada))).toMatchObject({ verdict: "right" });
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [ada]);
    await expect(draw(db, "", undefined, member(ada))).rejects.toMatchObject({ code: "TB002" });
  });
});

describe("castVote", () => {
  test("uses a ballot up once", async ({ db }) => {
    await openArena(db.client);
    const { id } = await draw(db, "ada");
    expect(await cast(db, "ada", id, "both_bad")).toEqual({
      ballot_id: id,
      verdict: "both_bad",
      left_votes: 0,
      right_votes: 0,
      tie_votes: 0,
      both_bad_votes: 0,
      left_model_id: null,
      right_model_id: null,
    });
    await expect(cast(db, "ada", id)).rejects.toMatchObject({ code: "TB075" });
    await db.rows(
      "update app_public.ballots set served_at = served_at - interval '1 day', expires_at = now() - interval '1 second'",
    );
    await expect(cast(db, "ada", id)).rejects.toMatchObject({ code: "TB075" });
  });

  test("refuses another's ballot, one that expired, and one whose task has closed", async ({ db }) => {
    await openArena(db.client);
    const { id, task_id } = await draw(db, "ada");
    for (const who of ["eve", ""]) await expect(cast(db, who, id)).rejects.toMatchObject({ code: "TB074" });
    await expect(cast(db, "ada", "00000000-0000-4000-8000-000000000000")).rejects.toMatchObject({ code: "TB074" });
    await db.rows("savepoint s");
    await db.rows(
      "update app_public.ballots set served_at = served_at - interval '1 day', expires_at = now() - interval '1 second'",
    );
    await expect(cast(db, "ada", id)).rejects.toMatchObject({ code: "TB076" });
    await db.rows("rollback to s");
    await db.rows("select app_private.close_task($1)", [task_id]);
    await expect(cast(db, "ada", id)).rejects.toMatchObject({ code: "TB077" });
    expect((await draw(db, "ada")).task_id).not.toBe(task_id);
  });

  test("tells how others voted, on the sides as this voter saw them", async ({ db }) => {
    await openArena(db.client, { models: 2, sealed: 1 });
    const verdictFor = async (visitor: string, wants: "first" | "second"): Promise<[string, string]> => {
      const { id } = await draw(db, visitor);
      const { is_first_left } = await db.row("select is_first_left from app_public.ballots where id = $1", [id]);
      return [id, (wants === "first") === is_first_left ? "left" : "right"];
    };
    for (const [index, wants] of (["first", "first", "second"] as const).entries()) {
      await cast(db, `v${index}`, ...(await verdictFor(`v${index}`, wants)));
    }
    const [id, first] = await verdictFor("ada", "first");
    const [own, other] = first === "left" ? ["left_votes", "right_votes"] : ["right_votes", "left_votes"];
    expect(await cast(db, "ada", id, "tie")).toMatchObject({ [own ?? ""]: 2, [other ?? ""]: 1, tie_votes: 0 });
  });

  test("takes votes above the day's caps, does not count them, and says nothing", async ({ db }) => {
    await openArena(db.client, { models: 6, sealed: 2 });
    await db.rows(liftLimits);
    await db.rows("update app_private.arena_settings set votes_per_voter_day = 3");
    for (let n = 0; n < 5; n++)
      expect(await cast(db, "ada", (await draw(db, "ada")).id)).toMatchObject({ verdict: "left" });
    const checks = "select kind, state, count(*)::integer from app_private.vote_checks group by 1, 2 order by 1";
    expect(await db.rows(checks)).toEqual([{ kind: "voter_cap", state: "fail", count: 2 }]);
    await db.rows("update app_private.arena_settings set votes_per_voter_day = 100, votes_per_network_day = 4");
    for (let n = 0; n < 2; n++) await cast(db, "ben", (await draw(db, "ben")).id);
    expect(await db.rows(checks)).toEqual([
      { kind: "network_cap", state: "fail", count: 1 },
      { kind: "voter_cap", state: "fail", count: 2 },
    ]);
    await db.rows("update app_private.arena_settings set votes_per_network_day = 100, votes_per_network_model_day = 1");
    await cast(db, "cyn", (await draw(db, "cyn")).id);
    expect(await db.rows("select sum(votes)::integer as counted from app_private.pair_counts")).toEqual([
      { counted: 4 },
    ]);
    expect(await db.rows("select * from app_private.count_faults")).toEqual([]);
    expect((await db.rows("select from app_private.vote_checks where kind = 'model_cap'")).length).toBe(1);
  });

  test("counts a vote from an unknown network: a check that could not run is no fail", async ({ db }) => {
    await openArena(db.client);
    const id = await visit(
      db,
      "ada",
      async () => (await db.row<Ballot>("select id from app_public.draw_ballot()")).id,
      anonymous,
      "",
    );
    await visit(db, "ada", () => db.rows("select from app_public.cast_vote($1, 'left')", [id]), anonymous, "");
    expect(await db.rows("select is_counted, network_hash from app_public.votes")).toEqual([
      { is_counted: true, network_hash: null },
    ]);
    expect(await db.rows("select kind, state from app_private.vote_checks order by 1")).toEqual([
      { kind: "model_cap", state: "unknown" },
      { kind: "network_cap", state: "unknown" },
    ]);
  });
});

describe("what is seen from each seat", () => {
  test("own ballots and votes alone, and nothing of whose pages they are", async ({ db }) => {
    await openArena(db.client);
    const ada = await db.person();
    const ballot = await draw(db, "", undefined, member(ada));
    await cast(db, "", ballot.id, "left", member(ada));
    const other = await draw(db, "ben");
    const seats: [Seat, string, string[]][] = [
      [member(ada), "", [ballot.id]],
      [member(await db.person()), "", []],
      [anonymous, "ben", [other.id]],
      [anonymous, "", []],
    ];
    for (const [seat, visitor, ids] of seats) {
      expect(
        (
          await visit(
            db,
            visitor,
            () => db.rows<Ballot>("select id, task_id, stratum, served_at, expires_at from app_public.ballots"),
            seat,
          )
        ).map(({ id }) => id),
      ).toEqual(ids);
      const votes = await visit(db, visitor, () => db.rows("select ballot_id, verdict from app_public.votes"), seat);
      expect(votes).toHaveLength(ids.includes(ballot.id) ? 1 : 0);
      for (const column of ["match_id", "voter_id", "is_first_left", "propensity"]) {
        await expect(
          visit(db, visitor, () => db.rows(`select ${column} from app_public.ballots`), seat),
        ).rejects.toThrow("permission denied for table ballots");
      }
      for (const column of ["is_counted", "network_hash"]) {
        await expect(visit(db, visitor, () => db.rows(`select ${column} from app_public.votes`), seat)).rejects.toThrow(
          "permission denied for table votes",
        );
      }
      await expect(visit(db, visitor, () => db.rows("select from app_private.matches"), seat)).rejects.toThrow(
        "permission denied for schema app_private",
      );
    }
  });

  test("a member's votes go into their export, and stay without their name when they are forgotten", async ({ db }) => {
    await openArena(db.client);
    const ada = await db.person({ username: "ada_l" });
    await cast(db, "", (await draw(db, "", undefined, member(ada))).id, "tie", member(ada));
    const [row] = await db.rowsAs<{ data: { votes: unknown[] } }>(
      member(ada),
      "select app_public.export_my_data() as data",
    );
    expect(row?.data.votes).toMatchObject([{ verdict: "tie" }]);
    await db.rowsAs(member(ada), "select app_public.erase_me(username) from app_public.me()");
    expect(await db.rows("select user_id from app_private.voters")).toEqual([{ user_id: null }]);
    expect(await db.rows("select sum(votes)::integer as votes from app_private.pair_counts")).toEqual([{ votes: 1 }]);
  });
});
