// autobench doctor -> [cli/verbs/doctor.ts] -> settings, database, ports, clock, identity
import net from "node:net";
import { oneRow, openPool, withClient } from "../../db/cluster/connect.ts";
import { type Database, externalDatabase, type Login, logins } from "../../db/cluster/database.ts";
import { postgresAccount, postgresFolder } from "../../db/cluster/binaries.ts";
import { refuseOldPostgres } from "../../db/cluster/migrate.ts";
import { readSettings, type Settings, SettingsError } from "../../process/settings.ts";
import { silentLog } from "../../process/log.ts";
import { serverConfig } from "../../server/config.ts";
import { readiness } from "../../server/routes/health.ts";
import { openSession, runningEmbedded } from "../session.ts";
import type { Verb } from "../verb.ts";

interface Finding {
  what: string;
  state: "ok" | "warning" | "problem";
  detail: string;
}

const doctor: Verb = {
  usage: "doctor",
  help: "Looks at settings, database, ports, clock and identity, and says what to do.",
  async run({ isJson }) {
    const findings: Finding[] = [];
    const { settings } = openSession(true);
    const shipped = readSettings({});
    const changed = Object.entries(settings).filter(
      ([name, value]) => String(shipped[name as keyof Settings]) !== String(value),
    );
    findings.push({
      what: "settings",
      state: "ok",
      detail: changed.map(([name]) => name).join(", ") || "all as they ship",
    });
    findings.push(node());
    const external = externalDatabase(settings);
    const running = external ? undefined : await runningEmbedded(settings);
    const database = external ?? running;
    if (database) findings.push(...(await examine(database, settings, external !== undefined)));
    else
      findings.push(
        await check("database", () => `embedded, not running now; programs in ${postgresFolder(postgresAccount())}`),
      );
    for (const name of ["PORT", "SANDBOX_PORT"] as const)
      findings.push(await port(name, settings, running !== undefined));
    findings.push(identity(settings));
    if (isJson) console.log(JSON.stringify({ ok: !findings.some((finding) => finding.state === "problem"), findings }));
    else
      for (const { what, state, detail } of findings)
        console.log(`${{ ok: "ok     ", warning: "warning", problem: "PROBLEM" }[state]}  ${what.padEnd(22)}${detail}`);
    return findings.some((finding) => finding.state === "problem") ? 1 : 0;
  },
};

async function check(what: string, look: () => Promise<string> | string): Promise<Finding> {
  try {
    return { what, state: "ok", detail: await look() };
  } catch (error) {
    return { what, state: "problem", detail: error instanceof Error ? error.message : String(error) };
  }
}

function node(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) return { what: "node", state: "ok", detail: process.version };
  return {
    what: "node",
    state: "problem",
    detail: `${process.version} is too old: run this through npm, which brings Node 24.`,
  };
}

async function examine(database: Database, settings: Settings, isExternal: boolean): Promise<Finding[]> {
  const wanted = isExternal ? logins.filter((login) => canAddress(database, login)) : logins;
  const findings = await Promise.all(
    wanted.map((login) =>
      check(`login ${login.replace("autobench_", "")}`, () =>
        withClient(database.url(login), async (client) => {
          const row = await oneRow<{ version: string }>(client, "select current_setting('server_version') as version");
          return `connects to Postgres ${row.version}`;
        }),
      ),
    ),
  );
  const [first] = wanted;
  if (!first || findings.some((finding) => finding.state === "problem")) return findings;
  findings.push(
    await check("postgres version", () => refuseOldPostgres(database.url(first)).then(() => "18 or newer")),
  );
  findings.push(await clock(database.url(first)));
  if (wanted.includes("autobench_server")) {
    const pool = openPool(database.url("autobench_server"), { name: "doctor", max: 1, log: silentLog });
    const state = await readiness(pool);
    await pool.end();
    findings.push({
      what: "schema and worker",
      state: state.isReady ? "ok" : state.migrations ? "warning" : "problem",
      detail: state.problem ?? "current, and a worker is at work",
    });
  }
  if (isExternal && !settings.OPERATIONS_DATABASE_URL) {
    findings.push({
      what: "login operations",
      state: "warning",
      detail: "OPERATIONS_DATABASE_URL is missing: /operations/graphql will not answer.",
    });
  }
  return findings;
}

function canAddress(database: Database, login: Login): boolean {
  try {
    return database.url(login) !== "";
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

async function clock(url: string): Promise<Finding> {
  return withClient(url, async (client) => {
    const { now } = await oneRow<{ now: Date }>(client, "select clock_timestamp() as now");
    const seconds = Math.abs(now.getTime() - Date.now()) / 1000;
    const detail = `${seconds.toFixed(1)} s from the database's`;
    return {
      what: "clock",
      state: seconds > 2 ? "problem" : "ok",
      detail: seconds > 2 ? `${detail}: set both by NTP.` : detail,
    };
  });
}

async function port(name: "PORT" | "SANDBOX_PORT", settings: Settings, isRunning: boolean): Promise<Finding> {
  const number = settings[name];
  const isFree = await new Promise<boolean>((resolve) => {
    const probe = net.createServer().once("error", () => resolve(false));
    probe.listen(number, settings.HOST, () => probe.close(() => resolve(true)));
  });
  if (isFree || isRunning) return { what: name, state: "ok", detail: `${number}${isFree ? " is free" : " is ours"}` };
  return {
    what: name,
    state: "problem",
    detail: `${number} is in use by another program. Set ${name} to a free port.`,
  };
}

function identity(settings: Settings): Finding {
  try {
    const { identity: kind } = serverConfig(settings);
    if (kind.kind === "issuer") return { what: "identity", state: "ok", detail: `tokens of ${kind.issuer}` };
    if (kind.kind === "local")
      return { what: "identity", state: "ok", detail: "rehearsal tokens at /sign-in, on loopback only" };
    return { what: "identity", state: "warning", detail: "nobody can sign in: set AUTH_ISSUER." };
  } catch (error) {
    return { what: "identity", state: "problem", detail: error instanceof Error ? error.message : String(error) };
  }
}

export default doctor;
