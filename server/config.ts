// process/settings.ts -> [server/config.ts] -> server/main.ts
// What the server does with its settings, decided once at start.
import { dataFolder } from "../db/cluster/database.ts";
import { type Settings, SettingsError } from "../process/settings.ts";
import { operationsFolder } from "./persisted.ts";

export interface ServerConfig {
  host: string;
  port: number;
  sandboxPort: number;
  /** Origins whose pages may open a socket or call the API: the site's own, and those that the settings name. */
  origins: readonly string[];
  publicUrl: string;
  /** The second origin as browsers know it, where it is not the site's with another port. */
  sandboxUrl: string | undefined;
  trustProxy: number;
  hasGraphiql: boolean;
  isIntrospectable: boolean;
  isPersistedOnly: boolean;
  readsPerMinute: number;
  identity: IdentityConfig;
  clerkWebhookSecret: string | undefined;
  /** Any of them opens POST /cron/<task>; none closes it. */
  cronSecrets: readonly string[];
  metricsToken: string | undefined;
  /** Signs voters' cookies; without it the server keeps one in its data folder. */
  voterSecret: string | undefined;
  dataFolder: string;
  /** Whether nobody can reach this server but from its own machine: no open address, and no proxy in front. */
  isOnlyLocal: boolean;
  /** Where the persisted documents stand. */
  operationsFolder: string;
  timeouts: Timeouts;
  sockets: SocketLimits;
}

/** How long a connection may take over its headers and its whole request, and how often that is looked at. */
export interface Timeouts {
  headersMs: number;
  requestMs: number;
  checkMs: number;
}

export interface SocketLimits {
  perAddress: number;
  inAll: number;
  /** Operations that run at once on one socket, and messages that are under way. */
  operations: number;
  messages: number;
  initMs: number;
  /** How often a socket is asked whether it is still there, and its member whether they still may be. */
  beatMs: number;
  recheckMs: number;
  /** How long a stop waits for the other side to say goodbye. */
  closeMs: number;
}

const timeouts: Timeouts = { headersMs: 15_000, requestMs: 30_000, checkMs: 5_000 };
const sockets: SocketLimits = {
  perAddress: 20,
  inAll: 2000,
  operations: 10,
  messages: 50,
  initMs: 3000,
  beatMs: 15_000,
  recheckMs: 60_000,
  closeMs: 1000,
};

