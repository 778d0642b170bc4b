// server/pools.ts -> [server/pools.test.ts]
// A storm of slow requests from one kind of caller leaves the others, and the health check, as they were (G22).
import { setTimeout as delay } from "node:timers/promises";
import { openPool } from "../db/cluster/connect.ts";
import { silentLog } from "../process/log.ts";
import { closer } from "./pools.ts";
import { describe, expect } from "./testing/server.ts";
import { test } from "./testing/costly.ts";

const slow = "query ($s: Float!) { sleep(seconds: $s) }";

describe("when slow requests of visitors take all their connections", () => {
  test("health, members and operators are answered at once, visitors after two seconds with TB033", async ({
    costly,
    member,
    operator,
  }) => {
    const [ada, root] = [await member(), await operator()];
    const operators = { token: root.token, path: "/operations/graphql" };
    await costly.gql("{ me { id } }", operators); // built when it is first asked for
    await costly.gql("{ me { id } }", { token: ada.token });
    const storm = Array.from({ length: 8 }, () => costly.gql(slow, { variables: { s: 2.8 } }));
    const began = performance.now();
    const waiting = Array.from({ length: 10 }, () => costly.gql("{ users(first: 1) { nodes { id } } }"));
    const socket = await costly.socket({ token: ada.token });
    const calm: number[] = [];
    while (calm.length === 0 || performance.now() - began < 1200) {
      const answers = [
        await costly.send("/health"),
        await costly.send("/ready"),
        await costly.gql("{ me { id } }", { token: ada.token }),
        await costly.gql("{ me { id } }", operators),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 503, 200, 200]); // 503: no worker, no migrations here
      expect(answers[1]?.text).toContain('"database":true');
      expect((await socket.ask("{ me { id } }")).errors).toBeUndefined();
      calm.push(...answers.map(({ ms }) => ms));
    }
    expect(performance.now() - began).toBeLessThan(2700); // all of that was while the storm lasted
    expect(calm.toSorted((a, b) => a - b)[Math.floor(calm.length / 2)]).toBeLessThan(200);
    expect(Math.max(...calm)).toBeLessThan(1000); // on a machine that has other things to do
    for (const { code, ms } of await Promise.all(waiting)) {
      expect(code).toBe("TB033");
      expect(ms).toBeGreaterThan(1900);
      expect(ms).toBeLessThan(3500);
    }
    for (const { data } of await Promise.all(storm)) expect(data).toEqual({ sleep: true });
    expect((await costly.gql("{ users(first: 1) { nodes { id } } }")).errors).toBeUndefined();
    await socket.close();
  });

  test("nor does a crowd at the doors for visitors keep members from signing in", async ({ costly, member, pool }) => {
    const { token } = await member();
    await costly.gql("{ me { id } }", { token });
    const client = await pool.connect();
    await client.query("begin; lock table app_public.tasks");
    const crowd = Array.from({ length: 20 }, () => costly.send("/api/latest_challenge"));
    const took: number[] = [];
    for (let i = 0; i < 10; i++) {
      const { status, ms } = await costly.gql("{ me { id } }", { token });
      expect(status).toBe(200);
      took.push(ms);
    }
    await client.query("rollback");
    client.release();
    expect(took.toSorted((a, b) => a - b)[5]).toBeLessThan(200);
    for (const { status, code } of await Promise.all(crowd)) {
      expect(["503 TB033", "503 TB032", "404 TB053"]).toContain(`${status} ${code}`);
    }
  });

  test("a crowd at /ready is one question to the database, and all get its answer", async ({ costly, pool }) => {
    const client = await pool.connect();
    await client.query("begin; lock table app_private.workers");
    const asking = Array.from({ length: 50 }, () => costly.send("/ready"));
    await delay(1200); // longer than one waits for the health check's only connection
    await client.query("rollback");
    client.release();
    for (const { text } of await Promise.all(asking)) expect(text).toContain('"database":true');
  });
});

describe("a pool that is ended", () => {
  test.for([false, true])(
    "lets queries finish for a while, and then cuts them, with a pipeline: %s",
    async (hasPipeline, { database, pool }) => {
      const own = openPool(database.superuserUrl, { name: "ending", max: 3, log: silentLog, hasPipeline });
      const end = closer(own, 200);
      const short = own.query("select 1 from pg_sleep(0.1)");
      const long = own.query("select 1 from pg_sleep(60)").catch((error: unknown) => error);
      const idle = await own.connect();
      idle.release();
      const began = performance.now();
      await end();
      expect(performance.now() - began).toBeLessThan(1500);
      expect((await short).rowCount).toBe(1);
      expect(await long).toBeInstanceOf(Error);
      // The database does not notice by itself that nobody waits for the answer any longer.
      await pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'autobench ending'",
      );
    },
  );
});

describe("a statement", () => {
  test("is stopped after three seconds, in a mutation and on a socket alike", async ({ costly, member }) => {
    const { token } = await member();
    const socket = await costly.socket({ token });
    const began = performance.now();
    const [first, second] = await Promise.all([
      costly.gql(slow, { variables: { s: 30 }, token }),
      socket.ask(slow, { s: 30 }),
    ]);
    expect([first.code, second.errors?.[0]?.extensions?.code]).toEqual(["TB032", "TB032"]);
    expect(performance.now() - began).toBeLessThan(4000);
    await socket.close();
  });

  test("waits a second for a lock, and no longer", async ({ costly, member, pool }) => {
    const ada = await member();
    const client = await pool.connect();
    await client.query("begin");
    await client.query("select from app_public.users where id = $1 for update", [ada.id]);
    const mutation =
      'mutation ($id: UUID!) { updateUser(input: { id: $id, patch: { fullName: "Ada" } }) { user { id } } }';
    const { code, ms } = await costly.gql(mutation, { token: ada.token, variables: { id: ada.id } });
    await client.query("rollback");
    client.release();
    expect(code).toBe("TB032");
    expect(ms).toBeLessThan(1500);
  });
});
