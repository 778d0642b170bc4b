// [db/practice/properties.test.ts] -> app_private.record_judging(), app_private.reserve_tokens(), app_private.settle_tokens()
// What must hold whatever happens in whatever order: random sequences, each with the seed that repeats it.
import { type Db, describe, expect, member, test } from "../testing/database.ts";
import { aJudge, aPractice, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What the rules say of a judge's replies, in a few lines beside the SQL. */
function expected(replies: readonly (number | undefined)[], pass: number, within: number) {
  const heard: number[] = [];
  let rounds = 0;
  for (const score of replies.slice(0, 3)) {
    rounds++;
    if (score === undefined) continue;
    heard.push(score);
    if (heard.length > 1 || Math.abs(score - pass) > within) break;
  }
  return { rounds, score: heard.at(-1) ?? null };
}

describe("any replies of the judge", () => {
  test.for([1, 2, 3, 4])("come to what the rules say (seed %i)", async (seed, { db }) => {
    await aPractice(db.client);
    await aJudge(db.client);
    await db.rows("update app_private.practice_settings set daily_tokens = 100000000, answers_per_hour = 100000");
    const ada = await db.person();
    await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
    const next = random(seed);
    const outcomes = new Set<string>();
    for (let n = 0; n < 40; n++) {
      const replies = Array.from({ length: 3 }, () => {
        const kind = next();
        if (kind < 0.35) return undefined;
        return kind < 0.65 ? 55 + Math.floor(next() * 11) : Math.floor(next() * 101);
      });
      const [row] = await db.rowsAs<{ id: string }>(member(ada), submit, [
        "leak",
        longAnswer,
        `key-of-seed-${seed}-${n}`,
      ]);
      const id = row?.id ?? "";
      for (const score of replies) {
        await judgeSays(
          db.client,
          "answer",
          id,
          score === undefined ? { score: 150, feedback: "Wow." } : scored(score),
        );
      }
      const should = expected(replies, 60, 5);
      const is = await db.row<{ status: string; score: number | null; is_correct: boolean | null; rounds: number }>(
        `select a.status, v.score, v.is_correct,
             (select count(*)::int from app_private.judge_replies r where r.subject_id = a.id) as rounds
           from app_public.answers a left join app_public.verdicts v on v.id = a.verdict_id where a.id = $1`,
        [id],
      );
      expect(is, JSON.stringify(replies)).toEqual({
        status: should.score === null ? "unscored" : "judged",
        score: should.score,
        is_correct: should.score === null ? null : should.score >= 60,
        rounds: should.rounds,
      });
      outcomes.add(`${is.status} ${is.rounds}`);
    }
    expect(outcomes.size).toBeGreaterThan(3);
    // All that was reserved has come to an end, and nobody paid more than was reserved.
    expect(await db.row("select reserved from app_private.token_days where user_id = $1", [ada])).toEqual({
      reserved: 0,
    });
    expect(await db.rows("select from app_private.token_reservations where state = 'reserved'")).toEqual([]);
  });
});

describe("any reserving, settling, expiring and closing", () => {
  const audit = (db: Db) =>
    db.rows(
      `select t.user_id, t.day, t.reserved, t.used from app_private.token_days t
         cross join app_private.practice_settings s
         left join lateral (
           select coalesce(sum(r.estimate) filter (where r.state = 'reserved'), 0) as reserved,
               coalesce(sum(r.actual) filter (where r.state = 'settled'), 0) as used
             from app_private.token_reservations r where r.user_id = t.user_id and r.day = t.day
         ) r on true
         where t.reserved <> r.reserved or t.used <> r.used or t.reserved + t.used > s.daily_tokens`,
    );

  test.for([11, 12, 13])("adds up, and never passes the cap (seed %i)", async (seed, { db }) => {
    const next = random(seed);
    const people = [await db.person(), await db.person()];
    const subjects: string[] = [];
    let at = Date.parse("2026-03-28T20:00:00Z");
    let refused = 0;
    for (let n = 0; n < 300; n++) {
      at += Math.floor(next() * 40) * 60_000;
      const instant = new Date(at).toISOString();
      const kind = next();
      if (kind < 0.6) {
        const { id } = await db.row<{ id: string }>("select gen_random_uuid() as id");
        await db.rows("savepoint step");
        try {
          await db.rows("select app_private.reserve_tokens($1, $2, $3, $4, $5::timestamptz)", [
            people[Math.floor(next() * 2)],
            next() < 0.5 ? "judge" : "coach",
            id,
            Math.floor(next() * 9000),
            instant,
          ]);
          subjects.push(id);
        } catch (error) {
          expect(error).toMatchObject({ code: "TB085" });
          refused++;
          await db.rows("rollback to step");
        }
      } else if (kind < 0.9) {
        const id = subjects[Math.floor(next() * subjects.length)];
        await db.rows("select app_private.settle_tokens(p, $1, $2) from unnest('{judge,coach}'::text[]) p", [
          id ?? people[0],
          Math.floor(next() * 12_000),
        ]);
      } else if (kind < 0.95) {
        await db.rows("select app_private.release_tokens($1, $2::timestamptz)", [people[0], instant]);
      } else await db.rows("select app_private.close_token_days($1::timestamptz)", [instant]);
      if (n % 10 === 0) expect(await audit(db), `step ${n}`).toEqual([]);
    }
    expect(await audit(db)).toEqual([]);
    expect(refused).toBeGreaterThan(5);
    // Closed, the days are what the reservations came to.
    await db.rows("select app_private.close_token_days($1::timestamptz)", [new Date(at + 172_800_000).toISOString()]);
    expect(
      await db.rows(
        `select t.user_id from app_private.token_days t
           left join (select user_id, day, sum(tokens) as tokens from app_private.ai_usage_metrics group by 1, 2) m using (user_id, day)
           where t.closed_at is null or t.reserved <> 0 or t.used <> coalesce(m.tokens, 0)`,
      ),
    ).toEqual([]);
  });
});
