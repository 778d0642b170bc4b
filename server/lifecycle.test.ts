// server/main.ts -> [server/lifecycle.test.ts] -> server/pools.ts, server/sockets.ts, server/listen.ts
// Starting, stopping, and a database that goes away and comes back.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import { silentLog } from "../process/log.ts";
import { startServer } from "./main.ts";
import { test } from "./testing/costly.ts";
import { subscribe } from "./testing/listening.ts";
import { collect, dial } from "./testing/raw.ts";
import { describe, expect, until } from "./testing/server.ts";
import { TestSocket } from "./testing/socket.ts";

const me = "{ me { id } }";

/** How many connections the servers of this file hold, save those of the tests themselves. */
async function connections(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and usename like 'autobench%'",
  );
  return rows[0]!.n;
}

async function occupy(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

describe("a start that fails", () => {
  test.for(["PORT", "SANDBOX_PORT"])(
    "because %s is taken says so, and leaves nothing open",
    async (variable, { start, pool }) => {
      const { port, server } = await occupy();
      const advice = `Port ${port} is in use by another program. Set ${variable} to a free port, for example ${variable}=${port + 10}.`;
      await expect(start({ [variable]: String(port) })).rejects.toThrow(advice);
      server.close();
      await until("its connections are closed", async () => (await connections(pool)) === 0);
    },
  );

  test("because the database is not there leaves nothing open", async ({ start, pool, database }) => {
    const { config, close } = await start();
    await close();
    const missing = {
      url: (login: Parameters<typeof database.url>[0]) => database.url(login).replace(/\/[^/]+$/, "/nothing"),
    };
    await expect(startServer(config, missing, silentLog)).rejects.toThrow(/does not exist/);
    await until("its connections are closed", async () => (await connections(pool)) === 0);
  });

  test.for([
    ["HOST", "192.0.2.1", "192.0.2.1 is not an address of this machine. Correct HOST."],
    ["HOST", "no.such.host.invalid", "no.such.host.invalid is not the name of an address. Correct HOST."],
  ] as const)("because %s is %s says so", async ([name, value, advice], { start }) => {
    await expect(start({ [name]: value })).rejects.toThrow(advice);
  });
});

describe("a stop", () => {
  test("takes no time when nobody is there, and may be asked for twice", async ({ start, pool }) => {
    const server = await start();
    await server.gql(me);
    const began = performance.now();
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(performance.now() - began).toBeLessThan(1000);
    await expect(server.gql(me)).rejects.toThrow();
    await until("its connections are closed", async () => (await connections(pool)) === 0);
  });

  test("lets requests finish, says goodbye to sockets, and cuts the rest within three seconds", async ({
    member,
    startCostly,
    pool,
  }) => {
    const server = await startCostly();
    const { token, id } = await member();
    const sleep = "query ($s: Float!) { sleep(seconds: $s) }";
    const quick = server.gql(sleep, { variables: { s: 0.5 } });
    const endless = server.gql(sleep, { variables: { s: 2.9 }, token }).catch((error: unknown) => error);
    const sockets = await Promise.all([server.socket(), server.socket({ token }), TestSocket.connect(server.url)]);
    sockets[1].begin("subscription { meChanged { id } }");
    const busy = sockets[0].begin(sleep, { s: 2.9 });
    const deaf = await server.socket(); // will never say goodbye
    deaf.raw.pause();
    const idle = dial(server.port);
    const half = dial(server.port);
    half.write("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    const ended = Promise.all([collect(idle), collect(half)]);
    await until("all are under way", async () => {
      const { rows } = await pool.query(
        "select from pg_stat_activity where datname = current_database() and query like '%sleep%' and state = 'active' and pid <> pg_backend_pid()",
      );
      return rows.length >= 3;
    });
    const began = performance.now();
    const closing = server.close();
    expect((await quick).data).toEqual({ sleep: true });
    for (const socket of sockets)
      expect(await socket.closed).toEqual({ code: 1001, reason: "The server is stopping." });
    expect(sockets[0].received.filter((message) => message.id === busy)).toEqual([]);
    await closing;
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await endless).toBeInstanceOf(Error);
    await ended;
    deaf.raw.terminate();
    expect(id).toBeTruthy();
    await until("its connections are closed", async () => (await connections(pool)) === 0);
  });

  test("while the operators' surface is being built waits for it, and closes it", async ({ start, operator, pool }) => {
    const server = await start();
    const { token } = await operator();
    const asking = server.gql(me, { token, path: "/operations/graphql" }).catch(() => undefined);
    await until("it is being built", async () => {
      const { rows } = await pool.query(
        "select from pg_stat_activity where datname = current_database() and usename = 'autobench_operations'",
      );
      return rows.length > 0;
    });
    await server.close();
    await asking;
    await until("its connections are closed", async () => (await connections(pool)) === 0);
  });
});

describe("when the database restarts", () => {
  const cutAll = (pool: pg.Pool) =>
    pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename like 'autobench%'",
    );

  test("the server stays, tells those who were cut off, and is itself again at once", async ({
    costly,
    member,
    pool,
  }) => {
    const { token, id } = await member();
    const socket = await costly.socket({ token });
    const subscription = await subscribe(costly, socket, id);
    await costly.gql(me, { token });
    const sleeping = [costly.gql("{ sleep(seconds: 2) }"), costly.gql("{ sleep(seconds: 2) }", { token })];
    await until("both sleep", async () => {
      const { rows } = await pool.query(
        "select from pg_stat_activity where datname = current_database() and query like '%sleep%' and state = 'active' and pid <> pg_backend_pid()",
      );
      return rows.length === 2;
    });
    await cutAll(pool);
    for (const { code } of await Promise.all(sleeping)) expect(code).toBe("TB033");
    const end = await socket.next((message) => message.id === subscription);
    expect(end.type).toBe("error");
    expect((await costly.gql(me, { token })).data).toEqual({ me: { id } });
    expect(await socket.ask(me)).toMatchObject({ data: { me: { id } } });
    expect((await costly.send("/ready")).text).toContain('"database":true');
    await socket.close();
  });

  test("idle connections that were cut are replaced", async ({ costly, member, pool }) => {
    const { token, id } = await member();
    for (let round = 0; round < 5; round++) {
      await cutAll(pool);
      await until("members are served again", async () => (await costly.gql(me, { token })).status === 200, 2000);
      expect((await costly.gql(me, { token })).data).toEqual({ me: { id } });
    }
  });

  test("and stays away, callers are told so within two seconds, and served when it is back", async ({
    costly,
    member,
    pool,
    database,
  }) => {
    const { token } = await member();
    await pool.query(`alter database ${database.name} connection limit 0`);
    await cutAll(pool);
    for (let round = 0; round < 5; round++) {
      const [visitor, signedIn, ready, health] = await Promise.all([
        costly.gql("{ users(first: 1) { nodes { id } } }"),
        costly.gql(me, { token }),
        costly.send("/ready"),
        costly.send("/health"),
      ]);
      expect([visitor.code, signedIn.status, signedIn.code]).toEqual(["TB033", 503, "TB033"]);
      expect([ready.status, health.status]).toEqual([503, 200]);
      expect(ready.text).toContain("The database cannot be reached.");
      expect(Math.max(visitor.ms, signedIn.ms, ready.ms)).toBeLessThan(2200);
    }
    await expect(costly.socket({ token })).rejects.toThrow("1013: TB033: The database is busy or away.");
    await pool.query(`alter database ${database.name} connection limit -1`);
    expect((await costly.gql(me, { token })).status).toBe(200);
    expect((await costly.send("/ready")).text).toContain('"database":true');
  });

  test("the operators' surface, failed once, is there when it is asked for later", async ({
    start,
    operator,
    pool,
    database,
  }) => {
    const server = await start();
    const { token } = await operator();
    const at = { token, path: "/operations/graphql" };
    await server.gql(me, { token });
    await pool.query(`alter database ${database.name} connection limit 0`);
    const { status, code } = await server.gql(me, at); // signing in still has its connection
    expect([status, code]).toEqual([503, "TB033"]);
    await pool.query(`alter database ${database.name} connection limit -1`);
    await until("it is built", async () => (await server.gql(me, at)).status === 200);
    await server.close();
  });
});
