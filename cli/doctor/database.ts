// cli/verbs/doctor.ts -> [cli/doctor/database.ts] -> logins, version, clock, schema and worker
import { oneRow, openPool, withClient } from "../../db/cluster/connect.ts";
import { type Database, type Login, logins } from "../../db/cluster/database.ts";
import { refuseOldPostgres } from "../../db/cluster/migrate.ts";
import { silentLog } from "../../process/log.ts";
import { SettingsError } from "../../process/settings.ts";
import { readiness } from "../../server/routes/health.ts";
import { check, type Finding } from "./finding.ts";
import { examineModels } from "./models.ts";

/** Looks at a database through each login whose address is known. */
export async function examineDatabase(database: Database): Promise<Finding[]> {
  const known = logins.filter((login) => hasAddress(database, login));
  const findings = await Promise.all(
    known.map((login) => check(`login ${login.replace("autobench_", "")}`, () => connect(database.url(login)))),
  );
  const [first] = known;
  if (!first || findings.some(({ state }) => state === "problem")) return findings;
  const url = database.url(first);
  findings.push(
    await check("postgres version", () => refuseOldPostgres(url).then(() => "18 or newer")),
    await clock(url),
  );
  if (known.includes("autobench_server")) findings.push(await schema(database.url("autobench_server")));
  const isCurrent = findings.at(-1)?.state !== "problem";
  if (known.includes("autobench_worker") && isCurrent)
    findings.push(await examineModels(database.url("autobench_worker")));
  if (!known.includes("autobench_operations")) {
    findings.push({
      what: "login operations",
      state: "warning",
      detail: "OPERATIONS_DATABASE_URL is missing: /operations/graphql will not answer.",
    });
  }
  return findings;
}

function hasAddress(database: Database, login: Login): boolean {
  try {
    return database.url(login) !== "";
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

function connect(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { version } = await oneRow<{ version: string }>(
      client,
      "select current_setting('server_version') as version",
    );
    return `connects to Postgres ${version}`;
  });
}

function clock(url: string): Promise<Finding> {
  return withClient(url, async (client) => {
    const { now } = await oneRow<{ now: Date }>(client, "select clock_timestamp() as now");
    const seconds = Math.abs(now.getTime() - Date.now()) / 1000;
    const detail = `${seconds.toFixed(1)} s from the database's`;
    if (seconds > 2) return { what: "clock", state: "problem", detail: `${detail}: set both by NTP.` };
    return { what: "clock", state: "ok", detail };
  });
}

async function schema(url: string): Promise<Finding> {
  const pool = openPool(url, { name: "doctor", max: 1, log: silentLog });
  const { isReady, migrations, problem } = await readiness(pool).finally(() => pool.end());
  return {
    what: "schema and worker",
    state: isReady ? "ok" : migrations ? "warning" : "problem",
    detail: problem ?? "current, and a worker is at work",
  };
}
