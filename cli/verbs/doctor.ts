// autobench doctor -> [cli/verbs/doctor.ts] -> cli/doctor/
import { createServer } from "node:http";
import { postgresAccount, postgresFolder } from "../../db/cluster/binaries.ts";
import { externalDatabase } from "../../db/cluster/database.ts";
import { readSettings, type Settings } from "../../process/settings.ts";
import { type ServerConfig, serverConfig } from "../../server/config.ts";
import { closeServer } from "../../server/main.ts";
import { listen } from "../../server/listen.ts";
import { workerConfig } from "../../worker/config.ts";
import { examineBrowser } from "../doctor/browser.ts";
import { examineDatabase } from "../doctor/database.ts";
import { check, type Finding } from "../doctor/finding.ts";
import { openSession, runningEmbedded } from "../session.ts";
import type { Verb } from "../verb.ts";

const doctor: Verb = {
  usage: "doctor",
  help: [
    "Looks at settings, database, ports, clock, identity and browser, and says what to do.",
    "",
    "Exits with 1 when something is a problem; a warning is none.",
  ].join("\n"),
  async run({ isJson }) {
    const { settings } = openSession(true);
    const config = serverConfig(settings);
    workerConfig(settings);
    const findings: Finding[] = [{ what: "settings", state: "ok", detail: changedSettings(settings) }, node()];
    const external = externalDatabase(settings);
    const running = external ? undefined : await runningEmbedded(settings);
    const database = external ?? running;
    findings.push(...(database ? await examineDatabase(database) : [await programs()]));
    const isOurs = running?.holder.url === config.publicUrl;
    for (const name of ["PORT", "SANDBOX_PORT"] as const) findings.push(await port(name, settings, isOurs));
    findings.push(identity(config));
    findings.push(await examineBrowser(settings));
    const isWell = !findings.some(({ state }) => state === "problem");
    if (isJson) console.log(JSON.stringify({ ok: isWell, findings }));
    else for (const { what, state, detail } of findings) console.log(`${labels[state]}  ${what.padEnd(20)}${detail}`);
    return isWell ? 0 : 1;
  },
};

const labels = { ok: "ok     ", warning: "warning", problem: "PROBLEM" } as const;

function changedSettings(settings: Settings): string {
  const shipped: Record<string, unknown> = { ...readSettings({}) };
  const changed = Object.entries(settings).filter(([name, value]) => String(shipped[name]) !== String(value));
  return changed.map(([name]) => name).join(", ") || "all as they ship";
}

function node(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) return { what: "node", state: "ok", detail: process.version };
  const detail = `${process.version} is too old: run this through npm, which brings Node 24.`;
  return { what: "node", state: "problem", detail };
}

/** The embedded database while nobody runs it: can it be? */
function programs(): Promise<Finding> {
  return check("database", () => `embedded, not running now; programs in ${postgresFolder(postgresAccount())}`);
}

async function port(name: "PORT" | "SANDBOX_PORT", settings: Settings, isOurs: boolean): Promise<Finding> {
  const number = settings[name];
  if (isOurs) return { what: name, state: "ok", detail: `${number} is ours` };
  return check(name, async () => {
    const probe = createServer();
    await listen(probe, settings.HOST, number, name);
    await closeServer(probe);
    return `${number} is free`;
  });
}

function identity({ identity: from }: ServerConfig): Finding {
  const what = "identity";
  if (from.kind === "issuer") return { what, state: "ok", detail: `tokens of ${from.issuer}` };
  if (from.kind === "local") return { what, state: "ok", detail: "rehearsal tokens at /sign-in, on loopback only" };
  return { what, state: "warning", detail: "nobody can sign in: set AUTH_ISSUER." };
}

export default doctor;
