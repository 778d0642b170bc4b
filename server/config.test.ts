// process/settings.ts -> [server/config.test.ts] -> server/config.ts
import { describe, expect, test } from "vitest";
import { readSettings, SettingsError } from "../process/settings.ts";
import { isLoopback, ownOrigins, serverConfig } from "./config.ts";

const config = (environment: Record<string, string> = {}, isDevelopment = false) =>
  serverConfig(readSettings(environment), isDevelopment);
const issuer = { AUTH_ISSUER: "https://clerk.example", AUTH_AUDIENCE: "autobench" };

function problems(environment: Record<string, string>): readonly string[] {
  try {
    config(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe("the server's settings", () => {
  test("by default are for one person at this machine", () => {
    expect(config()).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      sandboxPort: 3001,
      publicUrl: "http://127.0.0.1:3000",
      origins: ["http://127.0.0.1:3000", "http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"],
      trustProxy: 0,
      hasGraphiql: false,
      isIntrospectable: true,
      isPersistedOnly: false,
      readsPerMinute: 600,
      identity: { kind: "local" },
    });
    expect(config({}, true).hasGraphiql).toBe(true);
  });

  test("on an open address show nothing of the schema and sign nobody in", () => {
    expect(config({ HOST: "0.0.0.0" })).toMatchObject({
      isIntrospectable: false,
      hasGraphiql: false,
      identity: { kind: "none" },
      origins: ["http://0.0.0.0:3000", "http://0.0.0.0:3000"],
    });
  });

  test("take the issuer's usual place for its keys", () => {
    expect(config({ ...issuer, AUTH_ISSUER: "https://clerk.example/" }).identity).toEqual({
      kind: "issuer",
      issuer: "https://clerk.example/",
      jwksUrl: "https://clerk.example/.well-known/jwks.json",
      audience: "autobench",
      parties: [],
    });
    expect(
      config({ AUTH_ISSUER: "https://x.example", AUTH_PARTIES: "https://a.example, https://b.example" }).identity,
    ).toMatchObject({
      audience: undefined,
      parties: ["https://a.example", "https://b.example"],
    });
  });

  test("know IPv6", () => {
    expect(config({ HOST: "::1" })).toMatchObject({ publicUrl: "http://[::1]:3000", identity: { kind: "local" } });
    expect(ownOrigins("::", 80)).toEqual(["http://[::]:80"]);
  });

  test.for([
    [{ PORT: "3000", SANDBOX_PORT: "3000" }, /^SANDBOX_PORT must differ from PORT/],
    [{ READS_PER_MINUTE: "0" }, /^READS_PER_MINUTE must be at least 1/],
    [{ CORS_ORIGINS: "https://a.example/path" }, /^CORS_ORIGINS must list origins/],
    [{ CORS_ORIGINS: "*" }, /^CORS_ORIGINS must list origins/],
    [{ AUTH_AUDIENCE: "x" }, /^AUTH_ISSUER is missing/],
    [{ CLERK_WEBHOOK_SECRET: "whsec_x" }, /^AUTH_ISSUER is missing/],
    [{ AUTH_ISSUER: "https://clerk.example" }, /^AUTH_AUDIENCE or AUTH_PARTIES is needed/],
    [{ ...issuer, AUTH_JWKS_URL: "http://clerk.example/jwks" }, /^AUTH_JWKS_URL must be an https address/],
    [{ ...issuer, CLERK_WEBHOOK_SECRET: "secret" }, /^CLERK_WEBHOOK_SECRET must be the signing secret/],
  ] as const)("%o are refused with a reason", ([environment, reason]) => {
    expect(problems(environment)).toEqual([expect.stringMatching(reason)]);
  });

  test("say all that is wrong at once", () => {
    expect(problems({ SANDBOX_PORT: "3000", READS_PER_MINUTE: "0", AUTH_ISSUER: "https://x.example" })).toHaveLength(3);
  });

  test.for([
    ["127.0.0.1", true],
    ["127.8.8.8", true],
    ["localhost", true],
    ["::1", true],
    ["[::1]", true],
    ["0.0.0.0", false],
    ["::", false],
    ["127.0.0.1.nip.io", false],
    ["localhost.evil.example", false],
    ["1270.0.0.1", false],
    ["", false],
  ] as const)("take %s for loopback: %s", ([host, expected]) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
