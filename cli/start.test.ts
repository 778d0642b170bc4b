// [cli/start.test.ts] -> cli/verbs/start.ts, and the verbs that work beside it
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { oneRow, withClient } from "../db/cluster/connect.ts";
import { committedMigrations } from "../server/routes/health.ts";
import { type Autobench, describe, expect, poll, test } from "./testing/autobench.ts";

interface Started {
  ok: boolean;
  url: string;
  graphql: string;
  sandbox: string;
}

describe("autobench start", () => {
  let running: Autobench;
  let started: Started;

  test.beforeAll(({ autobench }) => begin(autobench.spawn("start --json")));

  async function begin(process: Autobench): Promise<void> {
    running = process;
    await running.until(/^\{.*\}$/m);
    await poll(() => running.output.endsWith("\n"));
    started = JSON.parse(running.output) as Started;
  }

  test("with --json says where it is in one line, and logs to standard error", () => {
    expect(started).toEqual({
      ok: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      graphql: `${started.url}/graphql`,
      sandbox: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    const log = running.errors.trim().split("\n");
    expect(log.map((line) => (JSON.parse(line) as { message: string }).message)).toContain("ready");
  });

  test("is ready when it says so", async () => {
    const response = await fetch(`${started.url}/ready`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { isReady: true, database: true, migrations: true, worker: true },
    ]);
  });

  test("answers GraphQL", async () => {
    const response = await fetch(started.graphql, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ me { username } }" }),
    });
    expect(await response.json()).toEqual({ data: { me: null } });
  });

  test("a second one on the same folder says who holds it, and leaves it alone", async ({ autobench }) => {
    const second = await autobench.run("start");
    expect(second.code).toBe(1);
    expect(second.errors).toContain(`autobench start, process ${running.pid}, since `);
    expect(second.errors).toContain(started.url);
    expect(second.errors).toContain("set DATA_DIR, PORT and SANDBOX_PORT");
    expect(second.errors).not.toContain("    at ");
    expect((await fetch(`${started.url}/ready`)).status).toBe(200);
  });

  test("url gives psql the owner's address", async ({ autobench }) => {
    const [plain, json] = await Promise.all([autobench.run("url"), autobench.run("url --json")]);
    const url = plain.output.trim();
    expect(JSON.parse(json.output)).toEqual({ ok: true, url });
    const row = await withClient(url, (client) =>
      oneRow(client, "select current_user::text as login, to_regclass('app_public.users')::text as users"),
    );
    expect(row).toEqual({ login: "autobench_owner", users: "app_public.users" });
  });

  test("migrate beside it finds the schema current", async ({ autobench }) => {
    const [plain, json] = await Promise.all([autobench.run("migrate"), autobench.run("migrate --json")]);
    expect([plain.code, plain.output.trim()]).toEqual([0, `The schema is current (${committedMigrations().at(-1)}).`]);
    expect(JSON.parse(json.output)).toEqual({ ok: true, migrations: committedMigrations() });
  });

  test("server runs a second one beside it, until SIGTERM", async ({ autobench }) => {
    const server = autobench.spawn("server --json");
    const [line] = await server.until(/^\{"ok".*\}$/m);
    const { url, graphql, sandbox } = JSON.parse(line) as Started;
    expect(url).not.toBe(started.url);
    expect([graphql, sandbox]).toEqual([`${url}/graphql`, expect.stringContaining("http://127.0.0.1:")]);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const ending = await server.end("SIGTERM");
    expect([ending.code, ending.output]).toEqual([0, `${line}\n`]);
    expect(ending.seconds).toBeLessThan(3);
  });

  test("worker runs a second one beside it, until SIGTERM", async ({ autobench }) => {
    const { url } = JSON.parse((await autobench.run("url --json")).output) as { url: string };
    const workers = () =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ process_id: number }>("select process_id from app_private.workers");
        return rows.map((row) => row.process_id).toSorted((a, b) => a - b);
      });
    const worker = autobench.spawn("worker --json");
    const [line] = await worker.until(/^\{"ok".*\}$/m);
    expect(JSON.parse(line)).toEqual({ ok: true, pool: expect.any(String) });
    expect(await workers()).toEqual([running.pid, worker.pid].toSorted((a, b) => a - b));
    const ending = await worker.end("SIGTERM");
    expect([ending.code, ending.output]).toEqual([0, `${line}\n`]);
    expect(ending.seconds).toBeLessThan(3);
    expect(await workers()).toEqual([running.pid]);
  });

  test("doctor finds it well", async ({ autobench }) => {
    const [plain, json] = await Promise.all([autobench.run("doctor"), autobench.run("doctor --json")]);
    expect(plain.code).toBe(0);
    expect(plain.output).toMatch(/^ok +schema and worker +current, and a worker is at work$/m);
    const report = JSON.parse(json.output) as { ok: boolean; findings: { what: string; state: string }[] };
    expect(report.ok).toBe(true);
    expect(report.findings.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(report.findings.map(({ what }) => what)).toContain("login operations");
  });

  test("doctor tells its port from another program's", async ({ autobench }) => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const ending = await autobench.run("doctor", { PORT: String(port) });
    other.close();
    expect(ending.code).toBe(1);
    expect(ending.output).toMatch(new RegExp(`^PROBLEM +PORT +Port ${port} is in use by another program`, "m"));
  });

  test("ends with its process, and keeps its data", async ({ autobench }) => {
    expect((await running.end()).code).toBe(0);
    expect(existsSync(`${autobench.folder}/postgres/PG_VERSION`)).toBe(true);
  });
});
