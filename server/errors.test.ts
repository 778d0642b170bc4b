// server/errors.ts, server/plugins/missing-row.ts -> [server/errors.test.ts]
// What a caller is told when something goes wrong, in SQL or here (G18, G19, G21).
import { describe, expect } from "./testing/server.ts";
import { expectNoLeak } from "./testing/attack.ts";
import { test } from "./testing/costly.ts";
import { publicError, requestErrorOf } from "./errors.ts";

const update =
  "mutation ($id: UUID!, $patch: UserPatch!) { updateUser(input: { id: $id, patch: $patch }) { user { id fullName } } }";

describe("an error inside", () => {
  test.for(["raise", "divide", "private", "missing", "syntax", "cast", "recurse"])(
    "%s is told as a code and an id, and explained in the log alone",
    async (how, { costly }) => {
      const query = `{ stumble(how: "${how}") }`;
      const [first, second] = [await costly.gql(query), await costly.gql(query)];
      for (const { text, data, code } of [first, second]) {
        expectNoLeak(text.replaceAll(how, ""));
        expect(text).not.toContain("secret");
        expect(data).toEqual({ stumble: null });
        expect(code).toMatch(/^TB0(?:00|04|32|35)$/);
      }
      const socket = await costly.socket();
      expect(JSON.stringify((await socket.ask(query)).errors)).not.toContain("secret");
      await socket.close();
      if (first.code !== "TB000") return;
      const ids = [first, second].map(({ errors }) => errors?.[0]?.extensions?.id ?? "");
      expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/); // by chance: a hash of the message would tell which messages are alike
      expect(ids[0]).not.toBe(ids[1]);
      expect(costly.log.find(({ id }) => id === ids[0])).toMatchObject({ message: "a request failed inside" });
    },
  );

  test("is quiet about everything but the sentence, the place and the code", async ({ costly }) => {
    const { errors } = await costly.gql('{ stumble(how: "raise") }');
    expect(errors).toEqual([
      {
        message: "Something went wrong here.",
        locations: [{ line: 1, column: 3 }],
        path: ["stumble"],
        extensions: { code: "TB000", id: expect.any(String) },
      },
    ]);
  });
});

describe("a rule that a member breaks", () => {
  test.for([
    ["TB010", { username: "TAKEN_one" }, "This username is taken."],
    ["TB011", { username: "1st" }, "A username begins with a letter and has 3 to 30 letters, digits or underscores."],
    ["TB012", { fullName: "a\nb" }, "A full name has 1 to 80 visible characters on one line."],
    [
      "TB013",
      { avatarUrl: "http://x.example/a.png" },
      "A picture is given by an https address of at most 500 characters.",
    ],
    ["TB035", { username: null }, "One of the values does not have the right form."],
    ["TB035", { fullName: "a\u0000b" }, "One of the values does not have the right form."],
    ["TB035", {}, "Attempted to update a record, but no new values were specified."],
  ] as const)("%s is named for %o", async ([code, patch, message], { costly, member }) => {
    await member({ username: "taken_one" });
    const ada = await member();
    const { errors, text } = await costly.gql(update, { token: ada.token, variables: { id: ada.id, patch } });
    expect(errors).toEqual([
      { message, locations: expect.anything(), path: ["updateUser"], extensions: { code, hint: expect.any(String) } },
    ]);
    expectNoLeak(text);
  });

  test("is not the only way: what keeps the rules is done", async ({ costly, member }) => {
    const ada = await member();
    const answer = await costly.gql(update, {
      token: ada.token,
      variables: { id: ada.id, patch: { fullName: "Ada" } },
    });
    expect(answer.data).toEqual({ updateUser: { user: { id: ada.id, fullName: "Ada" } } });
  });

  test("too often is told as such", async ({ costly, member }) => {
    const ada = await member();
    const change = (fullName: string) =>
      costly.gql(update, { token: ada.token, variables: { id: ada.id, patch: { fullName } } });
    for (let i = 0; i < 30; i++) expect((await change(`n${i}`)).errors).toBeUndefined();
    expect((await change("n30")).errors?.[0]).toMatchObject({
      extensions: { code: "TB006", hint: expect.stringMatching(/^Try again after/) },
    });
  });
});

