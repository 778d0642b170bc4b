// [cli/stop.test.ts] -> process/shutdown.ts, cli/session.ts, db/cluster/leftover.ts
// How it ends: by a signal, by two, by none at all; and that what comes after finds everything in its place.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import pg from "pg";
import { startCluster } from "../db/cluster/embedded.ts";
import { withClient } from "../db/cluster/connect.ts";
import { type Autobench, type Command, describe, expect, poll, processesOf, test } from "./testing/autobench.ts";

const stack = /^ +at /m;

async function address(autobench: Command): Promise<string> {
  return (await autobench.run("url")).output.trim();
}

/** Signs somebody in, so that there is a row to find again. */
async function signIn(running: Autobench, username: string): Promise<void> {
  const [, site = ""] = await running.until(/Site +(http:\S+)/);
  const body = JSON.stringify({ username });
  const headers = { "content-type": "application/json", accept: "application/json" };
  const token = (
    (await (await fetch(`${site}/sign-in`, { method: "POST", headers, body })).json()) as { token: string }
  ).token;
  const query = JSON.stringify({ query: "{ me { username } }" });
  const me = await fetch(`${site}/graphql`, {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${token}` },
    body: query,
  });
  expect(await me.json()).toEqual({ data: { me: { username } } });
}

async function usernames(autobench: Command): Promise<string[]> {
  return withClient(await address(autobench), async (client) => {
    const { rows } = await client.query<{ username: string }>("select username from app_public.users order by 1");
    return rows.map((row) => row.username);
  });
}

/** A psql that stays connected until the stop cuts it off. */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on("error", () => undefined); // the cut
  await client.connect();
  return client;
}

/** A client whose subscription stays open. */
async function subscribe(site: string): Promise<void> {
  const socket = new WebSocket(`${site.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  const acknowledged = new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "connection_init" })), { once: true });
  await acknowledged;
  const payload = { query: "subscription { meChanged { username } }" };
  socket.send(JSON.stringify({ type: "subscribe", id: "1", payload }));
}

/** A client that opens a socket and never says another word, not even goodbye. */
async function upgradeAndFallSilent(site: string): Promise<void> {
  const socket = net.connect(Number(new URL(site).port), "127.0.0.1");
  socket.on("error", () => undefined); // cut off by the stop, which is the point
  socket.write(
    "GET /graphql HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 101 /);
}

/** Nothing runs any more, and Postgres has gone in good order. */
function expectNothingLeft(folder: string): void {
  expect(processesOf(folder)).toEqual([]);
  expect(existsSync(path.join(folder, "postgres", "postmaster.pid"))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith("initdb-"))).toEqual([]);
}

describe("autobench start", () => {
  test("ends by Ctrl-C on the terminal while initdb still runs", async ({ autobench }) => {
    const running = autobench.spawn("start", {}, { detached: true });
    await poll(
      () => existsSync(autobench.folder) && readdirSync(autobench.folder).some((name) => name.startsWith("initdb-")),
    );
    process.kill(-running.pid, "SIGINT"); // the terminal sends it to the whole group
    const ending = await running.ended;
    expect([ending.code, ending.errors, stack.test(ending.output)]).toEqual([0, "", false]);
    expectNothingLeft(autobench.folder);
  });

  test("ends by Ctrl-C while it still starts", async ({ autobench }) => {
    const running = autobench.spawn("start");
    await running.until(/the database is up/);
    const ending = await running.end();
    expect([ending.code, ending.errors, stack.test(ending.output)]).toEqual([0, "", false]);
    expect(ending.seconds).toBeLessThan(3);
    expectNothingLeft(autobench.folder);
  });

  test("ends within three seconds, though clients hang on", async ({ autobench }) => {
    const running = autobench.spawn("start --dev");
    const [, site = ""] = await running.until(/Site +(http:\S+)/);
    expect((await fetch(`${site}/graphiql`)).status).toBe(200); // the connection stays open
    await signIn(running, "ada");
    await subscribe(site);
    await upgradeAndFallSilent(site);
    await connect(await address(autobench));
    running.child.kill("SIGINT");
    const ending = await running.end("SIGINT"); // npm passes the terminal's own signal on once more
    expect([ending.code, ending.signal, ending.errors]).toEqual([0, null, ""]);
    expect(ending.output).toMatch(/"stopped"/);
    expect(ending.seconds).toBeLessThan(3);
    expectNothingLeft(autobench.folder);
  });

  test("waits for a job, says so, and a second signal ends it at once", async ({ autobench }) => {
    const running = autobench.spawn("start");
    await running.until(/Ctrl-C/);
    const [holder, other] = [await connect(await address(autobench)), await connect(await address(autobench))];
    await holder.query("begin; lock table app_private.rate_limits in access exclusive mode"); // a purge has to wait for it
    await other.query("select graphile_worker.add_job('cleanup_expired', json_build_object('at', now()))");
    await poll(async () => {
      const { rowCount } = await other.query("select from graphile_worker.jobs where locked_by is not null");
      return rowCount === 1;
    });
    running.child.kill("SIGINT");
    await running.until(/"still waiting for a part to stop","part":"worker"/);
    const ending = await running.end("SIGINT");
    expect(ending.code).toBe(130);
    expect(ending.output).toMatch(/ended at once by a second signal/);
    expect(ending.seconds).toBeLessThan(1);
    await poll(() => processesOf(autobench.folder).length === 0);
    expectNothingLeft(autobench.folder);
  });

  test("comes back after kill -9 with its data", async ({ autobench }) => {
    const running = autobench.spawn("start");
    await signIn(running, "grace");
    expect((await running.end("SIGKILL")).signal).toBe("SIGKILL");
    const again = autobench.spawn("start"); // at once: Postgres may still be on its way out
    await again.until(/Ctrl-C/);
    expect(await usernames(autobench)).toEqual(["ada", "grace"]);
    expect((await again.end()).code).toBe(0);
    expectNothingLeft(autobench.folder);
  });

  test("takes over a Postgres that an earlier run left, and stops it", async ({ autobench }) => {
    const orphan = await startCluster({ folder: autobench.folder });
    const running = autobench.spawn("start");
    await running.until(/Ctrl-C/);
    expect(new URL(await address(autobench)).port).toBe(String(orphan.port));
    expect(await usernames(autobench)).toEqual(["ada", "grace"]);
    expect((await running.end("SIGTERM")).code).toBe(0);
    expectNothingLeft(autobench.folder);
  });

  test("migrate brings the database up for itself and stops it again", async ({ autobench }) => {
    const { code, output } = await autobench.run("migrate --json");
    expect([code, JSON.parse(output)]).toEqual([0, { ok: true, migrations: expect.any(Array) }]);
    expectNothingLeft(autobench.folder);
  });
});
