// [db/accounts/accept_webhook.test.ts] -> app_private.accept_webhook(), app_private.forget_subject()
import { anonymous, type Db, describe, expect, member, operator, type Seat, test } from "../testing/database.ts";

const issuer = "https://issuer.test";
const server: Seat = { role: "autobench_server" };
const accept = "select app_private.accept_webhook($1, $2, $3, $4) as is_done";
const sentAt = new Date("2026-11-20T12:00:00Z");
let messages = 0;

const send = async (db: Db, type: unknown, data: unknown, id: string | null = `msg_${++messages}`) =>
  (await db.rowsAs<{ is_done: boolean }>(server, accept, [id, issuer, JSON.stringify({ type, data }), sentAt]))[0]
    ?.is_done;

const userOf = async (db: Db, subject: string) =>
  (
    await db.rows(
      `select u.username, u.full_name, u.avatar_url, a.email
        from app_public.users u join app_private.accounts a on a.user_id = u.id where a.subject = $1`,
      [subject],
    )
  )[0];

const clerk = {
  id: "user_1",
  username: "ada",
  first_name: "Ada",
  last_name: "Lovelace",
  image_url: "https://img.test/ada.png",
  primary_email_address_id: "idn_2",
  email_addresses: [
    { id: "idn_1", email_address: "old@example.org" },
    { id: "idn_2", email_address: "ada@example.org" },
  ],
  updated_at: sentAt.getTime() - 1000,
};
const ada = {
  username: "ada",
  full_name: "Ada Lovelace",
  avatar_url: "https://img.test/ada.png",
  email: "ada@example.org",
};