describe("a row that is not the caller's", () => {
  test("cannot be changed, and whether it is there cannot be told", async ({ costly, member, pool }) => {
    const [ada, bob] = [await member(), await member()];
    await pool.query("update app_public.users set is_listed = false where id = $1", [bob.id]);
    const ask = (id: string) => costly.gql(update, { token: ada.token, variables: { id, patch: { fullName: "Eve" } } });
    const [others, nobodys] = [await ask(bob.id), await ask("00000000-0000-4000-8000-000000000000")];
    for (const { data, errors } of [others, nobodys]) {
      expect(data).toEqual({ updateUser: null });
      expect(errors?.[0]).toMatchObject({
        message: "There is no such row, or it is not yours to change.",
        extensions: { code: "TB007", hint: "Check the id." },
      });
    }
    expect(others.text).toBe(nobodys.text);
    expect((await pool.query("select full_name from app_public.users where id = $1", [bob.id])).rows).toEqual([
      { full_name: null },
    ]);
  });

  test("G21 is not there, for whoever may not see it", async ({ costly, member, pool }) => {
    const [ada, bob] = [await member(), await member()];
    await pool.query("update app_public.users set is_listed = false where id = $1", [bob.id]);
    const read = "query ($id: UUID!, $name: String!) { user(id: $id) { id } userByUsername(username: $name) { id } }";
    const variables = { id: bob.id, name: bob.username };
    for (const token of [undefined, ada.token]) {
      expect((await costly.gql(read, { token, variables })).data).toEqual({ user: null, userByUsername: null });
    }
    expect((await costly.gql(read, { token: bob.token, variables })).data).toEqual({
      user: { id: bob.id },
      userByUsername: { id: bob.id },
    });
  });

  test("G19 an address cannot be found out: no door takes one, and a second account may have the same", async ({
    costly,
    member,
    startCostly,
  }) => {
    const email = "ada@example.org";
    const [ada, other] = [await member({ email }), await member({ email })];
    expect(ada.id).not.toBe(other.id);
    const open = await startCostly({ INTROSPECTION: "1" });
    const { text } = await open.gql(
      "{ __schema { types { name fields { name } inputFields { name } enumValues { name } } } }",
    );
    expect(text).not.toMatch(/e-?mail/i);
    expect((await costly.gql(update, { token: ada.token, variables: { id: ada.id, patch: { email } } })).code).toBe(
      "TB035",
    );
  });
});

describe("a visitor", () => {
  test.for([
    ["updateUser", update, { id: "00000000-0000-4000-8000-000000000000", patch: { fullName: "x" } }],
    ["eraseMe", 'mutation { eraseMe(input: { username: "x" }) { isErased } }', {}],
    ["setTimeZone", 'mutation { setTimeZone(input: { timeZone: "UTC" }) { user { id } } }', {}],
    ["exportMyData", "{ exportMyData }", {}],
  ] as const)("is told that %s is not for them", async ([, query, variables], { costly }) => {
    const { code, text } = await costly.gql(query, { variables });
    expect(code).toBe("TB004");
    expectNoLeak(text);
  });
});

describe("what is said of an error", () => {
  const sql = (code: string, message = "secret") => Object.assign(new Error(message), { code });
  test.for([
    ["TB010", sql("TB010", "Ours.")],
    ["TB004", sql("42501")],
    ["TB032", sql("57014")],
    ["TB032", sql("55P03")],
    ["TB032", sql("25P03")],
    ["TB033", sql("57P01")],
    ["TB033", sql("53300")],
    ["TB033", sql("08006")],
    ["TB033", sql("ECONNREFUSED")],
    ["TB033", sql("ENOTFOUND")],
    ["TB033", new Error("timeout exceeded when trying to connect")],
    ["TB033", new Error("Connection terminated unexpectedly")],
    ["TB033", new Error("Client has encountered a connection error and is not queryable")],
    ["TB033", new Error("Cannot use a pool after calling end on the pool")],
    ["TB035", sql("22P02")],
    ["TB035", sql("23502")],
    [undefined, sql("23505")],
    [undefined, sql("42P01")],
    [undefined, sql("XX000")],
    [undefined, sql("TB1")],
    [undefined, new Error("secret")],
    [undefined, "secret"],
  ] as const)("%s: %o", ([code, error]) => {
    const known = publicError(error);
    expect(known?.code).toBe(code);
    expect(known?.message ?? "").not.toContain("secret");
    expect(requestErrorOf(error)?.status).toBe(
      code === undefined ? undefined : ({ TB004: 403, TB032: 503, TB033: 503 }[code as string] ?? 400),
    );
  });
});
