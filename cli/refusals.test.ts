// [cli/refusals.test.ts] -> cli/autobench.ts, cli/arguments.ts, process/settings.ts
// What is refused, in which words, and that nothing was begun before.
import { existsSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { root } from "../process/environment.ts";
import { describe, expect, test } from "./testing/autobench.ts";
import { processesOf } from "./testing/wait.ts";
import { reasonOf } from "./verb.ts";

const verbs = readdirSync(path.join(root, "cli", "verbs")).map((file) => path.basename(file, ".ts"));

describe("the command line", () => {
  test("lists every verb in its help", async ({ autobench }) => {
    const texts = await Promise.all(["", "help", "--help", "-h"].map((args) => autobench.run(args)));
    for (const { code, output, errors } of texts) {
      expect([code, errors]).toEqual([0, ""]);
      expect(new Set([...output.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name))).toEqual(new Set(verbs));
    }
  });

  test.for(verbs)("explains %s", async (verb, { autobench }) => {
    const { code, output, errors } = await autobench.run(`${verb} --help`);
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(new RegExp(`^autobench ${verb}\\b.*\\n\\n[A-Z].{20,}`));
    expect(output).toContain("--json");
    expect(existsSync(autobench.folder)).toBe(false);
  });

  test.for([
    ["strat", 'There is no verb strat. Did you mean start? See "autobench help".'],
    ["constructor", 'There is no verb constructor. See "autobench help".'],
    ["--json", 'There is no verb --json. See "autobench help".'],
    ["start --dve", 'autobench start has no option --dve. Did you mean --dev? See "autobench start --help".'],
    ["url --frobnicate", 'autobench url has no option --frobnicate. See "autobench url --help".'],
    ["url -x", 'autobench url has no option -x. See "autobench url --help".'],
    ["url postgres", 'autobench url does not take "postgres". See "autobench url --help".'],
    ["start --dev=1", 'does not take an argument. See "autobench start --help".'],
  ] as const)("refuses %s", async ([args, message], { autobench }) => {
    const { code, output, errors } = await autobench.run(args);
    expect(code).toBe(1);
    const said = args.includes("--json") ? (JSON.parse(output) as { error: string }).error : errors.trim();
    expect(said.split("\n")).toHaveLength(1);
    expect(said).toContain(message);
    expect(existsSync(autobench.folder)).toBe(false);
  });

  test("names the address where Node tried several and says nothing itself", () => {
    const refused = ["::1", "127.0.0.1"].map((address) => new Error(`connect ECONNREFUSED ${address}:5432`));
    expect(reasonOf(new AggregateError(refused))).toBe("connect ECONNREFUSED ::1:5432");
    expect(reasonOf(new AggregateError(refused, "No luck."))).toBe("No luck.");
    expect(reasonOf("text")).toBe("text");
  });
});

describe("a setting", () => {
  test.for([
    [{ PORT: "abc" }, 'PORT must be a port from 0 to 65535, not "abc".'],
    [{ PROT: "1" }, "PROT is not a setting. Did you mean PORT?"],
    [{ DATABSE_URL: "postgres://x" }, "DATABSE_URL is not a setting. Did you mean DATABASE_URL?"],
    [{ PORT: "4000", SANDBOX_PORT: "4000" }, "SANDBOX_PORT must differ from PORT"],
    [{ WORKER_CONCURRENCY: "0" }, "WORKER_CONCURRENCY must be between 1 and 2000."],
    [{ AUTH_ISSUER: "https://issuer.test" }, "AUTH_AUDIENCE or AUTH_PARTIES is needed with AUTH_ISSUER"],
    [{ DATABASE_URL: "mysql://root:hidden@db/x" }, "DATABASE_URL must be an address"],
  ] as const)("that cannot be used is named before anything starts: %o", async ([given, message], { autobench }) => {
    const { code, output, errors } = await autobench.run("start", { ...given });
    expect([code, output]).toEqual([1, ""]);
    expect(errors).toContain(message);
    expect(errors).not.toMatch(/hidden|^ +at /m);
    expect(existsSync(autobench.folder)).toBe(false);
  });

  test("every bad one is named at once", async ({ autobench }) => {
    const { code, output } = await autobench.run("doctor --json", { PORT: "x", SANDBOX_PORT: "y", LOG_LEVEL: "loud" });
    expect(code).toBe(1);
    const { ok, error } = JSON.parse(output) as { ok: boolean; error: string };
    expect([ok, error.match(/^ {2}\w+/gm)]).toEqual([false, ["  PORT", "  SANDBOX_PORT", "  LOG_LEVEL"]]);
  });
});

describe("without a database", () => {
  test.for(["url", "server", "worker"])("%s says what to do, and makes no folder", async (verb, { autobench }) => {
    const [plain, json] = await Promise.all([autobench.run(verb), autobench.run(`${verb} --json`)]);
    const message = 'The embedded database is not running. Run "npm start" in another terminal, or set DATABASE_URL.';
    expect([plain.code, plain.output, plain.errors.trim()]).toEqual([1, "", message]);
    expect([json.code, JSON.parse(json.output)]).toEqual([1, { ok: false, error: message }]);
    expect(existsSync(autobench.folder)).toBe(false);
  });

  test("doctor finds it not running, which is no problem", async ({ autobench }) => {
    const { code, output } = await autobench.run("doctor");
    expect([code, existsSync(autobench.folder)]).toEqual([0, false]);
    expect(output).toMatch(/^ok +database +embedded, not running now/m);
  });

  test.for([
    ["migrate", "DATABASE_URL"],
    ["start", "DATABASE_URL"],
    ["worker", "WORKER_DATABASE_URL"],
    ["server", "SERVER_DATABASE_URL"],
  ] as const)("%s says that %s leads nowhere", async ([verb, variable], { autobench }) => {
    const { code, errors } = await autobench.run(verb, { [variable]: "postgres://somebody:hidden@127.0.0.1:1/bench" });
    expect(code).toBe(1);
    expect(errors.trim()).toBe(
      `Cannot connect to bench on 127.0.0.1:1 as somebody: connect ECONNREFUSED 127.0.0.1:1. Check ${variable}, and that Postgres is running.`,
    );
  });

  test("doctor says that an address leads nowhere", async ({ autobench }) => {
    const url = "postgres://somebody:hidden@127.0.0.1:1/bench";
    const { code, output } = await autobench.run("doctor", { DATABASE_URL: url, HOST: "192.0.2.1" });
    expect(code).toBe(1);
    expect(output).toMatch(/^PROBLEM +login owner +connect ECONNREFUSED 127\.0\.0\.1:1$/m);
    expect(output).toMatch(/^PROBLEM +PORT +192\.0\.2\.1 is not an address of this machine\. Correct HOST\.$/m);
    expect(output).not.toContain("hidden");
  });
});

describe("a port in use", () => {
  test.for(["PORT", "SANDBOX_PORT"] as const)(
    "is called %s, and nothing is left running",
    async (name, { autobench }) => {
      const other: Server = createServer();
      await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
      const { port } = other.address() as AddressInfo;
      const { code, errors } = await autobench.run("start", { [name]: String(port) });
      other.close();
      expect(code).toBe(1);
      expect(errors).toContain(`Port ${port} is in use by another program. Set ${name} to a free port`);
      expect(errors).not.toMatch(/^ +at /m);
      expect(processesOf(autobench.folder)).toEqual([]);
    },
  );
});
