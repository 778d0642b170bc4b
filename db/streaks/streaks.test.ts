// [db/streaks/streaks.test.ts] -> app_private.streak_state(), settle_days(), spend_freezes(), member_day()
import { active, addProblem, faults, noon, replaced, solve } from "../points/testing/practice.ts";
import { type Db, describe, expect, member, test } from "../testing/database.ts";

interface State {
  frozen: number[];
  freezes: number;
  run_length: number;
  longest: number;
  ends: number;
}

/** The rule, day by day, as a person would keep it: no ranges, no arithmetic. */
function byHand(days: readonly number[], through: number): State {
  const active = new Set(days);
  const last = Math.max(through, ...days);
  const state: State = { frozen: [], freezes: 0, run_length: 0, longest: 0, ends: -1 };
  let [count, isAlive] = [0, false];
  for (let day = Math.min(...days); day <= last; day++) {
    if (active.has(day)) {
      state.run_length = isAlive ? state.run_length + 1 : 1;
      isAlive = true;
      state.ends = day;
      if (++count % 7 === 0) state.freezes = Math.min(2, state.freezes + 1);
      state.longest = Math.max(state.longest, state.run_length);
    } else if (isAlive && state.freezes > 0) {
      state.freezes--;
      state.frozen.push(day);
      state.ends = day;
    } else isAlive = false;
  }
  return state;
}

