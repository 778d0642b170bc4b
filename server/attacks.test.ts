// server/testing/documents.ts -> [server/attacks.test.ts] -> server/guard/
// The attack list of the design, over HTTP and over WebSocket. Other numbers stand beside what they attack:
// G3, G4: requests.test.ts; G17: sockets.test.ts; G18, G19, G21: errors.test.ts; G22: pools.test.ts; G23, G24: subscriptions.test.ts.
import { vi } from "vitest";
import { describe, expect } from "./testing/server.ts";
import { expectNoLeak, expectQuickRefusal, memoryInUse } from "./testing/attack.ts";
import { test } from "./testing/costly.ts";
import { bomb, doubled, hostileDocuments, times } from "./testing/documents.ts";
import { getIntrospectionQuery } from "postgraphile/graphql";

const codes = /^TB03[056]$/;
const frame = 32_768;
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

describe("over HTTP", () => {
  test.for(hostileDocuments)("$name", async ({ query, variables, says }, { costly }) => {
    const { status } = await expectQuickRefusal(() => costly.gql(query, { variables }), codes, says);
    expect(status).toBe(query.length > frame ? 413 : 400);
  });

  test("G20 variables within variables within variables", async ({ costly }) => {
    const query = "query ($c: Cursor) { users(first: 1, after: $c) { nodes { id } } }";
    const deep = "[".repeat(16_000) + "]".repeat(16_000);
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"query":${JSON.stringify(query)},"variables":{"c":${deep}}}`,
    };
    await expectQuickRefusal(() => costly.send("/graphql", init), "TB030", /nested more than 12 levels/);
  });

  test("leave the server as quick as it was, and no larger", { timeout: 60_000 }, async ({ costly }) => {
    const round = async () => {
      for (const { query, variables } of hostileDocuments) await costly.gql(query, { variables });
    };
    const stray = vi.spyOn(console, "error");
    // An engine takes memory in steps until it has settled; what is not given back grows without end.
    const grown = { heap: Infinity, resident: Infinity };
    for (let tries = 0; tries < 6 && (grown.heap > 10 || grown.resident > 50); tries++) {
      const before = memoryInUse();
      for (let i = 0; i < 5; i++) await round();
      const after = memoryInUse();
      grown.heap = after.heap - before.heap;
      grown.resident = after.resident - before.resident;
    }
    expect(grown.heap).toBeLessThan(10);
    expect(grown.resident).toBeLessThan(50);
    const usual = "{ users(first: 1) { nodes { id } } }";
    const answers = [await costly.gql(usual), await costly.gql(usual), await costly.gql(usual)];
    for (const { data } of answers) expect(data).toMatchObject({ users: { nodes: [{}] } });
    expect(Math.min(...answers.map(({ ms }) => ms))).toBeLessThan(50);
    expect(costly.log.filter(({ level }) => level === "error")).toEqual([]);
    expect(stray).not.toHaveBeenCalled(); // no library writes past our log
    stray.mockRestore();
  });
});

describe("over WebSocket", () => {
  test("each is refused, and the socket still answers", async ({ costly }) => {
    const socket = await costly.socket();
    for (const { name, query, variables, says } of hostileDocuments) {
      // Frames that are too large, or no message of the protocol, close the socket: see sockets.test.ts.
      if (query.length > frame || (variables !== undefined && !isObject(variables))) continue;
      await expectQuickRefusal(() => socket.ask(query, variables), codes, says).catch((error: unknown) => {
        throw new Error(`${name} over WebSocket`, { cause: error });
      });
    }
    expect(await socket.ask("{ users(first: 1) { nodes { id } } }")).toMatchObject({ data: {} });
    await socket.close();
  });
});

describe("documents that ask for much, and may", () => {
  test.for([
    ["the usual page", "{ users(first: 100) { nodes { id username } pageInfo { hasNextPage } totalCount } }"],
    ["a list within a list", "{ users(first: 10) { nodes { notes(first: 10) { nodes { id author { id } } } } } }"],
    ["forty aliases", `{ ${times(40, (i) => `a${i}: me { id }`)} }`],
    ["no rows", "{ users(first: 0) { nodes { id } totalCount } }"],
    ["a fragment used often", "{ a: me { ...f } b: me { ...f } c: me { ...f } } fragment f on User { id username }"],
  ] as const)("%s", async ([, query], { costly }) => {
    const { status, errors } = await costly.gql(query);
    expect([status, errors]).toEqual([200, undefined]);
  });

  test("a costly field is stopped by the database, after three seconds", async ({ costly }) => {
    // G14: the guard does not know what a field costs, the statement's time limit does not care.
    const { code, ms, text } = await costly.gql("{ users(first: 100) { nodes { slow } } }");
    expect(code).toBe("TB032");
    expect(ms).toBeGreaterThan(2500);
    expect(ms).toBeLessThan(5500);
    expectNoLeak(text);
  });
});

describe("where introspection is on", () => {
  test("the usual query is answered, and suggestions help", async ({ startCostly }) => {
    const server = await startCostly({ INTROSPECTION: "1" });
    const { data, errors } = await server.gql(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
    expect(errors).toBeUndefined();
    expect(data).toHaveProperty("__schema");
    expect((await server.gql("{ me { usernam } }")).errors?.[0]?.message).toContain('Did you mean "username"');
  });

  test.for([
    [
      "fragments of the schema, doubled",
      `{ __schema { ...f0 } } ${bomb(40, "__Schema", doubled, "queryType { name }")}`,
    ],
    [
      "fragments of types, doubled",
      `{ __schema { types { ...f0 } } } ${bomb(18, "__Type", (next) => `a: ofType { ${next} } b: ofType { ${next} }`, "name")}`,
    ],
    ["aliases of all types", `{ ${times(41, (i) => `a${i}: __schema { types { name } }`)} }`],
    ["aliases within", `{ __schema { types { ${times(41, (i) => `a${i}: fields { name }`)} } } }`],
    [
      "types of types of types",
      `{ __schema { types { ${"fields { type { ".repeat(12)} name ${"} } ".repeat(12)} } } }`,
    ],
  ] as const)("%s are refused", async ([, query], { startCostly }) => {
    const server = await startCostly({ INTROSPECTION: "1" });
    await server.gql("{ __schema { queryType { name } } }");
    await expectQuickRefusal(() => server.gql(query), "TB030");
    await server.close();
  });
});

describe("the explorer", () => {
  test.for(["/graphiql", "/ruru-static/ruru.js", "/graphql", "/graphql/stream"])(
    "G2 is not at %s when it is off",
    async (path, { costly }) => {
      const answer = await costly.send(path, { headers: { accept: "text/html,*/*" } });
      expect(answer.status).toBe(path === "/graphql" ? 405 : 404);
      expect(answer.text).not.toContain("<html");
    },
  );

  test("is there when it is on, under a policy of its own", async ({ start }) => {
    const server = await start({ GRAPHIQL: "1" });
    const answer = await server.send("/graphiql", { headers: { accept: "text/html" } });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("<html");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect((await server.send("/")).headers.get("content-security-policy")).not.toContain("unsafe");
  });
});
