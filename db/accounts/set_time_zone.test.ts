// [db/accounts/set_time_zone.test.ts] -> app_public.set_time_zone(), app_private.time_zone_changes
import { blocked, twoSessions } from "../lib/sessions.ts";
import { anonymous, type Db, describe, expect, member, operator, test } from "../testing/database.ts";

const call = "select time_zone from app_public.set_time_zone($1)";
const changesOf = (db: Db, id: string) =>
  db.rows("select time_zone from app_private.time_zone_changes where user_id = $1 order by changed_at", [id]);

describe("app_public.set_time_zone", () => {
  test.for([
    "Europe/Berlin",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "America/North_Dakota/New_Salem",
    "Etc/GMT+12",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
  ])("takes %s", async (zone, { db }) => {
    const ada = await db.person();
    expect(await db.rowsAs(member(ada), call, [zone])).toEqual([{ time_zone: zone }]);
    expect(await db.row("select time_zone from app_public.users where id = $1", [ada])).toEqual({ time_zone: zone });
    expect(await changesOf(db, ada)).toEqual([{ time_zone: zone }]);
  });

  test.for([
    ["Europe/Atlantis"],
    ["posix/Europe/Berlin"],
    ["right/Europe/Berlin"],
    ["europe/berlin"],
    ["CET"],
    ["EST5EDT"],
    ["utc"],
    ["Factory"],
    ["localtime"],
    ["+02"],
    ["<+02>-02"],
    ["UTC+2"],
    ["Europe/Berlin "],
    ["Europe/Berlin\n"],
    ["Europe/../Europe/Berlin"],
    ["Europe//Berlin"],
    ["Europe/Berlin'; drop table app_public.users; --"],
    ["../../etc/passwd"],
    [`${"A".repeat(100_000)}/B`],
    [""],
    [null],
  ] as const)("refuses %j", async ([zone], { db }) => {
    const ada = await db.person();
    await expect(db.rowsAs(member(ada), call, [zone])).rejects.toMatchObject({ code: "TB015" });
    expect(await changesOf(db, ada)).toEqual([]);
    expect(await db.row("select time_zone from app_public.users where id = $1", [ada])).toEqual({ time_zone: "UTC" });
  });

  test("once a week: the hint says from when", async ({ db }) => {
    const ada = await db.person();
    await db.rowsAs(member(ada), call, ["Europe/Berlin"]);
    await db.rows("update app_private.time_zone_changes set changed_at = now() - interval '7 days' + interval '1 s'");
    await expect(db.rowsAs(member(ada), call, ["UTC"])).rejects.toMatchObject({
      code: "TB016",
      hint: expect.stringMatching(/^Try again after \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/),
    });
    await db.rows("update app_private.time_zone_changes set changed_at = now() - interval '7 days'");
    expect(await db.rowsAs(member(ada), call, ["UTC"])).toEqual([{ time_zone: "UTC" }]);
    expect(await changesOf(db, ada)).toEqual([{ time_zone: "Europe/Berlin" }, { time_zone: "UTC" }]);
  });

  test("the zone one has already is no change, and costs none", async ({ db }) => {
    const ada = await db.person();
    await db.rowsAs(member(ada), call, ["UTC"]);
    expect(await changesOf(db, ada)).toEqual([]);
    await db.rowsAs(member(ada), call, ["Europe/Berlin"]);
    expect(await db.rowsAs(member(ada), call, ["Europe/Berlin"])).toEqual([{ time_zone: "Europe/Berlin" }]);
    expect(await changesOf(db, ada)).toHaveLength(1);
  });

  test("a refused zone leaves the week's change to be made", async ({ db }) => {
    const ada = await db.person();
    await expect(db.rowsAs(member(ada), call, ["Nowhere/At_All"])).rejects.toMatchObject({ code: "TB015" });
    expect(await db.rowsAs(member(ada), call, ["Asia/Tokyo"])).toEqual([{ time_zone: "Asia/Tokyo" }]);
  });

  test("two changes at once: the second waits and is refused", async ({ db, pool }) => {
    const { rows } = await pool.query<{ user_id: string }>(
      "select user_id from app_private.sign_in('https://issuer.test', 'two', '{}')",
    );
    await twoSessions(pool, async (one, two) => {
      for (const session of [one, two]) {
        await session.query("select set_config('app.user_id', $1, false)", [rows[0]?.user_id]);
      }
      await two.query("begin"); // it began first, so that its clock shows the earlier time
      await two.query("select 1");
      await one.query("begin");
      await one.query(call, ["Europe/Berlin"]);
      const waiting = await blocked(pool, two, call, ["Asia/Tokyo"]);
      await one.query("commit");
      await expect(waiting.rows).rejects.toMatchObject({ code: "TB016" });
    });
    expect(await changesOf(db, rows[0]?.user_id ?? "")).toEqual([{ time_zone: "Europe/Berlin" }]);
  });

  test("is for members in good standing, operators among them", async ({ db }) => {
    const [ada, boss, gone] = [await db.person(), await db.operator(), await db.person()];
    await expect(db.rowsAs(anonymous, call, ["Asia/Tokyo"])).rejects.toThrow(
      "permission denied for function set_time_zone",
    );
    await expect(db.rowsAs({ role: "autobench_member" }, call, ["Asia/Tokyo"])).rejects.toMatchObject({
      code: "TB001",
    });
    expect(await db.rowsAs(operator(boss), call, ["Asia/Tokyo"])).toHaveLength(1);
    await db.rows("select app_private.erase_account($1)", [gone]);
    await expect(db.rowsAs(member(gone), call, ["Asia/Tokyo"])).rejects.toMatchObject({ code: "TB001" });
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [ada]);
    await expect(db.rowsAs(member(ada), call, ["Asia/Tokyo"])).rejects.toMatchObject({ code: "TB002" });
  });
});
