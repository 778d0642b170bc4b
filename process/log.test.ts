// [process/log.test.ts] -> process/log.ts
import { describe, expect, test } from "vitest";
import { createLog, hide, type Level } from "./log.ts";

function linesOf(options: { level?: Level; isPlain?: boolean }, work: (log: ReturnType<typeof createLog>) => void) {
  const lines: string[] = [];
  work(createLog({ level: "info", ...options, write: (line) => lines.push(line) }));
  return lines;
}

const only = (data: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(linesOf({}, (log) => log.info("a sentence", data))[0] ?? "");

describe("createLog", () => {
  test("writes one line of JSON: when, how grave, the sentence, and what goes with it", () => {
    const line = only({ user: "ada", n: 7, is_done: true, nothing: null, list: [1, "b"] });
    expect(line).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: "info",
      message: "a sentence",
      user: "ada",
      n: 7,
      is_done: true,
      nothing: null,
      list: [1, "b"],
    });
    expect(Object.keys(line).slice(0, 3)).toEqual(["at", "level", "message"]);
  });

  test.for([
    ["error", ["error"]],
    ["warn", ["error", "warn"]],
    ["info", ["error", "warn", "info"]],
    ["debug", ["error", "warn", "info", "debug"]],
  ] as const)("at level %s it writes %j", ([level, written]) => {
    const lines = linesOf({ level }, (log) => {
      for (const each of ["error", "warn", "info", "debug"] as const) log[each]("a sentence");
    });
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(written);
  });

  test("what goes with a sentence does not stand over it", () => {
    expect(only({ message: "forged", level: "error", at: "never" })).toMatchObject({
      level: "info",
      message: "a sentence",
      at: expect.stringMatching(/^\d{4}-/),
    });
  });

  test("for people it writes plain lines, one to a sentence", () => {
    const [line, ...more] = linesOf({ isPlain: true }, (log) =>
      log.warn("a sentence", { name: "ada", two: "x y", forged: "a\n12:00:00 all is well\u009b2J", list: [1] }),
    );
    expect(more).toEqual([]);
    expect(line).toMatch(/^\d\d:\d\d:\d\d WARN a sentence name=ada two="x y" forged="a\\n12:00:00 all .*" list=\[1\]$/);
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(linesOf({ isPlain: true }, (log) => log.info("of\ntwo lines"))[0]).toMatch(/ of\\u000atwo lines$/);
    expect(only({ text: "a\u009b2J\u2028b" }).text).toBe("a\u009b2J\u2028b");
    expect(linesOf({}, (log) => log.info("x", { text: "\u009b\u2028" }))[0]).toContain('"\\u009b\\u2028"');
  });

  test("nothing that it is given makes it fail", () => {
    const loop: Record<string, unknown> = { name: "loop" };
    loop.self = loop;
    const failing = {
      get value(): string {
        throw new Error("no");
      },
    };
    const odd = [
      loop,
      failing,
      10n,
      Symbol("s"),
      () => 1,
      undefined,
      new Map([[1, loop]]),
      new Proxy({}, {}),
      Number.NaN,
    ];
    for (const isPlain of [true, false]) {
      expect(linesOf({ isPlain }, (log) => odd.forEach((value) => log.info("a sentence", { value })))).toHaveLength(
        odd.length,
      );
    }
  });
});

