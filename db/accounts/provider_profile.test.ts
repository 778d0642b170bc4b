// [db/accounts/provider_profile.test.ts] -> app_private.provider_profile()
import { type Db, describe, expect, test } from "../testing/database.ts";

const profileOf = async (db: Db, claims: unknown) =>
  (
    await db.row<{ profile: Record<string, string> }>("select app_private.provider_profile($1) as profile", [
      JSON.stringify(claims),
    ])
  ).profile;

describe("app_private.provider_profile", () => {
  test("takes over the four fields, under the names of a token or of our own", async ({ db }) => {
    const ours = { username: "ada", full_name: "Ada L.", avatar_url: "https://a.test/a.png", email: "Ada@example.org" };
    expect(await profileOf(db, { ...ours, sub: "x", role: "operator" })).toEqual(ours);
    expect(
      await profileOf(db, { preferred_username: "ada", name: "Ada L.", picture: "https://a.test/a.png", iat: 1 }),
    ).toEqual({ username: "ada", full_name: "Ada L.", avatar_url: "https://a.test/a.png" });
    expect(await profileOf(db, { username: "", preferred_username: "ada" })).toEqual({ username: "ada" });
  });

  test.for([
    ["a name with marks", "ada.lovelace-2", "ada_lovelace_2"],
    ["an address", "ada@example.org", "ada_example_org"],
    ["a long name", "a".repeat(100), "a".repeat(30)],
    ["a name of other letters", "名前", undefined],
    ["a name that begins with a digit", "1ada", undefined],
  ] as const)("makes a username of %s", async ([, given, made], { db }) => {
    expect((await profileOf(db, { username: given })).username).toBe(made);
  });

  test.for([
    ["two lines", "Ada\nLovelace", "Ada Lovelace"],
    ["space around", "  Ada ", "Ada"],
    ["marks that turn the text around", "\u202eAda\u2066", "Ada"],
    ["nothing visible", "\u200b \u00a0", undefined],
    ["far too many characters", "名".repeat(100_000), "名".repeat(80)],
    ["a space where it is cut", `${"a".repeat(79)} b`, "a".repeat(79)],
  ] as const)("makes a full name of %s", async ([, given, made], { db }) => {
    expect((await profileOf(db, { name: given })).full_name).toBe(made);
  });

  test.for([[null], [7], [true], [{}], [{ name: "x" }], [["ada"]], [[]], [""], ["\u0001"]])(
    "leaves out what is no text: %j",
    async ([odd], { db }) => {
      const claims = { username: odd, full_name: odd, avatar_url: odd, email: odd, name: odd, picture: odd };
      expect(await profileOf(db, claims)).toEqual({});
    },
  );

  test.for([[[]], [["username"]], ["ada"], [7], [true], [null]])("makes nothing of %j", async ([claims], { db }) => {
    expect(await profileOf(db, claims)).toEqual({});
  });

  test.for([
    ["without TLS", "http://a.test/a.png"],
    ["inside the address", "data:image/png;base64,AAAA"],
    ["too long", `https://a.test/${"a".repeat(500)}`],
    ["with a quote", "https://a.test/'x"],
    ["with a line's end", "https://a.test/\n"],
  ] as const)("leaves out a picture %s", async ([, picture], { db }) => {
    expect(await profileOf(db, { picture })).toEqual({});
  });

  test.for([
    ["without an at", "none"],
    ["with a space", "a b@example.org"],
    ["without a name", "@example.org"],
    ["without a host", "a@"],
    ["too long", `${"a".repeat(400)}@example.org`],
    ["with two ats", "a@b@c"],
  ] as const)("leaves out an e-mail address %s", async ([, email], { db }) => {
    expect(await profileOf(db, { email })).toEqual({});
  });

  test("whatever it lets through, the tables take", async ({ db }) => {
    const odd = ["\u00a0x", "Ada\u2028", "\ufeffAda", "a\u0085b", "a\u007fb", "x".repeat(5000), "ä".repeat(400)];
    const claims = odd.flatMap((text) => [
      { username: `u${text}`, name: text, picture: `https://a.test/${text}`, email: `a${text}@example.org` },
      { username: text, name: ` ${text} `, picture: text, email: `${text}@b` },
    ]);
    for (const [n, one] of claims.entries()) {
      await db.rows("select app_private.sign_in('https://issuer.test', $1, $2)", [`odd_${n}`, JSON.stringify(one)]);
    }
    expect(await db.rows("select from app_private.accounts where subject like 'odd_%'")).toHaveLength(claims.length);
  });
});
