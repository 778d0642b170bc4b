// [cli/stop.test.ts] -> process/shutdown.ts, cli/session.ts, db/cluster/leftover.ts
// How it ends: by a signal, by two, by none at all; and that what comes after finds everything in its place.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { startCluster } from "../db/cluster/embedded.ts";
import { withClient } from "../db/cluster/connect.ts";
import { type Autobench, type Command, describe, expect, test } from "./testing/autobench.ts";
import { connect, subscribe, upgradeAndFallSilent } from "./testing/clients.ts";
import { patience, poll, processesOf } from "./testing/wait.ts";

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
    expect(ending.seconds).toBeLessThan(patience(3));
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
    expect(ending.seconds).toBeLessThan(patience(3));
    expectNothingLeft(autobench.folder);
  });

  test("waits for a job, says so, and a second signal ends it at once", async ({ autobench }) => {
    const running = autobench.spawn("start");
    await running.until(/Ctrl-C/);
    const [holder, other] = [await connect(await address(autobench)), await connect(await address(autobench))];
    await holder.query("begin; lock table app_private.rate_limits in access exclusive mode"); // a purge has to wait for it
    await other.query("select app_private.log_scheduled_task('cleanup_expired')");
    await poll(async () => {
      const { rowCount } = await other.query("select from graphile_worker.jobs where locked_by is not null");
      return rowCount === 1;
    });
    running.child.kill("SIGINT");
    await running.until(/"still waiting for a part to stop","part":"worker"/);
    const ending = await running.end("SIGINT");
    expect(ending.code).toBe(130);
    expect(ending.output).toMatch(/ended at once by a second signal/);
    expect(ending.seconds).toBeLessThan(patience(1));
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
