// [server/notifications.test.ts] -> server/notifications.ts
import { openPool } from "../db/cluster/connect.ts";
import { silentLog } from "../process/log.ts";
import { describe, expect, test as base, until } from "./testing/server.ts";
import { Notifications } from "./notifications.ts";

const test = base.extend("listening", async ({ database }, { onCleanup }) => {
  const own = openPool(database.url("autobench_server"), { name: "listening", max: 1, log: silentLog });
  const notifications = new Notifications(own, silentLog);
  onCleanup(async () => {
    await notifications.release();
    await own.end(); // would wait for ever for a connection that is not given back
  });
  return notifications;
});

describe("notifications", () => {
  test("reach every subscriber of a topic, in order, and none of another", async ({ listening, pool }) => {
    const [a, b, other] = [
      await listening.subscribe("t"),
      await listening.subscribe("t"),
      await listening.subscribe("u"),
    ];
    for (const payload of ["1", "2", "3"]) await pool.query("select pg_notify('t', $1)", [payload]);
    await pool.query("select pg_notify('u', 'x')");
    for (const each of [a, b]) {
      for (const value of ["1", "2", "3"]) expect(await each.next()).toEqual({ done: false, value });
    }
    expect(await other.next()).toEqual({ done: false, value: "x" });
  });

  test("are heard from the moment that subscribe() resolves", async ({ listening, pool }) => {
    for (let i = 0; i < 20; i++) {
      const one = await listening.subscribe(`topic ${i} "quoted"`);
      await pool.query("select pg_notify($1, 'x')", [`topic ${i} "quoted"`]);
      expect(await one.next()).toEqual({ done: false, value: "x" });
    }
  });

  test("end at once for whoever leaves, even while they wait", async ({ listening }) => {
    const one = await listening.subscribe("t");
    const waiting = one.next();
    await one.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await one.next()).toEqual({ done: true, value: undefined });
    expect(listening.topics).toEqual([]);
  });

  test("that nobody reads end the subscription, and do not pile up", async ({ listening, pool }) => {
    const lazy = await listening.subscribe("t");
    const eager = await listening.subscribe("t");
    for (const [from, to] of [
      [1, 600],
      [601, 1001],
    ] as const) {
      await pool.query("select pg_notify('t', i::text) from generate_series($1::int, $2::int) i", [from, to]);
      for (let i = from; i <= to; i++) expect((await eager.next()).value).toBe(String(i));
    }
    await expect(lazy.next()).rejects.toMatchObject({ code: "TB033" });
    expect(listening.topics).toEqual(["t"]);
  });

  test("of 500 topics that come and go leave none", async ({ listening, pool }) => {
    const all = await Promise.all(Array.from({ length: 500 }, (_, i) => listening.subscribe(`t${i}`)));
    for (const one of all) await one.return?.();
    expect(listening.topics).toEqual([]);
    await until("the last is unlistened to", async () => {
      const { rows } = await pool.query(
        "select query from pg_stat_activity where application_name = 'autobench listening' and datname = current_database()",
      );
      return rows[0]?.query === 'unlisten "t499"';
    });
  });

  test("end without an error when the server stops", async ({ listening }) => {
    const one = await listening.subscribe("t");
    const waiting = one.next();
    await listening.release();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
