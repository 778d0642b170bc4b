// [process/settings.test.ts] -> process/settings.ts
import { describe, expect, test } from "vitest";
import { readSettings, type SettingName, settings, SettingsError } from "./settings.ts";

function problemsOf(environment: Record<string, string>, file: Record<string, string> = {}): readonly string[] {
  try {
    readSettings(environment, file);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** For each kind of setting: texts with what they mean, and texts that are refused. */
const kinds: Record<string, { good: [string, unknown][]; bad: string[] }> = {
  text: { good: [["api", "api"]], bad: [] },
  secret: { good: [["whsec_abcdefgh", "whsec_abcdefgh"]], bad: [] },
  path: { good: [["/var/lib/autobench", "/var/lib/autobench"]], bad: [] },
  host: {
    good: [
      ["0.0.0.0", "0.0.0.0"],
      ["::1", "::1"],
      ["bench.example.org", "bench.example.org"],
    ],
    bad: ["http://example.org", "a b", "example.org/x", "$(id)"],
  },
  url: {
    good: [
      ["https://example.org", "https://example.org"],
      ["http://127.0.0.1:3000/x", "http://127.0.0.1:3000/x"],
    ],
    bad: ["example.org", "https://", "ftp://example.org", "javascript:alert(1)", "postgres://u:hunter2@h/d", "/path"],
  },
  database: {
    good: [
      ["postgres://u:p@h/d", "postgres://u:p@h/d"],
      ["postgresql://u@h:5433/d?sslmode=require", "postgresql://u@h:5433/d?sslmode=require"],
    ],
    bad: ["https://u:hunter2@example.org", "mysql://u:hunter2@h/d", "host=h password=hunter2", "u:hunter2@h/d"],
  },
  port: {
    good: [
      ["0", 0],
      ["3000", 3000],
      ["65535", 65_535],
    ],
    bad: ["65536", "-1", "3e3", "0x50", "30.5", "http", "3000a", "1".repeat(400), "NaN"],
  },
  number: {
    good: [
      ["0", 0],
      ["1000000", 1_000_000],
    ],
    bad: ["1000001", "-1", "1.5", "many", "Infinity", "１２"],
  },
  flag: {
    good: [
      ["1", true],
      ["true", true],
      ["ON", true],
      ["0", false],
      ["False", false],
      ["off", false],
    ],
    bad: ["yes", "2", "constructor", "toString", "__proto__", "hasOwnProperty"],
  },
  list: {
    good: [
      ["a", ["a"]],
      [" a , b ,, ", ["a", "b"]],
    ],
    bad: [],
  },
  level: { good: [["debug", "debug"]], bad: ["DEBUG", "verbose", "trace", "length"] },
};

describe.each(Object.entries(settings))("%s", (key, setting) => {
  const name = key as SettingName;
  const { good, bad } = kinds[setting.kind]!;

  test("takes what it should", () => {
    for (const [text, value] of good) {
      expect(readSettings({ [name]: text })[name]).toEqual(value);
      expect(readSettings({ [name]: `  ${text}\n` })[name]).toEqual(value);
      expect(readSettings({}, { [name]: text })[name]).toEqual(value);
    }
  });

  test("refuses what it should, by its name", () => {
    for (const text of bad) {
      const problems = problemsOf({ [name]: text });
      expect(problems, text).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} must be .+\\.$`));
      expect(problems[0]).not.toContain("hunter2");
      expect(problems[0]!.length).toBeLessThan(300);
      expect(problemsOf({}, { [name]: text })).toEqual(problems);
    }
  });

  test("is its default when nothing, or nothing visible, is given", () => {
    const fallback = readSettings({})[name];
    for (const text of ["", "  "]) expect(readSettings({ [name]: text }, { [name]: text })[name]).toEqual(fallback);
    if (!("default" in setting)) expect(fallback).toBeUndefined();
  });

  test("says what it is for", () => {
    expect(setting.help).toMatch(/^(\S.*\.|error, .*\.)$/);
    expect(setting.group).toMatch(/^[A-Z][a-z]+$/);
  });
});

describe("readSettings", () => {
  test("the defaults can be used as they are", () => {
    expect(readSettings({})).toMatchObject({ HOST: "127.0.0.1", PORT: 3000, SANDBOX_PORT: 3001, DATA_DIR: ".data" });
  });

  test("the environment stands over .env", () => {
    expect(readSettings({ PORT: "1" }, { PORT: "2" }).PORT).toBe(1);
    expect(readSettings({}, { PORT: "2" }).PORT).toBe(2);
  });

  test("tells every problem at once", () => {
    const problems = problemsOf({ PORT: "x", GRAPHIQL: "maybe", DATABASE_URL: "nowhere" }, { COLOUR: "blue" });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual(["PORT", "GRAPHIQL", "DATABASE_URL", "COLOUR"]);
    expect(() => readSettings({ PORT: "x" })).toThrow(/^The settings cannot be used:\n {2}PORT must be a port/);
  });

  test.for(["HOST", "PORT", "TRUST_PROXY", "GRAPHIQL", "LOG_LEVEL"] as const)(
    "does not print a secret that was put into %s by mistake",
    (name) => {
      for (const text of [
        "postgres://owner:hunter2@db.example.org/autobench",
        "Bearer hunter2",
        "whsec_hunter2hunter2",
      ]) {
        const [problem] = problemsOf({ [name]: text });
        expect(problem).toContain(`${name} must be`);
        expect(problem).not.toContain("hunter2");
      }
    },
  );
});
