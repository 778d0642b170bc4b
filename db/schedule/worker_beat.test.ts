// [db/schedule/worker_beat.test.ts] -> app_private.worker_beat(), graphile_worker.force_unlock_workers()
import { describe, expect } from "../testing/database.ts";
import { test } from "./worker-stage.ts";

describe("a worker that is dead", () => {
  test("leaves its jobs to the others, and none of theirs", async ({ workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const [anns, bens] = [await workers.job("ann", "1 minute"), await workers.job("ben", "1 minute")];
    await workers.kill(ann);
    await workers.silentFor(ann, "1 minute");
    expect(await ben.beat()).toEqual(["ann"]);
    expect([await anns(), await bens()]).toEqual([null, "ben"]);
    expect(await workers.listed()).toEqual(["ben"]);
    expect(await ben.beat()).toEqual([]);
  });

  test("a name that no worker bears loses its jobs after the same time", async ({ workers }) => {
    const ben = await workers.arrive("ben");
    const [old, young] = [await workers.job("stray", "31 seconds"), await workers.job("newcomer", "29 seconds")];
    expect(await ben.beat()).toEqual(["stray"]);
    expect([await old(), await young()]).toEqual([null, "newcomer"]);
  });

  test("what a worker that left had locked is freed as well", async ({ workers }) => {
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const lockedBy = await workers.job("ann", "1 minute");
    await ann.leave();
    expect(await ben.beat()).toEqual(["ann"]);
    expect(await lockedBy()).toBeNull();
  });

  test("two beats at once take over once, and neither waits", async ({ workers }) => {
    const dead = await workers.arrive("dead");
    const [ann, ben] = [await workers.arrive("ann"), await workers.arrive("ben")];
    const lockedBy = await workers.job("dead", "1 minute");
    await workers.kill(dead);
    await workers.silentFor(dead, "1 minute");
    await ann.session.query("begin");
    expect(await ann.beat()).toEqual(["dead"]);
    expect(await ben.beat()).toEqual([]); // ann has not committed yet
    await ann.session.query("commit");
    expect(await ben.beat()).toEqual([]);
    expect(await lockedBy()).toBeNull();
  });

  test("twelve beats at once take over each of the dead once", async ({ workers, pool }) => {
    const living = await Promise.all(Array.from({ length: 12 }, (_, n) => workers.arrive(`living_${n}`)));
    for (const name of ["dead_1", "dead_2", "dead_3"]) {
      const dead = await workers.arrive(name);
      await workers.job(name, "1 minute");
      await workers.kill(dead);
      await workers.silentFor(dead, "1 minute");
    }
    const taken = (await Promise.all(living.map(async (worker) => (await worker.beat()) ?? []))).flat();
    expect(taken.toSorted()).toEqual(["dead_1", "dead_2", "dead_3"]);
    expect(await workers.listed()).toHaveLength(12);
    expect((await pool.query("select from graphile_worker.jobs where locked_by is not null")).rowCount).toBe(0);
  });
});
