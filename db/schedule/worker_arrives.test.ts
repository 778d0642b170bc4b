// [db/schedule/worker_arrives.test.ts] -> app_private.worker_arrives(), worker_beat(), worker_leaves()
import { blocked } from "../lib/sessions.ts";
import { anonymous, describe, expect, member, operator } from "../testing/database.ts";
import { test } from "./worker-stage.ts";

describe("a worker that lives", () => {
  test("arrives, beats and leaves, with the worker's login", async ({ workers, pool }) => {
    const ann = await workers.arrive("ann");
    const row = "select id, pool_id, host, process_id, seen_at from app_private.workers";
    const before = await pool.query(row);
    expect(before.rows).toMatchObject([{ id: ann.id, pool_id: "ann", host: "host", process_id: 7 }]);
    const locks = await pool.query(
      `select l.objid from pg_locks l join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'advisory' and l.classid = 29794`,
    );
    expect(locks.rows).toEqual([{ objid: ann.id }]);

    await workers.silentFor(ann, "1 minute");
    expect(await ann.beat()).toEqual([]);
    const heard = await pool.query("select from app_private.workers where seen_at > now() - interval '10 seconds'");
    expect(heard.rowCount).toBe(1);
    await ann.leave();
    expect(await workers.listed()).toEqual([]);
  });

  test("each has an id of its own", async ({ workers }) => {
    const ids = await Promise.all(["ann", "ben", "cleo"].map(async (name) => (await workers.arrive(name)).id));
    expect(new Set(ids).size).toBe(3);
  });

  test("keeps its jobs however long it is silent, while its session holds the lock", async ({ workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const lockedBy = await workers.job("ann", "1 hour");
    await workers.silentFor(ann, "1 hour");
    expect(await ben.beat()).toEqual([]);
    expect(await lockedBy()).toBe("ann");
  });

  test("keeps its jobs when its session is lost, until it was silent too long", async ({ workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const lockedBy = await workers.job("ann", "1 hour");
    await workers.kill(ann);
    await workers.silentFor(ann, "29 seconds");
    expect(await ben.beat()).toEqual([]);
    expect(await lockedBy()).toBe("ann");
    await workers.silentFor(ann, "31 seconds");
    expect(await ben.beat()).toEqual(["ann"]);
    expect(await lockedBy()).toBeNull();
  });

  test("comes back on another session under its old id", async ({ workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const lockedBy = await workers.job("ann", "1 hour");
    await workers.kill(ann);
    const again = await (await workers.connect("ann")).arrive(ann.id);
    expect(again.id).toBe(ann.id);
    await workers.silentFor(again, "1 hour");
    expect(await ben.beat()).toEqual([]);
    expect(await lockedBy()).toBe("ann");
  });

  test("comes back after it was taken for dead", async ({ workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    await workers.kill(ann);
    await workers.silentFor(ann, "1 hour");
    expect(await ben.beat()).toEqual(["ann"]);
    const again = await (await workers.connect("ann")).arrive(ann.id);
    await again.beat();
    expect(again.id).toBe(ann.id);
    expect(await workers.listed()).toEqual(["ann", "ben"]);
    const next = await workers.arrive("cleo");
    expect([ann.id, ben.id]).not.toContain(next.id);
  });

  test("waits for its old session to end, and holds up no beat meanwhile", async ({ workers, pool }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const again = await workers.connect("ann");
    const arriving = await blocked(pool, again.session, "select app_private.worker_arrives($1, 'ann', 'host', 7)", [
      ann.id,
    ]);
    expect(await ann.beat()).toEqual([]); // the old session turns out to live
    expect(await ben.beat()).toEqual([]);
    await workers.kill(ann);
    expect(await arriving.rows).toHaveLength(1);
  });

  test("taken off the list by hand, it does not free its own jobs", async ({ workers, pool }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const lockedBy = await workers.job("ann", "1 hour");
    await pool.query("delete from app_private.workers where pool_id = 'ann'");
    expect(await ann.beat()).toEqual([]);
    expect(await lockedBy()).toBe("ann");
    expect(await ben.beat()).toEqual(["ann"]); // to all others it is gone
  });
});

describe("who may say that a worker lives", () => {
  test.for([
    ["worker_arrives", "app_private.worker_arrives(null, 'eve', 'host', 1)"],
    ["worker_beat", "app_private.worker_beat(1, 'eve', '1 second')"],
    ["worker_leaves", "app_private.worker_leaves(1)"],
  ] as const)("%s is for the worker's login", async ([name, call], { db }) => {
    for (const seat of [anonymous, member(await db.person())]) {
      await expect(db.rowsAs(seat, `select ${call}`)).rejects.toThrow("permission denied for schema app_private");
    }
    for (const seat of [operator(await db.operator()), { role: "autobench_server" }] as const) {
      await expect(db.rowsAs(seat, `select ${call}`)).rejects.toThrow(`permission denied for function ${name}`);
    }
    await expect(db.rowsAs({ role: "autobench_worker" }, "delete from app_private.workers")).rejects.toThrow(
      "permission denied for table workers",
    );
  });

  test("operators see the workers, and which were heard of lately", async ({ db, workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    await workers.silentFor(ben, "31 seconds");
    expect(
      await db.rowsAs(
        operator(await db.operator()),
        "select id, host, is_alive from app_operations.workers order by id",
      ),
    ).toEqual([
      { id: ann.id, host: "host", is_alive: true },
      { id: ben.id, host: "host", is_alive: false },
    ]);
  });
});
