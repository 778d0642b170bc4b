// environment, .env -> [process/settings.ts] -> {cli,server,worker}/config.ts
// Every setting of every process, once: config files read it, .env.example and `autobench doctor` are made from it.
import { ExplainedError } from "./explained.ts";
import { hide } from "./log.ts";
import { nearestName } from "./nearest-name.ts";

export { nearestName };

type Kind = "text" | "secret" | "url" | "database" | "host" | "port" | "flag" | "list" | "number" | "path" | "level";

interface Setting {
  kind: Kind;
  group: string;
  help: string;
  default?: string;
}

export const settings = {
  HOST: {
    kind: "host",
    group: "Server",
    default: "127.0.0.1",
    help: "Address that the site and the second origin listen on.",
  },
  PORT: { kind: "port", group: "Server", default: "3000", help: "Port of the site and the API." },
  SANDBOX_PORT: {
    kind: "port",
    group: "Server",
    default: "3001",
    help: "Port of the second origin, which serves pages that models wrote.",
  },
  SANDBOX_URL: {
    kind: "url",
    group: "Server",
    help: "Address under which browsers reach the second origin, when a proxy stands in front: another host name than the site's, best another domain. Default: the site's with SANDBOX_PORT.",
  },
  PUBLIC_URL: {
    kind: "url",
    group: "Server",
    help: "Address under which people reach the site, when a proxy stands in front. Default: http://HOST:PORT.",
  },
  TRUST_PROXY: {
    kind: "number",
    group: "Server",
    default: "0",
    help: "How many proxies stand in front, so that a caller's address is read from X-Forwarded-For.",
  },
  CORS_ORIGINS: {
    kind: "list",
    group: "Server",
    default: "",
    help: "Other origins whose pages may call the API, separated by commas.",
  },
  GRAPHIQL: {
    kind: "flag",
    group: "Server",
    help: "1 serves the GraphiQL explorer at /graphiql. Default: only in development.",
  },
  INTROSPECTION: {
    kind: "flag",
    group: "Server",
    help: "1 lets clients ask for the schema, 0 refuses. Default: on while HOST is loopback.",
  },
  PERSISTED_ONLY: {
    kind: "flag",
    group: "Server",
    default: "0",
    help: "1 closes free-form queries: only the documents in web/operations are answered.",
  },
  READS_PER_MINUTE: {
    kind: "number",
    group: "Server",
    default: "600",
    help: "Requests that one caller may send in a minute to one server process.",
  },
  LOG_LEVEL: { kind: "level", group: "Server", default: "info", help: "error, warn, info or debug." },
  AUTH_ISSUER: {
    kind: "url",
    group: "Identity",
    help: "Issuer of the members' tokens (Clerk, Auth0, Supabase, Keycloak). Without it, and on loopback only, /sign-in issues rehearsal tokens.",
  },
  AUTH_JWKS_URL: {
    kind: "url",
    group: "Identity",
    help: "Where the issuer publishes its keys. Default: AUTH_ISSUER/.well-known/jwks.json.",
  },
  AUTH_AUDIENCE: {
    kind: "text",
    group: "Identity",
    help: "Audience that a token must name. Required with AUTH_ISSUER unless AUTH_PARTIES is set.",
  },
  AUTH_PARTIES: {
    kind: "list",
    group: "Identity",
    default: "",
    help: "Authorized parties (the azp claim) that are accepted, separated by commas.",
  },
  CLERK_WEBHOOK_SECRET: {
    kind: "secret",
    group: "Identity",
    help: "Signing secret (whsec_...) of POST /webhooks/clerk. Without it the door is closed.",
  },
  CRON_SECRET: {
    kind: "secret",
    group: "Operations",
    help: "Secret of POST /cron/<task>, sent in the header x-cron-secret: at least 32 characters. Without it the door is closed.",
  },
  CRON_SECRET_OLD: {
    kind: "secret",
    group: "Operations",
    help: "The secret before, which counts as well while outside schedulers are given the new one.",
  },
  METRICS_TOKEN: {
    kind: "secret",
    group: "Operations",
    help: "Bearer token of GET /metrics, at least 32 characters. Without it /metrics answers on loopback alone.",
  },
  VOTER_SECRET: {
    kind: "secret",
    group: "Operations",
    help: "Signs the cookies by which visitors' votes are told apart, at least 32 characters. Without it one is kept in DATA_DIR; several servers need the same one.",
  },
  DATA_DIR: {
    kind: "path",
    group: "Database",
    default: ".data",
    help: "Where the embedded database and its passwords live.",
  },
  DATABASE_URL: {
    kind: "database",
    group: "Database",
    help: "A Postgres 18 of your own, as the owner: runs migrations. Without it the embedded one is used.",
  },
  WORKER_DATABASE_URL: { kind: "database", group: "Database", help: "The same database as autobench_worker." },
  SERVER_DATABASE_URL: { kind: "database", group: "Database", help: "The same database as autobench_server." },
  OPERATIONS_DATABASE_URL: { kind: "database", group: "Database", help: "The same database as autobench_operations." },
  TASKS_PER_DAY: { kind: "number", group: "Arena", default: "3", help: "How many coding tasks each day has." },
  LLM_TIMEOUT_SECONDS: {
    kind: "number",
    group: "Arena",
    default: "600",
    help: "How long one request to a model may take, from the first byte to the last.",
  },
  DAILY_SPEND_LIMIT_USD: {
    kind: "number",
    group: "Arena",
    default: "20",
    help: "What all models together may cost in a UTC day, in whole dollars; at the limit no new request leaves.",
  },
  WORKER_CONCURRENCY: {
    kind: "number",
    group: "Worker",
    default: "24",
    help: "Jobs that one worker runs at once; most of them wait for a model.",
  },
  CHROMIUM_PATH: {
    kind: "path",
    group: "Worker",
    help: "The browser that pages are rendered in. Default: the system's Chromium, else the one of the npm package @sparticuz/chromium.",
  },
  RENDER_CONCURRENCY: {
    kind: "number",
    group: "Worker",
    default: "0",
    help: "Pages that one worker renders at once; 0 is the number of the processor's cores, at most 4.",
  },
  RENDER_SANDBOX: {
    kind: "flag",
    group: "Worker",
    default: "1",
    help: "0 lets the browser run without its own sandbox where the machine allows none. The pages are hostile: better give the machine user namespaces.",
  },
} as const satisfies Record<string, Setting>;

