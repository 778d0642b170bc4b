// [server/routes/cron.test.ts] -> server/routes/cron.ts, app_private.request_scheduled_task()
import { randomBytes } from "node:crypto";
import { describe, expect, test as base } from "../../db/testing/database.ts";
import { createLog } from "../../process/log.ts";
import { readSettings } from "../../process/settings.ts";
import { serverConfig } from "../config.ts";
import { type RunningServer, startServer } from "../main.ts";

const [secret, old] = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")];
const environment = { PORT: "0", SANDBOX_PORT: "0", READS_PER_MINUTE: "1000000" };

type Post = (path: string, headers?: Record<string, string>, init?: RequestInit) => Promise<Response>;

const test = base
  .extend("lines", { scope: "file" }, (): string[] => [])
  .extend("open", { scope: "file" }, async ({ database, lines }, { onCleanup }) => {
    const log = createLog({ level: "debug", write: (line) => void lines.push(line) });
    const running: RunningServer[] = [];
    onCleanup(async () => void (await Promise.all(running.map((server) => server.close()))));
    return async (more: Record<string, string>): Promise<Post> => {
      const server = await startServer(serverConfig(readSettings({ ...environment, ...more })), database, log);
      running.push(server);
      return (path, headers = {}, init = {}) => fetch(`${server.url}${path}`, { method: "POST", headers, ...init });
    };
  })
  .extend("post", { scope: "file" }, ({ open }) => open({ CRON_SECRET: secret, CRON_SECRET_OLD: old }));

const right = { "x-cron-secret": secret };

/** What a caller can tell an answer by: everything but the time and how much of the rate is left. */
async function seen(response: Response): Promise<unknown> {
  const { date: _, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await response.text() };
}

describe("POST /cron/<task> with the secret", () => {
  test("asks for the present period's run, under any of the task's names", async ({ post, pool }) => {
    const response = await post("/cron/cleanup-expired-tokens", right);
    const run = (await response.json()) as { id: string; status: string; scheduledTime: string };
    expect(response.status).toBe(202);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(run).toEqual({ id: expect.stringMatching(/^\d+$/), status: "pending", scheduledTime: expect.any(String) });
    expect(Math.abs(Date.parse(run.scheduledTime) - Date.now())).toBeLessThan(60_000);
    for (const path of ["/cron/cleanup_expired", "/cron/cleanup-expired-challenges", "/cron/cleanup_expired/"]) {
      expect(await (await post(path, right)).json()).toEqual(run);
    }
    const { rows } = await pool.query(
      "select id, function_name, requested_by, period_key from app_private.scheduled_tasks where function_name = 'cleanup_expired'",
    );
    expect(rows).toEqual([
      {
        id: run.id,
        function_name: "cleanup_expired",
        requested_by: "http",
        period_key: run.scheduledTime.slice(0, 10),
      },
    ]);
  });

  test("fifty times at once makes one run and one job", async ({ post, pool }) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await post("/cron/generate_daily_tasks", right);
        return [response.status, ((await response.json()) as { id: string }).id];
      }),
    );
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([202]));
    const [id, ...others] = new Set(answers.map(([, run]) => run));
    expect(others).toEqual([]);
    const runs = "select id from app_private.scheduled_tasks where function_name = 'generate_daily_tasks'";
    expect((await pool.query(runs)).rows).toEqual([{ id }]);
    const jobs = "select revision from graphile_worker.jobs where task_identifier = 'generate_daily_tasks'";
    expect((await pool.query(jobs)).rows).toEqual([{ revision: 0 }]);
  });

  test("takes the secret before as well while it is given", async ({ post }) => {
    expect((await post("/cron/dispatch_and_collect", { "x-cron-secret": old })).status).toBe(202);
  });

  test("ignores a body", async ({ post }) => {
    for (const body of ["{", '{"run_at": "2030-01-01"}', "x".repeat(200_000)]) {
      const response = await post("/cron/cleanup_expired", { ...right, "content-type": "application/json" }, { body });
      expect(response.status).toBe(202);
    }
  });

  test("tells of an unknown task, and names the nearest", async ({ post }) => {
    const response = await post("/cron/evaluate-modles", right);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      errors: [
        { message: "There is no such task.", extensions: { code: "TB040", hint: "Did you mean evaluate-models?" } },
      ],
    });
  });

  test("hands over what is due when asked to, as the founding documents have it", async ({ post, pool }) => {
    await pool.query(
      "update app_private.scheduled_tasks set queued_at = null; delete from graphile_worker._private_jobs",
    );
    const { rows } = await pool.query<{ n: number }>(
      "select count(*)::int as n from app_private.scheduled_tasks where status = 'pending'",
    );
    expect(rows[0]?.n).toBeGreaterThan(0);
    for (const [name, n] of [
      ["process_scheduled_tasks", rows[0]?.n],
      ["process-scheduled-tasks", 0],
    ]) {
      const response = await post(`/cron/${name}`, right);
      expect([response.status, await response.json()]).toEqual([202, { handedOver: n }]);
    }
  });
});

