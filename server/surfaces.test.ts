// server/endpoint.ts, server/app.ts -> [server/surfaces.test.ts] -> app_public, app_operations
// Two doors, and who gets through which: nothing of the operators stands in the public schema.
import {
  buildClientSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from "postgraphile/graphql";
import pg from "pg";
import { silentLog } from "../process/log.ts";
import { openEndpoint, sdlOf } from "./endpoint.ts";
import { type SurfaceName, surfaces } from "./graphile.config.ts";
import { readPersistedOperations } from "./persisted.ts";
import { expectNoLeak } from "./testing/attack.ts";
import { describe, expect, test as base, type TestServer } from "./testing/server.ts";

const everything = getIntrospectionQuery({
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  inputValueDeprecation: true,
});
const [site, operations] = [surfaces.public.path, surfaces.operations.path];
const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const test = base
  /** What stands in each schema of ours, by the names that GraphQL would give. */
  .extend("names", async ({ pool }) => {
    const { rows } = await pool.query<{ schema: string; name: string }>(`
      select relnamespace::regnamespace::text as schema, relname as name from pg_class where relkind in ('r', 'v', 'm', 'p')
      union
      select pronamespace::regnamespace::text, proname from pg_proc`);
    return (schema: string): string[] => rows.filter((row) => row.schema === schema).map(({ name }) => camel(name));
  })
  .extend("sdl", async ({ database, server }) => {
    return async (surface: SurfaceName): Promise<string> => {
      const url = database.url(surface === "public" ? "autobench_server" : "autobench_operations");
      const nobody = {
        identify: async () => undefined,
        isOrigin: () => false,
        addressOf: () => "",
        takeOne: () => 0,
        sandboxUrl: () => "",
        cookieSecret: "",
      };
      const persisted = readPersistedOperations();
      const endpoint = await openEndpoint({
        surface,
        url,
        config: server.config,
        persisted,
        log: silentLog,
        ...nobody,
      });
      const text = await sdlOf(endpoint);
      await endpoint.close();
      return text;
    };
  });

const introspected = async (server: TestServer, path: string, token?: string): Promise<string> => {
  const { data } = await server.gql(everything, { path, token });
  return `${printSchema(lexicographicSortSchema(buildClientSchema(data as unknown as IntrospectionQuery)))}\n`;
};

describe("the public schema", () => {
  test("is the same for everybody, and what the generated file says", async ({ server, sdl, member, operator }) => {
    const text = await sdl("public");
    for (const token of [undefined, (await member()).token, (await operator()).token]) {
      expect(await introspected(server, site, token)).toBe(text);
    }
  });

  test("names nothing of the operators', and nothing private", async ({ sdl, names }) => {
    const text = await sdl("public");
    const own = new Set(names("app_public"));
    const others = [...names("app_operations"), ...names("app_private")].filter((name) => !own.has(name));
    expect(others.length).toBeGreaterThan(20);
    for (const name of others) expect(text).not.toMatch(new RegExp(String.raw`\b${name}\b(?!['’])`, "i"));
    expect(text).not.toMatch(/app_?operations|app_?private|autobench_/i);
    for (const door of ["users(", "me: User", "updateUser(", "meChanged: User"]) expect(text).toContain(door);
    for (const door of ["createUser", "deleteUser", "currentUserId", "nodeId", "query: Query!"])
      expect(text).not.toContain(door);
  });
});

describe("the operators' schema", () => {
  test("is what the generated file says, and holds the public one", async ({ server, sdl, operator }) => {
    const { token } = await operator();
    const text = await sdl("operations");
    expect(await introspected(server, operations, token)).toBe(text);
    for (const door of [
      "accounts(",
      "account(userId",
      "operatorLogs(",
      "workers(",
      "banUser(",
      "liftBan(",
      "users(",
      "me: User",
    ])
      expect(text).toContain(door);
    expect(text).not.toMatch(/app_?operations|app_?private|\bemail\b/i);
  });
});

describe("the operators' door", () => {
  const ask = "{ accounts(first: 100) { nodes { role userId } } }";

  test("opens for an operator alone", async ({ server, member, operator, issuer, pool }) => {
    const [ada, banned, root] = [await member(), await member(), await operator()];
    await pool.query("update app_private.accounts set banned_at = now(), ban_reason = 'x' where user_id = $1", [
      banned.id,
    ]);
    const now = Math.floor(Date.now() / 1000);
    const cases = [
      ["no token", undefined, 401, "TB001", 4401],
      [
        "an expired one",
        await issuer.token(root.subject, { claims: { iat: now - 100, exp: now - 10 } }),
        401,
        "TB005",
        4401,
      ],
      ["a forged one", await issuer.token(root.subject, { key: issuer.keys.stranger }), 401, "TB005", 4401],
      ["a member's", ada.token, 403, "TB004", 4403],
      [
        "a member's who claims to be more",
        await issuer.token(ada.subject, { claims: { role: "operator" } }),
        403,
        "TB004",
        4403,
      ],
      ["a banned member's", banned.token, 403, "TB002", 4403],
    ] as const;
    for (const [name, token, status, code, closed] of cases) {
      const answer = await server.gql(ask, { token, path: operations });
      expect([name, answer.status, answer.code]).toEqual([name, status, code]);
      expect(answer.headers.get("www-authenticate") !== null).toBe(status === 401);
      expectNoLeak(answer.text);
      await expect(server.socket({ token, path: operations })).rejects.toThrow(`${closed}: ${code}: `);
    }
    const answer = await server.gql(ask, { token: root.token, path: operations });
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({
      accounts: { nodes: expect.arrayContaining([{ role: "operator", userId: root.id }]) },
    });
    const socket = await server.socket({ token: root.token, path: operations });
    expect(await socket.ask(ask)).toMatchObject({ data: { accounts: {} } });
    await socket.close();
  });

  test("asks for the token before it looks at anything else", async ({ server }) => {
    for (const path of [operations, `${operations}/`, "/OPERATIONS/GraphQL", `${operations}?x=1`]) {
      const answer = await server.send(path, { method: "POST", body: "x".repeat(90_000) });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  test("lets an operator ban, with a reason, and writes it down; nobody else finds the function", async ({
    server,
    member,
    operator,
  }) => {
    const [ada, root] = [await member(), await operator()];
    const ban =
      "mutation ($id: UUID!, $reason: String!) { banUser(input: { userId: $id, reason: $reason }) { user { isListed } } }";
    const at = { token: root.token, path: operations };
    expect((await server.gql(ban, { ...at, variables: { id: ada.id, reason: "x" } })).code).toBe("TB017");
    expect((await server.gql(ban, { ...at, variables: { id: root.id, reason: "spam" } })).code).toBe("TB018");
    expect((await server.gql("{ me { id } }", { token: ada.token })).status).toBe(200);
    expect((await server.gql(ban, { ...at, variables: { id: ada.id, reason: "spam" } })).data).toEqual({
      banUser: { user: { isListed: false } },
    });
    const refused = await server.gql("{ me { id } }", { token: ada.token });
    expect([refused.status, refused.code]).toEqual([403, "TB002"]);
    const log = await server.gql("{ operatorLogs(last: 1) { nodes { action subject reason operator { id } } } }", at);
    expect(log.data).toEqual({
      operatorLogs: { nodes: [{ action: "ban_user", subject: ada.id, reason: "spam", operator: { id: root.id } }] },
    });
    for (const token of [undefined, root.token]) {
      expect((await server.gql(ban, { token, variables: { id: ada.id, reason: "spam" } })).code).toBe("TB030");
    }
  });

  test("is a login of its own: the public one cannot become an operator, whatever it is told", async ({ database }) => {
    const client = new pg.Client({ connectionString: database.url("autobench_server") });
    await client.connect();
    for (const role of [
      "autobench_operator",
      "autobench_operations",
      "autobench_owner",
      "autobench_worker",
      "postgres",
    ]) {
      await expect(client.query(`set role ${role}`)).rejects.toMatchObject({ code: "42501" });
    }
    await client.query("set role autobench_member");
    await client.end();
  });
});

describe("at the public door", () => {
  test("everybody is who their token says, and an operator is a member", async ({
    server,
    member,
    operator,
    pool,
    issuer,
  }) => {
    const [ada, hidden, root] = [await member(), await member(), await operator()];
    await pool.query("update app_public.users set is_listed = false where id = $1", [hidden.id]);
    const sees = async (token?: string): Promise<unknown> =>
      (
        await server.gql("query ($id: UUID!) { me { id } user(id: $id) { id } }", {
          token,
          variables: { id: hidden.id },
        })
      ).data;
    expect(await sees()).toEqual({ me: null, user: null });
    expect(await sees(ada.token)).toEqual({ me: { id: ada.id }, user: null });
    expect(await sees(hidden.token)).toEqual({ me: { id: hidden.id }, user: { id: hidden.id } });
    expect(await sees(root.token)).toEqual({ me: { id: root.id }, user: null });
    const forged = await server.gql("{ me { id } }", { token: await issuer.token("x", { key: issuer.keys.stranger }) });
    expect([forged.status, forged.code, forged.data]).toEqual([401, "TB005", undefined]);
  });

  test("one request leaves nothing behind for the next on the same connection", async ({ server, member }) => {
    const people = await Promise.all(Array.from({ length: 10 }, () => member()));
    const asked = Array.from({ length: 200 }, (_, i) => (i % 3 ? people[i % 10] : undefined));
    const answers = await Promise.all(asked.map((person) => server.gql("{ me { id } }", { token: person?.token })));
    expect(answers.map(({ data }) => data)).toEqual(asked.map((person) => ({ me: person ? { id: person.id } : null })));
  });
});
