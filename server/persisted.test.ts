// web/operations -> [server/persisted.test.ts] -> server/persisted.ts, server/routes/persisted-get.ts
import { createHash } from "node:crypto";
import fs, { readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { root } from "../process/environment.ts";
import { operationsFolder } from "./persisted.ts";
import { exchange } from "./testing/raw.ts";
import { describe, expect, test as base, until } from "./testing/server.ts";

const documents: Record<string, string> = {
  people: "query People($n: Int!) { users(first: $n) { nodes { username } } }",
  me: "query Me { me { id } }",
  rename: 'mutation Rename { eraseMe(input: { username: "x" }) { isErased } }',
  watch: "subscription Watch { meChanged { id } }",
  broken: "query Broken { nothing }",
};
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const byId = (documentId: string, variables?: unknown) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ documentId, variables }),
});
const get = (name: string, variables: unknown) =>
  `/graphql/${name}?variables=${encodeURIComponent(JSON.stringify(variables))}`;

const test = base
  .extend("folder", { scope: "file" }, async ({}, { onCleanup }) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "operations-"));
    for (const [name, text] of Object.entries(documents)) fs.writeFileSync(path.join(folder, `${name}.graphql`), text);
    fs.writeFileSync(path.join(folder, "README.md"), "no document");
    onCleanup(() => fs.rmSync(folder, { recursive: true }));
    return folder;
  })
  .extend("closed", { scope: "file" }, ({ start, folder }) =>
    start({ PERSISTED_ONLY: "1" }, { operationsFolder: folder }),
  );

describe("the site's documents", () => {
  const texts = readdirSync(operationsFolder).filter((file) => file.endsWith(".graphql"));
  const schema = buildSchema(fs.readFileSync(path.join(root, "db/generated/schema.graphql"), "utf8"));
  test.for(texts)("are what the API can answer: %s", (file) => {
    const document = parse(fs.readFileSync(path.join(operationsFolder, file), "utf8"));
    expect(validate(schema, document)).toEqual([]);
    expect(document.definitions).toHaveLength(1);
  });
});

describe("a persisted document", () => {
  test.for([
    ["its name", "people"],
    ["its hash", hash(documents["people"]!)],
    ["its hash with the method", `sha256:${hash(documents["people"]!)}`],
  ])("is answered by %s", async ([, id], { closed }) => {
    const answer = await closed.send("/graphql", byId(id!, { n: 1 }));
    expect([answer.status, answer.data]).toEqual([200, { users: { nodes: expect.anything() } }]);
  });

  test("is answered by its text as well", async ({ closed }) => {
    expect((await closed.gql(documents["me"]!)).data).toEqual({ me: null });
  });

  test.for(["nothing", "README", "../../package", "people.graphql", "", "__proto__", "sha256:", "a".repeat(64)])(
    "is not found by %s",
    async (id, { closed }) => {
      const answer = await closed.send("/graphql", byId(id));
      expect([answer.status, answer.code]).toEqual([400, "TB030"]);
    },
  );

  test("obeys the same limits as any other", async ({ closed }) => {
    const answer = await closed.send("/graphql", byId("people", { n: 101 }));
    expect([answer.status, answer.code]).toEqual([400, "TB030"]);
  });

  test("is answered on a socket", async ({ closed }) => {
    const socket = await closed.socket();
    socket.send({ type: "subscribe", id: "a", payload: { documentId: "me", query: "" } });
    expect(await socket.next(({ id }) => id === "a")).toMatchObject({ type: "next", payload: { data: { me: null } } });
    await socket.close();
  });
});

describe("PERSISTED_ONLY", () => {
  test.for(["{ me { id } }", `${documents["me"]} `, "{ __typename }", "mutation { a }"])(
    "closes %s",
    async (query, { closed }) => {
      const answer = await closed.gql(query);
      expect([answer.status, answer.code]).toEqual([400, "TB030"]);
      expect(answer.errors?.[0]?.message).toBe("Only persisted documents are answered here.");
      const socket = await closed.socket();
      expect((await socket.ask(query)).errors?.[0]?.message).toBe("Only persisted documents are answered here.");
      await socket.close();
    },
  );

  test("leaves free documents to operators", async ({ closed, operator }) => {
    const { token } = await operator();
    expect((await closed.gql("{ me { id } }", { token, path: "/operations/graphql" })).status).toBe(200);
  });
});