/** Where tokens come from: an issuer with published keys, our own rehearsal issuer, or nowhere. */
export type IdentityConfig =
  | { kind: "issuer"; issuer: string; jwksUrl: string; audience: string | undefined; parties: readonly string[] }
  | { kind: "local" }
  | { kind: "none" };

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** An address in an URL: IPv6 stands in brackets there. */
export function inUrl(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** The origins under which this machine's own browser may know the site, when it listens on loopback. */
export function ownOrigins(host: string, port: number): string[] {
  const names = isLoopback(host) ? [host, "localhost", "127.0.0.1", "::1"] : [host];
  return [...new Set(names.map((name) => `http://${inUrl(name)}:${port}`))];
}

export function serverConfig(settings: Settings, isDevelopment = false): ServerConfig {
  const problems: string[] = [];
  const host = settings.HOST;
  const publicUrl = (settings.PUBLIC_URL ?? `http://${inUrl(host)}:${settings.PORT}`).replace(/\/$/, "");
  if (!URL.canParse(publicUrl)) problems.push("PUBLIC_URL must be the address of the site.");
  if (settings.PORT !== 0 && settings.PORT === settings.SANDBOX_PORT) {
    problems.push(
      "SANDBOX_PORT must differ from PORT: pages that models wrote are never served from the site's origin.",
    );
  }
  if (settings.SANDBOX_URL && new URL(settings.SANDBOX_URL).origin === new URL(publicUrl).origin) {
    problems.push("SANDBOX_URL must be of another origin than the site, best of another domain.");
  }
  const identity = identityConfig(settings, problems);
  if (
    identity.kind === "issuer" &&
    settings.CLERK_WEBHOOK_SECRET &&
    !/^whsec_[A-Za-z0-9+/=_-]{16,}$/.test(settings.CLERK_WEBHOOK_SECRET)
  ) {
    problems.push("CLERK_WEBHOOK_SECRET must be the signing secret that Clerk shows, which begins with whsec_.");
  }
  for (const name of ["CRON_SECRET", "CRON_SECRET_OLD", "METRICS_TOKEN", "VOTER_SECRET"] as const) {
    if ((settings[name]?.length ?? 32) < 32) problems.push(`${name} must have at least 32 characters.`);
  }
  if (settings.CRON_SECRET_OLD && !settings.CRON_SECRET) {
    problems.push("CRON_SECRET is missing, though CRON_SECRET_OLD is given.");
  }
  for (const origin of settings.CORS_ORIGINS) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      problems.push("CORS_ORIGINS must list origins such as https://example.org, without a path.");
    }
  }
  if (settings.READS_PER_MINUTE < 1) problems.push("READS_PER_MINUTE must be at least 1.");
  if (problems.length) throw new SettingsError(problems);
  const local = isLoopback(host);
  return {
    host,
    port: settings.PORT,
    sandboxPort: settings.SANDBOX_PORT,
    origins: [new URL(publicUrl).origin, ...ownOrigins(host, settings.PORT), ...settings.CORS_ORIGINS],
    publicUrl,
    sandboxUrl: settings.SANDBOX_URL,
    trustProxy: settings.TRUST_PROXY,
    hasGraphiql: settings.GRAPHIQL ?? isDevelopment,
    isIntrospectable: settings.INTROSPECTION ?? local,
    isPersistedOnly: settings.PERSISTED_ONLY,
    readsPerMinute: settings.READS_PER_MINUTE,
    identity,
    clerkWebhookSecret: settings.CLERK_WEBHOOK_SECRET,
    cronSecrets: [settings.CRON_SECRET, settings.CRON_SECRET_OLD].filter((secret) => secret !== undefined),
    metricsToken: settings.METRICS_TOKEN,
    voterSecret: settings.VOTER_SECRET,
    dataFolder: dataFolder(settings),
    isOnlyLocal: local && !settings.PUBLIC_URL && settings.TRUST_PROXY === 0,
    operationsFolder,
    timeouts,
    sockets,
  };
}

function identityConfig(settings: Settings, problems: string[]): IdentityConfig {
  const issuer = settings.AUTH_ISSUER;
  if (!issuer) {
    if (
      settings.AUTH_JWKS_URL ||
      settings.AUTH_AUDIENCE ||
      settings.AUTH_PARTIES.length ||
      settings.CLERK_WEBHOOK_SECRET
    ) {
      problems.push("AUTH_ISSUER is missing, though other settings of the identity provider are given.");
    }
    // Rehearsal tokens are for whoever sits at this machine: never behind a proxy, never on an open address.
    const isPrivate = isLoopback(settings.HOST) && !settings.PUBLIC_URL && settings.TRUST_PROXY === 0;
    return isPrivate ? { kind: "local" } : { kind: "none" };
  }
  if (!settings.AUTH_AUDIENCE && !settings.AUTH_PARTIES.length) {
    problems.push(
      "AUTH_AUDIENCE or AUTH_PARTIES is needed with AUTH_ISSUER: tokens made for other sites must not count here.",
    );
  }
  const jwksUrl = settings.AUTH_JWKS_URL ?? `${issuer.replace(/\/$/, "")}/.well-known/jwks.json`;
  const address = new URL(jwksUrl);
  if (address.protocol !== "https:" && !isLoopback(address.hostname)) {
    problems.push("AUTH_JWKS_URL must be an https address.");
  }
  return { kind: "issuer", issuer, jwksUrl, audience: settings.AUTH_AUDIENCE, parties: settings.AUTH_PARTIES };
}