const names = Object.keys(settings);

export type SettingName = keyof typeof settings;
type ValueOf<K extends Kind> = K extends "port" | "number"
  ? number
  : K extends "flag"
    ? boolean
    : K extends "list"
      ? string[]
      : string;
type Read<S extends Setting> = S extends { default: string } ? ValueOf<S["kind"]> : ValueOf<S["kind"]> | undefined;
export type Settings = { readonly [N in SettingName]: Read<(typeof settings)[N]> };

/** A configuration that cannot be used: every problem at once, each with the name of its variable. */
export class SettingsError extends ExplainedError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "SettingsError";
    this.problems = problems;
  }
}

const parsers: { [K in Kind]: (text: string) => ValueOf<K> | undefined } = {
  text: (text) => text,
  secret: (text) => text,
  path: (text) => text,
  host: (text) => (/^[a-z\d.:-]+$/i.test(text) ? text : undefined),
  url: (text) => (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined),
  database: (text) => (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) ? text : undefined),
  port: (text) => wholeNumber(text, 0, 65_535),
  number: (text) => wholeNumber(text, 0, 1_000_000),
  flag: (text) => (/^(1|true|on)$/i.test(text) ? true : /^(0|false|off)$/i.test(text) ? false : undefined),
  list: (text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  level: (text) => (["error", "warn", "info", "debug"].includes(text) ? text : undefined),
};

const expected: Record<Kind, string> = {
  text: "a text",
  secret: "a secret",
  path: "a folder",
  host: "a host name or address",
  url: "an address such as https://example.org",
  database: "an address such as postgres://user@host/name",
  port: "a port from 0 to 65535",
  number: "a whole number",
  flag: "1 or 0",
  list: "a list separated by commas",
  level: "error, warn, info or debug",
};

/**
 * Reads all settings from an environment. `file` holds the variables of .env: there every unknown name is refused, in
 * the process's own environment (which is full of other programs' variables) only a near miss of a known one. What the
 * environment holds counts, even when it is empty: then the setting is as it ships.
 */
export function readSettings(
  environment: Record<string, string | undefined>,
  file: Record<string, string> = {},
): Settings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const text = (environment[name] ?? file[name])?.trim() || setting.default;
    if (text === undefined) continue;
    const value = parsers[setting.kind](text);
    if (value === undefined) {
      const isSecret = setting.kind === "secret" || setting.kind === "url" || setting.kind === "database";
      const shown = isSecret ? "" : `, not ${JSON.stringify(hide(text.slice(0, 80)))}`;
      problems.push(`${name} must be ${expected[setting.kind]}${shown}.`);
    }
    values[name] = value;
  }
  for (const name of Object.keys(file)) {
    if (isKnown(name) || name.endsWith("_API_KEY")) continue;
    const near = nearestName(name, 4, names);
    problems.push(`${name} (in .env) is not a setting.${near ? ` Did you mean ${near}?` : ""}`);
  }
  for (const name of Object.keys(environment)) {
    if (isKnown(name) || Object.hasOwn(file, name)) continue;
    const near = misspelt(name);
    if (near) problems.push(`${name} is not a setting. Did you mean ${near}?`);
  }
  if (problems.length) throw new SettingsError(problems);
  return values as Settings;
}

const isKnown = (name: string): boolean => Object.hasOwn(settings, name);

/**
 * The setting that a variable of the environment was meant for. Other programs have variables too (HOSTS, PORTS, DATA_DIRS),
 * so the shorter a name, the less may differ: of the shortest only the order of two letters.
 */
function misspelt(name: string): string | undefined {
  const near = nearestName(name, name.length < 11 ? 1 : 2, names);
  const letters = (text: string) => text.toUpperCase().split("").toSorted().join("");
  return near && name.length < 6 && letters(name) !== letters(near) ? undefined : near;
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
