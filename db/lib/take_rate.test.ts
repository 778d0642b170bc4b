// [db/lib/take_rate.test.ts] -> app_private.take_rate(), app_private.rate_limits
import { blocked, twoSessions } from "./sessions.ts";
import { anonymous, type Db, describe, expect, member, operator, test } from "../testing/database.ts";

const take = "select app_private.take_rate($1, $2, $3, $4, $5)";
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, second));
const tryTake = (db: Db, caller: string, most: number, when: Date) =>
  db.rowsAs({ role: "autobench_owner" }, take, ["bucket", caller, most, "1 minute", when]).then(
    () => "taken",
    (error: { code: string; hint: string }) => `${error.code} ${error.hint}`,
  );

describe("app_private.take_rate", () => {
  test("gives `most` in a window, then says when there will be more", async ({ db }) => {
    expect(await tryTake(db, "ada", 2, at(0))).toBe("taken");
    expect(await tryTake(db, "ada", 2, at(10))).toBe("taken");
    expect(await tryTake(db, "ada", 2, at(20))).toBe("TB006 Try again after 2026-11-20 12:01:00 UTC.");
    expect(await tryTake(db, "ada", 2, new Date(+at(60) - 1))).toBe("TB006 Try again after 2026-11-20 12:01:00 UTC.");
  });

  test("begins a new window at the very instant that the hint names", async ({ db }) => {
    for (const second of [0, 1]) await tryTake(db, "ada", 2, at(second));
    expect(await tryTake(db, "ada", 2, at(60))).toBe("taken");
    expect(await tryTake(db, "ada", 2, at(61))).toBe("taken");
    expect(await tryTake(db, "ada", 2, at(119))).toBe("TB006 Try again after 2026-11-20 12:02:00 UTC.");
    expect(await tryTake(db, "ada", 2, at(120))).toBe("taken");
  });

  test("each caller and each bucket has an allowance of its own", async ({ db }) => {
    expect(await tryTake(db, "ada", 1, at(0))).toBe("taken");
    expect(await tryTake(db, "bob", 1, at(0))).toBe("taken");
    await db.rows(take, ["other", "ada", 1, "1 minute", at(0)]);
    expect(await tryTake(db, "ada", 1, at(0))).toMatch(/^TB006/);
  });

  test("a refused attempt costs nothing, and a limit that is raised lets through at once", async ({ db }) => {
    await tryTake(db, "ada", 1, at(0));
    for (let n = 0; n < 5; n++) expect(await tryTake(db, "ada", 1, at(1))).toMatch(/^TB006/);
    expect(await db.row("select used from app_private.rate_limits")).toEqual({ used: 1 });
    expect(await tryTake(db, "ada", 2, at(2))).toBe("taken");
  });

  test("a limit of nothing lets nothing through", async ({ db }) => {
    for (const most of [0, -1]) {
      expect(await tryTake(db, "ada", most, at(0))).toBe("TB006 Try again after 2026-11-20 12:01:00 UTC.");
    }
    expect(await db.rows("select from app_private.rate_limits")).toEqual([]);
    await tryTake(db, "ada", 1, at(0));
    expect(await tryTake(db, "ada", 0, at(61))).toMatch(/^TB006/);
  });

  test("a clock that stands behind opens no second window", async ({ db }) => {
    await tryTake(db, "ada", 1, at(30));
    expect(await tryTake(db, "ada", 1, at(0))).toMatch(/^TB006/);
  });

  test("32 takers at once take no more than `most`", async ({ pool }) => {
    const tries = await Promise.allSettled(
      Array.from({ length: 32 }, () => pool.query(take, ["crowd", "ada", 7, "1 hour", at(0)])),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
    for (const one of tries) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "TB006" });
    const { rows } = await pool.query("select used from app_private.rate_limits where bucket = 'crowd'");
    expect(rows).toEqual([{ used: 7 }]);
  });

  test("32 takers at once at a window's end share the new one", async ({ pool }) => {
    await pool.query(take, ["turn", "ada", 7, "1 hour", at(0)]);
    const tries = await Promise.allSettled(
      Array.from({ length: 32 }, () => pool.query(take, ["turn", "ada", 7, "1 hour", at(3600)])),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
  });

  test("what a failed transaction took is given back to whoever waits", async ({ pool }) => {
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await one.query(take, ["last", "ada", 1, "1 hour", at(0)]);
      const waiting = await blocked(pool, two, take, ["last", "ada", 1, "1 hour", at(0)]);
      await one.query("rollback");
      expect(await waiting.rows).toHaveLength(1);
    });
  });

  test("nobody takes, reads or resets an allowance by themselves", async ({ db }) => {
    const [ada, boss] = [await db.person(), await db.operator()];
    const values = ["bucket", ada, 1, "1 hour", at(0)];
    for (const seat of [anonymous, member(ada)]) {
      await expect(db.rowsAs(seat, take, values)).rejects.toThrow("permission denied for schema app_private");
    }
    for (const seat of [operator(boss), { role: "autobench_worker" }, { role: "autobench_server" }] as const) {
      await expect(db.rowsAs(seat, take, values)).rejects.toThrow("permission denied for function take_rate");
      for (const statement of ["select * from", "delete from"]) {
        await expect(db.rowsAs(seat, `${statement} app_private.rate_limits`)).rejects.toThrow(
          "permission denied for table rate_limits",
        );
      }
    }
  });
});
