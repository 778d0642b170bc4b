#!/usr/bin/env node
// npm start, npx autobench <verb> -> [cli/autobench.ts] -> cli/verbs/<verb>.ts
import { parseArgs } from "node:util";
import { setGraphileMode } from "../process/environment.ts";
import { nearestName, SettingsError } from "../process/settings.ts";
import { CommandError, type Verb } from "./verb.ts";

/** Loaded when it is called: most verbs need no GraphQL and no queue. */
const verbs: Record<string, () => Promise<{ default: Verb }>> = {
  start: () => import("./verbs/start.ts"),
  day: () => import("./verbs/day.ts"),
  server: () => import("./verbs/server.ts"),
  worker: () => import("./verbs/worker.ts"),
  migrate: () => import("./verbs/migrate.ts"),
  sync: () => import("./verbs/sync.ts"),
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
    throw new CommandError(`There is no verb ${name}.${near ? ` Did you mean ${near}?` : ""} See "autobench help".`);
  }
  const { default: verb } = await load();
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" }, json: { type: "boolean" }, ...verb.options },
  });
  if (values["help"]) {
    console.log(`autobench ${verb.usage}\n\n${verb.help}\n\n  --json  machine-readable output\n  --help  this text`);
    return 0;
  }
  return verb.run({ values, positionals, isJson: values["json"] === true });
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
  const isExpected = error instanceof CommandError || error instanceof SettingsError || isParseError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (process.argv.includes("--json")) console.log(JSON.stringify({ ok: false, error: message }));
  else
    console.error(
      isExpected || !(error instanceof Error)
        ? message
        : `${message}\n${error.stack?.split("\n").slice(1, 6).join("\n")}`,
    );
  process.exit(1);
}

function isParseError(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