/** Numbers that look random and are the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

const stateOf = (db: Db, days: readonly number[], through: number) =>
  db.row<State>(
    `select array(select d::int from generate_series(0, 400) d where s.frozen @> (date '2026-01-01' + d)) as frozen, s.freezes,
         s.run_length, s.longest, s.ends_on - date '2026-01-01' as ends
       from app_private.streak_state(
         (select range_agg(daterange(date '2026-01-01' + d, date '2026-01-01' + d, '[]')) from unnest($1::int[]) d),
         date '2026-01-01' + $2::int) s`,
    [days, through],
  );

const shuffled = (random: (below: number) => number, list: readonly number[]): number[] =>
  list
    .map((value) => [random(1e6), value] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, value]) => value);

describe("streak_state", () => {
  test("is what one gets by hand, for 300 random histories", async ({ db }) => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed);
      const density = 30 + random(70);
      const days = Array.from({ length: 10 + random(120) }, (_, day) => day).filter(() => random(100) < density);
      if (!days.length) continue;
      const through = Math.max(...days) + random(6);
      expect(await stateOf(db, days, through), `seed ${seed}`).toEqual(byHand(days, through));
    }
  });
});

describe("a member's days", () => {
  const add = (db: Db, user: string, day: number) =>
    db.rows(
      `insert into app_private.streaks as s (user_id, days, through_day)
         select $1, datemultirange(daterange(d, d, '[]')), d from (select date '2026-01-01' + $2::int as d) x
         on conflict on constraint streaks_pkey do update set days = s.days + excluded.days`,
      [user, day],
    );
  const kept = (db: Db, user: string) =>
    db.row(
      "select days, frozen, freezes, run_length, longest, ends_on::text from app_private.streaks where user_id = $1",
      [user],
    );

  test("come to the same in any order, doubled and late", async ({ db }) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seeded(seed);
      const days = Array.from({ length: 40 }, (_, day) => day).filter(() => random(100) < 75);
      const outcomes = [];
      for (const order of [days, days.toReversed(), shuffled(random, [...days, ...days.filter(() => random(2))])]) {
        const user = await db.person();
        for (const day of order) await add(db, user, day);
        outcomes.push(await kept(db, user));
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
      expect(outcomes[2]).toEqual(outcomes[0]);
    }
  });

  test("nobody can write what follows from them", async ({ db }) => {
    const user = await db.person();
    await add(db, user, 1);
    await db.rows(
      "update app_private.streaks set run_length = 99, longest = 99, freezes = 2, frozen = '{[2020-01-01,2020-01-05)}'",
    );
    expect(await kept(db, user)).toMatchObject({ run_length: 1, longest: 1, freezes: 0, frozen: "{}" });
    await db.rows("alter table app_private.streaks disable trigger _300_derive");
    await db.rows("update app_private.streaks set run_length = run_length + 1, longest = longest + 1"); // a counter, run twice
    await db.rows("update app_private.streaks set run_length = run_length + 1, longest = longest + 1");
    expect(await kept(db, user)).toMatchObject({ run_length: 3 });
  });
});

const streakAt = (db: Db, user: string, at: string) =>
  db.row<{ current: number; longest: number; is_at_risk: boolean; freezes: number }>(
    "select current, longest, is_at_risk, freezes from app_private.streak_now($1, $2)",
    [user, at],
  );

describe("a streak", () => {
  test("shows yesterday's length until today's answer, and says that it is at risk", async ({ db }) => {
    const user = await db.person();
    await active(db.client, user, 1, 3);
    expect(await streakAt(db, user, noon(3))).toMatchObject({ current: 3, is_at_risk: false });
    expect(await streakAt(db, user, noon(4))).toMatchObject({ current: 3, is_at_risk: true });
    expect(await streakAt(db, user, noon(5))).toMatchObject({ current: 0, longest: 3, is_at_risk: false });
  });

  test("would read 0 until today's answer, did it have to reach today", async ({ db }) => {
    const user = await db.person();
    await active(db.client, user, 1, 3);
    await replaced(
      db.client,
      "app_private.streak_now(uuid, timestamptz)",
      "v_streak.ends_on >= v_today - 1 - v_streak.freezes",
      "v_streak.ends_on >= v_today",
    );
    expect(await streakAt(db, user, noon(4))).toMatchObject({ current: 0 });
  });

  test("is bridged by freezes before the updater runs and after, and twice changes nothing", async ({ db }) => {
    const user = await db.person();
    await active(db.client, user, 1, 14);
    expect(await streakAt(db, user, noon(14))).toMatchObject({ current: 14, freezes: 2 });
    const before = await streakAt(db, user, noon(17));
    expect(before).toEqual({ current: 14, longest: 14, is_at_risk: true, freezes: 0 });
    for (const spent of [1, 0, 0]) {
      expect(await db.row("select app_private.spend_freezes($1) as n", [noon(17)])).toEqual({ n: spent });
      expect(await streakAt(db, user, noon(17))).toEqual(before);
    }
    expect(await streakAt(db, user, noon(18))).toMatchObject({ current: 0 });
    await active(db.client, user, 17, 17);
    expect(await streakAt(db, user, noon(17))).toMatchObject({ current: 15, is_at_risk: false });
    expect(await faults(db.client)).toEqual([]);
  });

  test("does not grow by an answer that is worth nothing", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem, score: 0, at: noon(1) });
    expect(await streakAt(db, user, noon(1))).toMatchObject({ current: 0, longest: 0 });
  });
});

const setZone = (db: Db, user: string, zone: string, at: string) =>
  db.rows(
    `with change as (insert into app_private.time_zone_changes (user_id, changed_at, time_zone) values ($1, $3, $2))
     update app_public.users set time_zone = $2 where id = $1`,
    [user, zone, at],
  );
const dayAt = async (db: Db, user: string, at: string) =>
  (await db.row<{ day: string }>("select app_private.member_day($1, $2)::text as day", [user, at])).day;

describe("a member's day", () => {
  test.for([
    ["Europe/Berlin", "2027-03-27T22:59:59Z", "2027-03-27"], // the last second before the short day
    ["Europe/Berlin", "2027-03-27T23:00:00Z", "2027-03-28"],
    ["Europe/Berlin", "2027-03-28T21:59:59Z", "2027-03-28"], // 23 hours
    ["Europe/Berlin", "2027-03-28T22:00:00Z", "2027-03-29"],
    ["America/New_York", "2027-11-07T04:00:00Z", "2027-11-07"],
    ["America/New_York", "2027-11-08T04:59:59Z", "2027-11-07"], // 25 hours
    ["America/New_York", "2027-11-08T05:00:00Z", "2027-11-08"],
    ["Pacific/Kiritimati", "2026-12-31T09:59:59Z", "2026-12-31"], // UTC+14
    ["Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01"],
    ["Pacific/Pago_Pago", "2027-01-01T10:59:59Z", "2026-12-31"], // UTC-11
    ["Pacific/Pago_Pago", "2027-01-01T11:00:00Z", "2027-01-01"],
    ["Asia/Kathmandu", "2028-02-28T18:15:00Z", "2028-02-29"], // UTC+5:45, leap day
  ] as const)("in %s at %s is %s", async ([zone, at, day], { db }) => {
    const user = await db.person();
    await setZone(db, user, zone, "2026-06-01T00:00:00Z");
    expect(await dayAt(db, user, at)).toBe(day);
  });

  test("is their own wherever the server is, and would not be, were it cut there", async ({ db }) => {
    const lateIn = async (zone: string): Promise<unknown> => {
      const user = await db.person();
      await setZone(db, user, "Pacific/Kiritimati", "2026-06-01T00:00:00Z");
      await db.rows(`set local timezone = '${zone}'`);
      await solve(db.client, { user, problem: await addProblem(db.client), at: "2026-11-10T10:30:00Z" });
      return db.row(
        "select d.day::text, s.days from app_public.daily_activity d inner join app_private.streaks s using (user_id) where d.user_id = $1 and d.exercises_completed = 1",
        [user],
      );
    };
    const own = { day: "2026-11-11", days: "{[2026-11-11,2026-11-12)}" };
    for (const zone of ["UTC", "Pacific/Pago_Pago"]) expect(await lateIn(zone)).toEqual(own);
    await db.rows(
      `create or replace function app_private.member_day(user_id uuid, at timestamptz) returns date language sql stable strict
         as 'select at::date'`,
    );
    expect(await lateIn("Pacific/Pago_Pago")).toEqual({ day: "2026-11-09", days: "{[2026-11-09,2026-11-10)}" });
  });

  test("goes on in the old zone until it ends, and never comes twice", async ({ db }) => {
    const user = await db.person();
    await setZone(db, user, "Pacific/Pago_Pago", "2026-06-01T00:00:00Z");
    await setZone(db, user, "Pacific/Kiritimati", "2026-10-10T20:00:00Z"); // 09:00 on the 10th there, 10:00 on the 11th here
    expect(await dayAt(db, user, "2026-10-10T20:00:01Z")).toBe("2026-10-10");
    expect(await dayAt(db, user, "2026-10-11T10:59:59Z")).toBe("2026-10-10");
    expect(await dayAt(db, user, "2026-10-11T11:00:00Z")).toBe("2026-10-12");
    await setZone(db, user, "Pacific/Pago_Pago", "2026-10-20T20:00:00Z"); // the 21st there, the 20th here
    expect(await dayAt(db, user, "2026-10-20T20:00:01Z")).toBe("2026-10-21");
    expect(await dayAt(db, user, "2026-10-21T12:00:00Z")).toBe("2026-10-21");
  });

  test("a change of zone never lengthens a streak, nor wakes one: 200 random histories", async ({ db }) => {
    const zones = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Asia/Tokyo", "America/New_York"];
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const user = await db.person();
      const start = Date.UTC(2026, 9, 1) + random(24) * 3600_000;
      let [zone, mayChangeAt] = ["UTC", 0];
      for (let hour = 0; hour < 24 * 30; hour += 1 + random(30)) {
        const at = new Date(start + hour * 3600_000).toISOString();
        if (random(100) < 70) {
          await db.rows(
            `insert into app_private.streaks as s (user_id, days, through_day)
               select $1, datemultirange(daterange(d, d, '[]')), d from app_private.member_day($1, $2) d
               on conflict on constraint streaks_pkey do update set days = s.days + excluded.days`,
            [user, at],
          );
        }
        if (hour >= mayChangeAt && random(100) < 40) {
          const before = await streakAt(db, user, at);
          const next = zones[random(zones.length)] ?? "UTC";
          if (next === zone) continue;
          mayChangeAt = hour + 7 * 24; // as set_time_zone() would have it
          const later = new Date(start + hour * 3600_000 + 1000).toISOString();
          await setZone(db, user, next, later);
          zone = next;
          // At once, and with an answer at once: the day is the same as before.
          const after = await streakAt(db, user, later);
          expect(after.current, `seed ${seed}, ${zone} at ${at}`).toBeLessThanOrEqual(before.current);
          expect(await dayAt(db, user, later), `seed ${seed}`).toBe(await dayAt(db, user, at));
        }
      }
      // No two days that one lived through are less than a day's rest apart in count: never more days than midnights.
      const { days, elapsed } = await db.row<{ days: number; elapsed: number }>(
        "select coalesce(sum(upper(r) - lower(r)), 0)::int as days, coalesce(max(upper(r)) - min(lower(r)), 0)::int as elapsed from app_private.streaks s, unnest(s.days) r where s.user_id = $1",
        [user],
      );
      expect(days).toBeLessThanOrEqual(elapsed);
    }
  });

  test("set_time_zone dates a change, and past days stay", async ({ db }) => {
    const user = await db.person();
    await active(db.client, user, 1, 3);
    const before = await db.rows("select * from app_public.daily_activity where user_id = $1 order by day", [user]);
    const days = await db.row("select days from app_private.streaks where user_id = $1", [user]);
    await db.rowsAs(member(user), "select app_public.set_time_zone('Pacific/Kiritimati')");
    expect(await db.rows("select * from app_public.daily_activity where user_id = $1 order by day", [user])).toEqual(
      before,
    );
    expect(await db.row("select days from app_private.streaks where user_id = $1", [user])).toEqual(days);
  });
});
