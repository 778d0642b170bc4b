// [server/routes/metrics.test.ts] -> server/routes/metrics.ts, app_private.metrics()
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { describe, expect, test as base } from "../../db/testing/database.ts";
import { silentLog } from "../../process/log.ts";
import { readSettings } from "../../process/settings.ts";
import { serverConfig } from "../config.ts";
import { type RunningServer, startServer } from "../main.ts";
import { renderMetrics } from "./metrics.ts";

const token = randomBytes(32).toString("base64url");

type Get = (headers?: Record<string, string>, path?: string) => Promise<{ status: number; type: string; body: string }>;

const test = base.extend("open", { scope: "file" }, async ({ database }, { onCleanup }) => {
  const running: RunningServer[] = [];
  onCleanup(async () => void (await Promise.all(running.map((server) => server.close()))));
  return async (more: Record<string, string> = {}): Promise<Get> => {
    const config = serverConfig(readSettings({ PORT: "0", SANDBOX_PORT: "0", ...more }));
    const server = await startServer(config, database, silentLog);
    running.push(server);
    return (headers = {}, path = "/metrics") =>
      new Promise((resolve, reject) => {
        // Not fetch, which does not let one say which host is meant.
        request({ host: "127.0.0.1", port: server.port, path, headers }, (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (body += part));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", body }),
          );
        })
          .on("error", reject)
          .end();
      });
  };
});

describe("GET /metrics", () => {
  test("answers on loopback in the form that Prometheus reads", async ({ open, pool }) => {
    await pool.query("select from app_private.log_scheduled_task('cleanup_expired')");
    const { status, type, body } = await (await open())();
    expect([status, type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    expect(body).toContain('\nautobench_task_runs{task="cleanup_expired",status="pending"} 1\n');
    expect(body).toContain("\nautobench_workers_alive 0\n");
    expect(body.endsWith("\n")).toBe(true);
    const name = "[a-z][a-z0-9_]*";
    const line = new RegExp(`^(# (HELP ${name} .+|TYPE ${name} gauge)|${name}({(${name}="[^"]*",?)+})? -?[0-9.e+]+)$`);
    for (const text of body.trimEnd().split("\n")) expect(text).toMatch(line);
    const types = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, metric]) => metric);
    expect(new Set(types).size).toBe(types.length);
  });

  test.for([
    ["a foreign page's name for this machine", { host: "evil.test" }],
    ["a foreign origin", { origin: "https://evil.test" }],
    ["a proxy", { "x-forwarded-for": "203.0.113.9" }],
    ["a proxy that says so in the new way", { forwarded: "for=203.0.113.9" }],
  ] as const)("does not answer %s", async ([, headers], { open }) => {
    const get = await open();
    expect(await get({ ...headers })).toEqual(await get({ ...headers }, "/metrix"));
    expect((await get({ ...headers })).status).toBe(404);
  });

  test.for([
    ["behind a proxy", { TRUST_PROXY: "1" }],
    ["under a public address", { PUBLIC_URL: "https://arena.test" }],
    ["on an open address", { HOST: "0.0.0.0" }],
  ] as const)("wants the token of everybody %s", async ([, more], { open }) => {
    const get = await open({ ...more, METRICS_TOKEN: token });
    for (const authorization of [undefined, "", `Bearer ${token}x`, `Basic ${token}`, token, "Bearer", "Bearer  "]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      expect(await get(headers)).toEqual(await get(headers, "/metrix"));
      expect((await get(headers)).status).toBe(404);
    }
    for (const scheme of ["Bearer", "bearer"]) {
      expect((await get({ authorization: `${scheme} ${token}` })).status).toBe(200);
    }
    const closed = await open(more);
    expect((await closed({ authorization: "Bearer undefined" })).status).toBe(404);
  });
});

test("names and labels are escaped, and each metric is introduced once", () => {
  const labels = { task: 'a"b\\c\nd' };
  const metrics = [
    { name: "a", help: "Of a\\b\nc.", labels, value: 1.5 },
    { name: "a", help: "Of a\\b\nc.", labels: {}, value: 2 },
    { name: "b", help: "Of b.", labels: {}, value: 0 },
  ];
  expect(renderMetrics(metrics)).toBe(
    [
      "# HELP a Of a\\\\b\\nc.",
      "# TYPE a gauge",
      'a{task="a\\"b\\\\c\\nd"} 1.5',
      "a 2",
      "# HELP b Of b.",
      "# TYPE b gauge",
      "b 0",
      "",
    ].join("\n"),
  );
});
