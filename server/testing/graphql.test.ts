// db/testing/graphql.ts -> [server/testing/graphql.test.ts]
import { anonymous, describe, expect, member, operator, test } from "../../db/testing/graphql.ts";

const names = "{ users(first: 10) { nodes { username } } }";

describe("gql", () => {
  test("sees what the test's transaction has done, each seat by its own rights", async ({ db, gql }) => {
    const ada = await db.person({ username: "ada" });
    const bob = await db.person({ username: "bob" });
    await db.rows("update app_public.users set is_listed = false where id = $1", [ada]);
    expect(await gql(anonymous, names)).toEqual({ data: { users: { nodes: [{ username: "bob" }] } } });
    const sees = await gql(member(ada), names);
    expect(sees.data).toMatchObject({ users: { nodes: expect.arrayContaining([{ username: "ada" }]) } });
    expect(await gql(member(bob), "{ me { username } }")).toEqual({ data: { me: { username: "bob" } } });
  });

  test("is rolled back", async ({ db, gql }) => {
    expect(await db.rows("select from app_public.users")).toEqual([]);
    expect(await gql(anonymous, names)).toEqual({ data: { users: { nodes: [] } } });
  });

  test("writes as the member, and then is the owner again", async ({ db, gql }) => {
    const ada = await db.person();
    const rename =
      "mutation ($id: UUID!, $name: String!) { updateUser(input: { id: $id, patch: { fullName: $name } }) { user { fullName } } }";
    expect(await gql(member(ada), rename, { id: ada, name: "Ada" })).toEqual({
      data: { updateUser: { user: { fullName: "Ada" } } },
    });
    expect(
      await db.row("select full_name, current_user::text as is from app_public.users where id = $1", [ada]),
    ).toEqual({
      full_name: "Ada",
      is: "autobench_owner",
    });
    expect(await gql(anonymous, rename, { id: ada, name: "Eve" })).toMatchObject({ code: "TB004" });
    expect(await db.row("select full_name from app_public.users")).toEqual({ full_name: "Ada" });
  });

  test("answers an operator from their own surface", async ({ db, gql }) => {
    const [ada, root] = [await db.person(), await db.operator()];
    const ban = 'mutation ($id: UUID!) { banUser(input: { userId: $id, reason: "spam" }) { user { isListed } } }';
    expect(await gql(operator(root), ban, { id: ada })).toEqual({ data: { banUser: { user: { isListed: false } } } });
    expect(await gql(member(ada), ban, { id: root })).toMatchObject({ code: "TB030" });
  });

  test("refuses what the server would refuse", async ({ gql }) => {
    expect(await gql(anonymous, "{ users { nodes { id } } }")).toMatchObject({ code: "TB030" });
    expect(await gql(anonymous, "query ($id: UUID!) { user(id: $id) { id } }", { id: "x" })).toMatchObject({
      code: "TB035",
    });
  });

  test("fails where callers would be told of an internal error", async ({ db, gql }) => {
    await db.rows("alter table app_public.users add constraint unnamed_rule check (full_name <> 'x')");
    const ada = await db.person();
    const mutation = `mutation { updateUser(input: { id: "${ada}", patch: { fullName: "x" } }) { user { id } } }`;
    await expect(gql(member(ada), mutation)).rejects.toThrow("unnamed_rule");
  });

  test("refuses a seat that no request has", async ({ gql }) => {
    await expect(gql({ role: "autobench_member" }, names)).rejects.toThrow("a member has one");
  });
});