describe("what is hidden", () => {
  test.for([
    "password",
    "PGPASSWORD",
    "passwd",
    "passphrase",
    "secret",
    "clientSecret",
    "CLERK_WEBHOOK_SECRET",
    "token",
    "access_token",
    "authorization",
    "Proxy-Authorization",
    "cookie",
    "set-cookie",
    "api_key",
    "apiKey",
    "x-api-key",
    "OPENAI_API_KEY",
    "privateKey",
    "credentials",
    "jwt",
  ])("the value of %s", (key) => {
    for (const value of ["hunter2", ["hunter2"], { value: "hunter2" }, Buffer.from("hunter2")]) {
      expect(only({ [key]: value })[key]).toBe("[hidden]");
      expect(only({ deep: [{ [key]: value }] }).deep).toEqual([{ [key]: "[hidden]" }]);
    }
  });

  test("not a count of tokens, nor that there is none", () => {
    const counts = { input_tokens: 12, max_tokens: 4096, has_token: true, token: null };
    expect(only(counts)).toMatchObject(counts);
  });

  test.for([
    ["a database's address", "cannot reach postgres://owner:hunter2@db/autobench", "postgres://owner:[hidden]@db"],
    ["an address without a user", "redis://:hunter2@cache:6379", "redis://:[hidden]@cache:6379"],
    ["a password with signs", "postgres://owner:p@ss/hunter2@db/x", "postgres://owner:[hidden]@db/x"],
    ["an address inside JSON", '{"url":"postgres://o:hunter2@db/x","a":"b@c"}', '"a":"b@c"'],
    ["two addresses", "postgres://a:hunter2@x/y, postgres://b:hunter2@z/y", "postgres://b:[hidden]@z/y"],
    ["a connection string", "host=db user=owner password=hunter2 dbname=x", "password=[hidden] dbname=x"],
    ["a query", "https://api.test/x?api_key=hunter2&page=2", "api_key=[hidden]&page=2"],
    ["a bearer token", "Authorization: Bearer hunter2.abc", "Bearer [hidden]"],
    ["a bearer token in small letters", "authorization: bearer hunter2", "bearer [hidden]"],
    ["basic credentials", "Basic aHVudGVyMjpodW50ZXIy", "Basic [hidden]"],
    ["a bare token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl x", "[hidden] x"],
    ["OpenAI's key", "bad key sk-proj-hunter2hunter2", "bad key [hidden]"],
    ["Anthropic's key", "sk-ant-api03-hunter2hunter2", "[hidden]"],
    ["Clerk's key", "sk_live_hunter2hunter2", "[hidden]"],
    ["a webhook's key", "whsec_hunter2hunter2+/=", "[hidden]"],
    ["Groq's key", "gsk_hunter2hunter2", "[hidden]"],
    ["xAI's key", "xai-hunter2hunter2", "[hidden]"],
    ["Google's key", "AIzaSyhunter2hunter2hunter2hunter2hunt", "[hidden]"],
  ] as const)("%s in a text", ([, text, kept]) => {
    for (const shown of [hide(text), hide(new Error(text)), hide({ a: [text] })]) {
      const written = JSON.stringify(shown);
      expect(written).not.toMatch(/hunter2|aHVudGVyM|eyJ/);
      expect(written).toContain(JSON.stringify(kept).slice(1, -1));
    }
  });

  test.for([
    "https://example.org/a@b",
    "ada@example.org",
    "the task is done: ask-me-anything",
    "12:30:15",
    "desk-lamp-and-more",
    "a basic introduction",
  ])("not an ordinary text: %s", (text) => {
    expect(hide(text)).toBe(text);
  });
});

describe("what an error shows", () => {
  test("its message and code, neither its stack nor the row that it failed on", () => {
    const error = Object.assign(new Error("duplicate key"), {
      code: "23505",
      detail: "Key (email)=(ada@example.org) already exists.",
      constraint: "accounts_email",
    });
    expect(hide(error)).toEqual({ message: "duplicate key", code: "23505" });
  });

  test("what caused it, and what it is made of", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
    expect(hide(new Error("no database", { cause: refused }))).toEqual({
      message: "no database",
      cause: { message: "connect ECONNREFUSED 127.0.0.1:5432", code: "ECONNREFUSED" },
    });
    const many = Object.assign(new AggregateError([refused, refused]), { code: "ECONNREFUSED" });
    expect(hide(many)).toMatchObject({ code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:5432" });
    const circle = new Error("circle");
    circle.cause = circle;
    expect(JSON.stringify(hide(circle)).length).toBeLessThan(500);
  });

  test("no secret in a code", () => {
    expect(hide(Object.assign(new Error("x"), { code: "Bearer hunter2" }))).toEqual({
      message: "x",
      code: "Bearer [hidden]",
    });
  });
});

describe("sizes", () => {
  test("texts, lists, objects and depth are bounded", () => {
    expect(hide("x".repeat(10_000))).toHaveLength(2000);
    expect(hide(Array.from({ length: 1000 }, () => 1))).toHaveLength(50);
    expect(
      Object.keys(hide(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [n, n]))) as object),
    ).toHaveLength(50);
    const deep = JSON.stringify(hide({ a: { a: { a: { a: { a: { a: { a: 1 } } } } } } }));
    expect(deep).toContain("[deep]");
  });

  test("a line is bounded, whatever is in it", () => {
    const wide = Array.from({ length: 50 }, () => "x".repeat(2000));
    const line = linesOf({}, (log) => log.info("a sentence", { ok: 1, data: [wide, wide, wide] }))[0] ?? "";
    expect(line.length).toBeLessThan(20_000);
    expect(JSON.parse(line)).toMatchObject({ level: "info", message: "a sentence" });
  });

  test("a secret that the bound would cut is hidden, not halved", () => {
    expect(hide(`${"x".repeat(1989)} sk-hunter2hunter2hunter2`)).not.toContain("hunter2");
  });

  test("dates, addresses and bytes are shown as what they are", () => {
    const at = new Date("2026-11-20T12:00:00Z");
    expect(hide({ at, url: new URL("https://u:hunter2@example.org/x"), bytes: Buffer.from("abc") })).toEqual({
      at: "2026-11-20T12:00:00.000Z",
      url: "https://u:[hidden]@example.org/x",
      bytes: "[3 bytes]",
    });
    expect(hide(new Date(Number.NaN))).toBe("Invalid Date");
  });
});