describe("whoever has not the secret", () => {
  const wrong: [string, Record<string, string>][] = [
    ["none", {}],
    ["an empty one", { "x-cron-secret": "" }],
    ["another one", { "x-cron-secret": "x".repeat(43) }],
    ["the beginning of it", { "x-cron-secret": secret.slice(0, -1) }],
    ["more than it", { "x-cron-secret": `${secret}x` }],
    ["it twice", { "x-cron-secret": `${secret}, ${secret}` }],
    ["it in another header", { authorization: secret, "x-cron": secret }],
    ["it in another case", { "x-cron-secret": secret.toUpperCase() }],
  ];

  test.for(wrong)("cannot tell the door from an unknown address, sending %s", async ([, headers], { post }) => {
    // A token that is none would be refused at both addresses: the door is behind no identity.
    const unknown = await seen(await post("/corn/cleanup_expired", headers));
    expect(unknown).toMatchObject({ status: 404, body: expect.stringContaining("TB008") });
    for (const task of ["cleanup_expired", "no_such_task", "process_scheduled_tasks"]) {
      expect(await seen(await post(`/cron/${task}`, headers))).toEqual(unknown);
    }
  });

  test("starts nothing", async ({ post, pool }) => {
    const count = async () => (await pool.query("select from app_private.scheduled_tasks")).rowCount;
    const before = await count();
    for (const [, headers] of wrong) await post("/cron/cleanup_expired", headers);
    expect(await count()).toBe(before);
  });

  test("gets nowhere by another method, even with it", async ({ post }) => {
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await seen(await post("/cron/cleanup_expired", right, { method }));
      expect(answer).toEqual(await seen(await post("/corn/cleanup_expired", right, { method })));
      expect(answer).toMatchObject({ status: 404 });
    }
  });

  test.for(["/cron/", "/cron/a/b", "/cron/%ff", "/cron/..%2fhealth", `/cron/${"x".repeat(101)}`, "/cron/a%20b"])(
    "finds nothing at %s either",
    async (path, { post }) => {
      expect((await post(path, {})).status).toBe((await post(path.replace("cron", "corn"), {})).status);
    },
  );

  test("finds no door at all where no secret is set", async ({ open }) => {
    const post = await open({});
    for (const given of ["", "undefined", "null"]) {
      const headers = { "x-cron-secret": given };
      const unknown = await seen(await post("/corn/cleanup_expired?secret=x", headers));
      expect(await seen(await post("/cron/cleanup_expired?secret=x", headers))).toEqual(unknown);
    }
  });
});

test.for(["secret", "cron_secret", "token", "x-cron-secret", "api_key", "auth"])(
  "a secret in the address as %s is refused, right or wrong",
  async (name, { post, pool, lines }) => {
    const count = async () => (await pool.query("select from app_private.scheduled_tasks")).rowCount;
    const before = await count();
    for (const [value, headers] of [
      [secret, {}],
      ["wrong", {}],
      [secret, right],
    ] as const) {
      const response = await post(`/cron/generate_daily_tasks?${name}=${value}`, headers);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "TB037" } }] });
    }
    expect(await count()).toBe(before);
    expect(lines.join("\n")).not.toContain(secret);
  },
);

describe("the settings", () => {
  const read = (more: Record<string, string>) => () => serverConfig(readSettings({ ...environment, ...more }));
  const short = "x".repeat(31);

  test.for([
    ["CRON_SECRET must have at least 32 characters.", { CRON_SECRET: short }],
    ["CRON_SECRET_OLD must have at least 32 characters.", { CRON_SECRET: secret, CRON_SECRET_OLD: short }],
    ["METRICS_TOKEN must have at least 32 characters.", { METRICS_TOKEN: short }],
    ["CRON_SECRET is missing, though CRON_SECRET_OLD is given.", { CRON_SECRET_OLD: old }],
  ] as const)("refuse: %s", ([problem, more]) => {
    expect(read(more)).toThrow(problem);
    expect(read(more)).not.toThrow(short);
  });

  test("take 32 characters, and none at all", () => {
    expect(read({ CRON_SECRET: `${short}x` })().cronSecrets).toEqual([`${short}x`]);
    expect(read({})().cronSecrets).toEqual([]);
  });
});
