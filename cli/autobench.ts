#!/usr/bin/env node
// npm start, npx autobench <verb> -> [cli/autobench.ts] -> cli/verbs/<verb>.ts
import { setGraphileMode } from "../process/environment.ts";
import { ExplainedError } from "../process/explained.ts";
import { nearestName } from "../process/settings.ts";
import { readArguments } from "./arguments.ts";
import { reasonOf, type Verb } from "./verb.ts";

/** Loaded when it is called: most verbs need no GraphQL and no queue. */
const verbs: Record<string, () => Promise<{ default: Verb }>> = {
  start: () => import("./verbs/start.ts"),
  day: () => import("./verbs/day.ts"),
  server: () => import("./verbs/server.ts"),
  worker: () => import("./verbs/worker.ts"),
  migrate: () => import("./verbs/migrate.ts"),
  sync: () => import("./verbs/sync.ts"),
  export: () => import("./verbs/export.ts"),
  verify: () => import("./verbs/verify.ts"),
  rehearse: () => import("./verbs/rehearse.ts"),
  "judge-check": () => import("./verbs/judge-check.ts"),
  reconcile: () => import("./verbs/reconcile.ts"),
  trigger: () => import("./verbs/trigger.ts"),
  doctor: () => import("./verbs/doctor.ts"),
  url: () => import("./verbs/url.ts"),
};

async function main(args: string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  setGraphileMode(rest.includes("--dev") ? "development" : "production");
  if (["help", "--help", "-h"].includes(name)) return printHelp();
  const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!load) {
    const near = nearestName(name, 3, Object.keys(verbs));
    throw new ExplainedError(`There is no verb ${name}.${near ? ` Did you mean ${near}?` : ""} See "autobench help".`);
  }
  const { default: verb } = await load();
  const given = readArguments(name, verb, rest);
  if (given.values["help"]) {
    console.log(`autobench ${verb.usage}\n\n${verb.help}\n\n  --json  machine-readable output\n  --help  this text`);
    return 0;
  }
  return verb.run(given);
}

async function printHelp(): Promise<number> {
  console.log("autobench <verb> [--json] [--help]\n");
  for (const load of Object.values(verbs)) {
    const { default: verb } = await load();
    console.log(`  ${verb.usage.padEnd(28)} ${verb.help.split("\n")[0]}`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = reasonOf(error);
  const stack =
    error instanceof Error && !(error instanceof ExplainedError) ? error.stack?.split("\n").slice(1, 6) : [];
  if (process.argv.includes("--json")) console.log(JSON.stringify({ ok: false, error: message }));
  else console.error([message, ...(stack ?? [])].join("\n"));
  process.exit(1);
}
