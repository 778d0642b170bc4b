// process.env, .env -> [process/environment.ts] -> process/settings.ts
// The one place that looks at the process's environment.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { readSettings, type Settings } from "./settings.ts";

/** The checkout: the folder that holds package.json. */
export const root = path.resolve(import.meta.dirname, "..");

/** The keys of model providers: every variable whose name ends in _API_KEY. They go to the ledger and nowhere else. */
export function loadKeys(): Record<string, string> {
  // oxlint-disable-next-line no-process-env
  const all = { ...fileVariables(), ...process.env };
  const keys = Object.entries(all).filter(([name, value]) => /^[A-Z][A-Z0-9_]*_API_KEY$/.test(name) && value?.trim());
  return Object.fromEntries(keys.map(([name, value]) => [name, value?.trim() ?? ""]));
}

/** The settings of this process: its environment over the checkout's .env file. */
export function loadSettings(): Settings {
  // oxlint-disable-next-line no-process-env
  return readSettings(process.env, fileVariables());
}

function fileVariables(): Record<string, string> {
  const file = path.join(root, ".env");
  return existsSync(file) ? (parseEnv(readFileSync(file, "utf8")) as Record<string, string>) : {};
}

/** Graphile's packages read this once, when they are loaded: so it is set before they are. */
export function setGraphileMode(mode: "development" | "production"): void {
  // oxlint-disable-next-line no-process-env
  process.env["GRAPHILE_ENV"] ??= mode;
}