describe("GET of a persisted document", () => {
  test("may be kept by caches when it is for everybody", async ({ closed }) => {
    const answer = await closed.send(get("people", { n: 3 }));
    expect(answer.status).toBe(200);
    expect(answer.data).toHaveProperty("users");
    expect(answer.headers.get("cache-control")).toBe(
      "public, max-age=5, s-maxage=15, stale-while-revalidate=60, stale-if-error=600",
    );
    expect(answer.headers.get("vary")).toBe("origin, authorization");
    expect(answer.headers.get("content-type")).toMatch(/^application\/graphql-response\+json/);
    const etag = answer.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    // By hand: fetch asks for a fresh answer whenever it is given an ETag.
    const address = get("people", { n: 3 });
    const head304 = `GET ${address} HTTP/1.1\r\nhost: x\r\nif-none-match: ${etag}\r\nconnection: close\r\n\r\n`;
    const { text } = await exchange(closed.port, head304);
    expect(text).toMatch(/^HTTP\/1.1 304 /);
    expect(text).toContain(etag);
    expect(text).toMatch(/\r\n\r\n$/);
    const other = await closed.send(get("people", { n: 3 }), { headers: { "if-none-match": '"x"' } });
    expect(other.status).toBe(200);
    const head = await closed.send(get("people", { n: 3 }), { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", etag]);
  });

  test("tells caches when the database is away, so that they show what they have", async ({
    start,
    folder,
    pool,
    database,
  }) => {
    const server = await start({}, { operationsFolder: folder });
    await pool.query(`alter database ${database.name} connection limit 0`);
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'autobench_server'",
    );
    let answer = await server.send(get("people", { n: 1 }));
    await until("it is noticed", async () => {
      answer = await server.send(get("people", { n: 1 }));
      return answer.status !== 200;
    });
    await pool.query(`alter database ${database.name} connection limit -1`);
    expect([answer.status, answer.code]).toEqual([503, "TB033"]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    await until("it is back", async () => (await server.send(get("people", { n: 1 }))).status === 200);
    await server.close();
  });

  test("changes its ETag with its answer", async ({ closed, member }) => {
    const before = (await closed.send(get("people", { n: 100 }))).headers.get("etag");
    await member();
    expect((await closed.send(get("people", { n: 100 }))).headers.get("etag")).not.toBe(before);
  });

  test("is private with a token, and refused with a bad one", async ({ closed, member }) => {
    const { token, id } = await member();
    const mine = await closed.send("/graphql/me", { headers: { authorization: `Bearer ${token}` } });
    expect(mine.data).toEqual({ me: { id } });
    expect(mine.headers.get("cache-control")).toBe("private, no-store");
    const bad = await closed.send("/graphql/me", { headers: { authorization: "Bearer x.y.z" } });
    expect([bad.status, bad.code, bad.headers.get("cache-control")]).toEqual([401, "TB005", "no-store"]);
  });

  test.for(["rename", "watch"])("is refused for %s, which is no query", async (name, { closed, member }) => {
    const { token } = await member();
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      const answer = await closed.send(`/graphql/${name}`, { headers });
      expect([answer.status, answer.code, answer.headers.get("allow")]).toEqual([405, "TB036", "POST"]);
    }
  });

  test.for([
    ["too large a page", get("people", { n: 1000 }), "TB030"],
    ["variables that are missing", "/graphql/people", "TB030"],
    ["variables of another type", get("people", { n: 1.5 }), "TB035"],
    ["variables that are a list", get("people", [1]), "TB030"],
    ["variables that are no JSON", "/graphql/people?variables={", "TB030"],
    ["variables given twice", "/graphql/people?variables={}&variables={}", "TB030"],
    ["a document that no longer fits the schema", "/graphql/broken", "TB030"],
  ] as const)("is refused with %s, and no cache keeps that", async ([, address, code], { closed }) => {
    const answer = await closed.send(address);
    expect([answer.status, answer.code]).toEqual([400, code]);
    expect(answer.headers.get("cache-control")).toMatch(/no-store/);
  });

  test.for(["/graphql/nothing", "/graphql/people.graphql", "/graphql/%2e%2e%2fpackage", "/operations/graphql/people"])(
    "%s is not there",
    async (address, { closed, operator }) => {
      const { token } = await operator();
      const answer = await closed.send(address, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, answer.code]).toEqual([404, "TB008"]);
    },
  );

  test("there is none for free documents", async ({ server }) => {
    expect((await server.send("/graphql?query={me{id}}")).status).toBe(405);
  });
});