describe("app_private.accept_webhook", () => {
  test.for(["user.created", "user.updated"])("%s makes the account of somebody unknown", async (type, { db }) => {
    expect(await send(db, type, clerk)).toBe(true);
    expect(await userOf(db, "user_1")).toEqual(ada);
  });

  test("user.updated changes what is known", async ({ db }) => {
    await send(db, "user.created", clerk);
    const changed = { ...clerk, first_name: "Augusta", last_name: null, primary_email_address_id: "idn_1" };
    expect(await send(db, "user.updated", changed)).toBe(true);
    expect(await userOf(db, "user_1")).toEqual({ ...ada, full_name: "Augusta", email: "old@example.org" });
  });

  test("user.deleted forgets the person, once", async ({ db }) => {
    await send(db, "user.created", clerk);
    expect(await send(db, "user.deleted", { id: "user_1", deleted: true })).toBe(true);
    expect(await userOf(db, "user_1")).toBeUndefined();
    expect(await db.rows("select from app_public.users where username = 'ada'")).toEqual([]);
    expect(await send(db, "user.deleted", { id: "user_1", deleted: true })).toBe(false);
  });

  test("a message from before, which comes after user.deleted, brings nobody back", async ({ db }) => {
    await send(db, "user.created", clerk);
    await send(db, "user.deleted", { id: "user_1" });
    expect(await send(db, "user.updated", clerk)).toBe(false);
    expect(await send(db, "user.deleted", { id: "user_2" })).toBe(false);
    expect(await send(db, "user.created", { ...clerk, id: "user_2" })).toBe(false); // never seen before it was deleted
    expect(await userOf(db, "user_1")).toBeUndefined();
    expect(await userOf(db, "user_2")).toBeUndefined();
  });

  test("the same message again does nothing", async ({ db }) => {
    expect(await send(db, "user.created", clerk, "msg_same")).toBe(true);
    expect(await send(db, "user.deleted", clerk, "msg_same")).toBe(false);
    expect(await userOf(db, "user_1")).toEqual(ada);
  });

  test("a date in the future does not shut out later messages", async ({ db }) => {
    await send(db, "user.created", { ...clerk, updated_at: sentAt.getTime() * 2 });
    const later = { ...clerk, updated_at: sentAt.getTime() + 600_000, first_name: "Eve" };
    expect(
      await db.rowsAs(server, accept, [
        "msg_later",
        issuer,
        { type: "user.updated", data: later },
        new Date(later.updated_at),
      ]),
    ).toEqual([{ is_done: true }]);
    expect(await userOf(db, "user_1")).toMatchObject({ full_name: "Eve Lovelace" });
  });

  test.for([["organization.created"], ["user"], [""], [null], [7], [{}], [[]]])(
    "a message of type %j does not concern us",
    async ([type], { db }) => {
      expect(await send(db, type, clerk)).toBe(false);
      expect(await userOf(db, "user_1")).toBeUndefined();
    },
  );

  test.for([
    ["no data", undefined],
    ["null", null],
    ["an array", [clerk]],
    ["a text", "user_1"],
    ["no id", { ...clerk, id: undefined }],
    ["an empty id", { ...clerk, id: "" }],
    ["an id that is a number", { ...clerk, id: 7 }],
    ["an id that is an object", { ...clerk, id: { id: "user_1" } }],
    ["an overlong id", { ...clerk, id: "u".repeat(256) }],
  ] as const)("a message about nobody is ignored: %s", async ([, data], { db }) => {
    for (const type of ["user.created", "user.deleted"]) expect(await send(db, type, data)).toBe(false);
    expect(await db.rows("select from app_private.accounts")).toEqual([]);
    expect(await db.rows("select from app_private.erased_subjects")).toEqual([]);
  });

  test("a message without a usable id is ignored", async ({ db }) => {
    for (const id of [null, "", "m".repeat(201)]) expect(await send(db, "user.created", clerk, id)).toBe(false);
    expect(await userOf(db, "user_1")).toBeUndefined();
  });

  const odd = [undefined, null, 0, -1e300, 1e300, true, "", "x", "x".repeat(100_000), {}, { id: 1 }, [], [[]]];
  const fields = [...Object.keys(clerk).filter((key) => key !== "id"), "everything"] as const;
  test.for(fields)("an odd %s is left out, and the rest is taken", async (field, { db }) => {
    for (const [n, value] of odd.entries()) {
      const subject = `odd_${n}`;
      const data = field === "everything" ? { email_addresses: [value, value] } : { [field]: value };
      const base = field === "everything" ? Object.fromEntries(fields.map((key) => [key, value])) : clerk;
      expect(await send(db, "user.created", { ...base, username: `ada_${n}`, ...data, id: subject })).toBe(true);
      const user = await userOf(db, subject);
      expect(user?.username).toMatch(/^[a-z]\w{2,29}$/);
      if (field === "primary_email_address_id") expect(user?.email).toBeNull();
      else if (field === "username") expect(user?.full_name).toBe("Ada Lovelace");
      else if (field === "updated_at") expect(user).toEqual({ ...ada, username: `ada_${n}` });
      for (const kept of [user?.full_name, user?.avatar_url, user?.email]) expect(String(kept)).not.toMatch(/[{[]/);
    }
  });

  test("two addresses of one id do no harm", async ({ db }) => {
    const [first] = clerk.email_addresses;
    await send(db, "user.created", { ...clerk, primary_email_address_id: "idn_1", email_addresses: [first, first] });
    expect(await userOf(db, "user_1")).toMatchObject({ email: "old@example.org" });
  });

  test("is a door for the server's login alone", async ({ db }) => {
    const [somebody, boss] = [await db.person(), await db.operator()];
    const values = ["msg", issuer, JSON.stringify({ type: "user.deleted", data: { id: "x" } }), sentAt];
    for (const seat of [anonymous, member(somebody)]) {
      await expect(db.rowsAs(seat, accept, values)).rejects.toThrow("permission denied for schema app_private");
    }
    for (const seat of [operator(boss), { role: "autobench_worker" } as const]) {
      await expect(db.rowsAs(seat, accept, values)).rejects.toThrow("permission denied for function accept_webhook");
    }
    await expect(db.rowsAs(server, "select app_private.sync_profile($1, 'x', '{}', now())", [issuer])).rejects.toThrow(
      "permission denied for function sync_profile",
    );
  });
});
