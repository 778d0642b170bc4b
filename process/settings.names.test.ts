// [process/settings.names.test.ts] -> process/settings.ts
import { describe, expect, test } from "vitest";
import { nearestName, readSettings, settings } from "./settings.ts";

describe("a misspelt name in the environment", () => {
  test.for([
    ["PROT", "PORT"],
    ["OPRT", "PORT"],
    ["HSOT", "HOST"],
    ["port", "PORT"],
    ["DATABSE_URL", "DATABASE_URL"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["DATABASEURL", "DATABASE_URL"],
    ["SEVER_DATABASE_URL", "SERVER_DATABASE_URL"],
    ["WORKER_DATABSE_URL", "WORKER_DATABASE_URL"],
    ["OPERATION_DATABASE_URL", "OPERATIONS_DATABASE_URL"],
    ["AUTH_ISUER", "AUTH_ISSUER"],
    ["AUTH_ISSUERS", "AUTH_ISSUER"],
    ["AUTH_JWK_URL", "AUTH_JWKS_URL"],
    ["CLERK_WEBHOOKS_SECRET", "CLERK_WEBHOOK_SECRET"],
    ["PUBLIC_ULR", "PUBLIC_URL"],
    ["TRUSTED_PROXY", "TRUST_PROXY"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["DATA_DRI", "DATA_DIR"],
    ["SANDBOX_PROT", "SANDBOX_PORT"],
    ["GRAPHQIL", "GRAPHIQL"],
    ["INTROSPECTON", "INTROSPECTION"],
    ["WORKER_CONCURENCY", "WORKER_CONCURRENCY"],
  ] as const)("%s is refused, and %s is named", ([wrong, right]) => {
    expect(() => readSettings({ [wrong]: "hunter2" })).toThrow(
      new RegExp(`^The settings cannot be used:\\n  ${wrong} is not a setting\\. Did you mean ${right}\\?$`),
    );
  });

  test("every known name is recognised with two letters swapped", () => {
    for (const name of Object.keys(settings)) {
      const wrong = `${name.slice(0, 1)}${name[2]}${name[1]}${name.slice(3)}`;
      if (wrong === name) continue;
      expect(() => readSettings({ [wrong]: "1" })).toThrow(`${wrong} is not a setting. Did you mean ${name}?`);
    }
  });
});

const ordinary = `
  HOME PATH PWD OLDPWD SHELL USER LOGNAME LANG LANGUAGE LC_ALL LC_TIME LC_CTYPE TERM COLORTERM DISPLAY WAYLAND_DISPLAY
  XAUTHORITY XDG_RUNTIME_DIR XDG_DATA_DIRS XDG_CONFIG_DIRS XDG_DATA_HOME XDG_SESSION_TYPE DBUS_SESSION_BUS_ADDRESS
  DESKTOP_SESSION SSH_AUTH_SOCK SSH_CONNECTION EDITOR VISUAL PAGER LESS LESSOPEN LS_COLORS MAIL SHLVL _ TMPDIR TZ HOSTTYPE
  OSTYPE INVOCATION_ID JOURNAL_STREAM GTK_MODULES NVM_DIR NVM_BIN JAVA_HOME JAVA_DIR GOPATH CARGO_HOME PYTHONPATH
  VIRTUAL_ENV http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
  HOSTNAME container DOCKER_HOST DOCKER_BUILDKIT COMPOSE_PROJECT_NAME NODE_VERSION NODE_ENV NODE_OPTIONS NODE_PATH
  POSTGRES_URL POSTGRES_HOST POSTGRES_PORT POSTGRES_PASSWORD PGDATA PGHOST PGPORT PGUSER PGDATABASE REDIS_URL DB_HOST DB_PORT
  DATABASE_URL_OLD OLD_DATABASE_URL DATABASE_HOST DATABASE_NAME DATABASE_USER DATABASE_PASSWORD PRIVATE_URL BASE_URL
  CI GITHUB_ACTIONS GITHUB_TOKEN GITHUB_SHA GITHUB_WORKSPACE GITHUB_REF GITHUB_SERVER_URL RUNNER_OS RUNNER_TEMP ImageOS
  ACTIONS_RUNTIME_URL AGENT_TOOLSDIRECTORY
  KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_PORT_443_TCP KUBERNETES_PORT_443_TCP_ADDR
  SERVER_PORT SERVER_HOST WORKER_PORT AUTOBENCH_SERVER_SERVICE_HOST POD_NAME
  npm_config_cache npm_config_user_agent npm_lifecycle_event npm_package_name npm_execpath npm_config_loglevel INIT_CWD NODE
  VITEST VITEST_WORKER_ID VITEST_POOL_ID VITEST_MODE TEST DEV PROD MODE SSR GRAPHILE_ENV
  HOSTS PORTS POST COST SPORT GHOST PORTAL SORT LOST HOSTED EXPORT IMPORT LIST HOT POT
  OPENAI_API_KEY ANTHROPIC_API_KEY DEBUG VERBOSE LOG_FORMAT LOG_FILE AUTH_TOKEN AUTH_SECRET DATA_HOME CACHE_DIR GRAPHICS
`
  .trim()
  .split(/\s+/);

describe("an ordinary environment", () => {
  test("is let through, whatever other programs keep in it", () => {
    expect(new Set(ordinary).size).toBeGreaterThan(130);
    for (const name of ordinary) expect(() => readSettings({ [name]: "x" }), name).not.toThrow();
    expect(() => readSettings(Object.fromEntries(ordinary.map((name) => [name, "x"])))).not.toThrow();
  });

  test("that of these very tests is one", () => {
    const names = Object.keys(process.env).filter((name) => !(name in settings));
    expect(() => readSettings(Object.fromEntries(names.map((name) => [name, "x"])))).not.toThrow();
  });
});

describe("a name in .env", () => {
  test("has to be a setting, or the key of a provider", () => {
    expect(() => readSettings({}, { PORT: "1", ACME_API_KEY: "k" })).not.toThrow();
    expect(() => readSettings({}, { HOME: "/root" })).toThrow("HOME (in .env) is not a setting.");
    expect(() => readSettings({}, { PROT: "1" })).toThrow("PROT (in .env) is not a setting. Did you mean PORT?");
    expect(() => readSettings({}, { DB_URL: "1" })).toThrow("DB_URL (in .env) is not a setting.");
    for (const name of ["constructor", "toString"]) {
      expect(() => readSettings({}, { [name]: "1" })).toThrow(`${name} (in .env) is not a setting.`);
    }
  });

  test("that is misspelt in both places is told once", () => {
    expect(() => readSettings({ PROT: "1" }, { PROT: "1" })).toThrow(/cannot be used:\n[^\n]+$/);
  });
});

describe("nearestName", () => {
  test("finds the nearest of the names it is given, or none", () => {
    const known = ["daily_token_reset", "streak_updater"];
    expect(nearestName("daily-token-reset", 4, known)).toBe("daily_token_reset");
    expect(nearestName("streak_update", 4, known)).toBe("streak_updater");
    expect(nearestName("pair_generator", 4, known)).toBeUndefined();
    expect(nearestName("", 4, known)).toBeUndefined();
    expect(nearestName("x".repeat(10_000), 4, known)).toBeUndefined();
  });
});
