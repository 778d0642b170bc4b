// server/routes/graphql-body.ts, server/routes/failure.ts -> [server/requests.test.ts]
// Requests whose form is wrong, before anything in them is looked at (G3, G4, G5 and the slow ones of the design's list).
import { gzipSync } from "node:zlib";
import { describe, expect, test, type TestServer } from "./testing/server.ts";
import { expectNoLeak, expectQuickRefusal } from "./testing/attack.ts";
import { collect, dial, exchange } from "./testing/raw.ts";

const sound = JSON.stringify({ query: "{ me { id } }" });
const json = { "content-type": "application/json" };
const post = (
  server: TestServer,
  body: NonNullable<RequestInit["body"]>,
  headers: Record<string, string> = {},
  path = "/graphql",
) => server.send(path, { method: "POST", body, headers });

describe("a GraphQL request", () => {
  test.for([
    ["application/json", json],
    ["a charset", { "content-type": "application/json; charset=utf-8" }],
    ["capitals", { "content-type": "Application/JSON" }],
    ["no wish about the answer", { ...json, accept: "*/*" }],
    ["the answer's own type", { ...json, accept: "application/graphql-response+json" }],
  ] as const)("is answered with %s", async ([, headers], { server }) => {
    const answer = await post(server, sound, headers);
    expect([answer.status, answer.data]).toEqual([200, { me: null }]);
  });

  test("is answered as bare GraphQL", async ({ server }) => {
    const answer = await post(server, "{ me { id } }", { "content-type": "application/graphql" });
    expect([answer.status, answer.data]).toEqual([200, { me: null }]);
  });

  test.for([
    ["text", 415, sound, { "content-type": "text/plain" }],
    ["a form", 415, "query={me{id}}", { "content-type": "application/x-www-form-urlencoded" }],
    ["a form in parts", 415, "--x\r\n\r\nx\r\n--x--", { "content-type": "multipart/form-data; boundary=x" }],
    ["no type that anyone knows", 415, sound, { "content-type": "x" }],
    ["JSON in another encoding", 415, sound, { "content-type": "application/json; charset=latin1" }],
    ["an answer in XML", 406, sound, { ...json, accept: "application/xml" }],
    ["no JSON", 400, "{", json],
    ["nothing", 400, "", json],
    ["an array", 400, `[${sound},${sound}]`, json],
    ["a text in JSON", 400, '"{ me { id } }"', json],
    ["null", 400, "null", json],
    ["a number", 400, "7", json],
    ["no query", 400, "{}", json],
    ["a query that is an object", 400, '{"query":{"a":1}}', json],
    ["an operation name that is a number", 400, '{"query":"{ me { id } }","operationName":7}', json],
    ["another operation's name", 400, '{"query":"query a { me { id } }","operationName":"b"}', json],
    ["extensions that are a list", 400, '{"query":"{ me { id } }","extensions":[]}', json],
    ["an error behaviour that nobody knows", 400, '{"query":"{ me { id } }","onError":"EXPLODE"}', json],
    ["32 KB and one byte", 413, JSON.stringify({ query: `#${"x".repeat(32_768)}` }), json],
    ["90 KB", 413, "x".repeat(90_000), json],
    ["a persisted document that is not there", 400, '{"documentId":"nothing"}', json],
    ["the document of a prototype", 400, '{"documentId":"__proto__"}', json],
  ] as const)("with %s is refused with %i", async ([, status, body, headers], { server }) => {
    const { status: given } = await expectQuickRefusal(() => post(server, body, headers), /^TB03[056]$/);
    expect(given).toBe(status);
  });

  test("without a Content-Type is refused", async ({ server }) => {
    const answer = await post(server, new Blob([sound]));
    expect([answer.status, answer.code]).toEqual([400, "TB036"]);
  });

  test("compressed is refused: what is small on the wire could be large here", async ({ server }) => {
    const small = gzipSync(JSON.stringify({ query: `{ me { id } } #${"x".repeat(10_000_000)}` }));
    const answer = await post(server, small.subarray(0, 30_000), { ...json, "content-encoding": "gzip" });
    expect([answer.status, answer.code]).toEqual([415, "TB036"]);
  });

  test("in pieces without a length is refused once it is too long", async ({ server }) => {
    const pieces = Array.from({ length: 40 }, () => `3e8\r\n${"x".repeat(1000)}\r\n`).join("");
    const head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n";
    const { text } = await exchange(server.port, `${head}transfer-encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1.1 413 .*"code":"TB036"/s);
  });

  test.for(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "by %s is refused with 405",
    async (method, { server }) => {
      const answer = await server.send("/graphql?query={me{id}}", { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
      if (method !== "HEAD") expect(answer.code).toBe("TB036");
    },
  );
});

describe("an address", () => {
  test.for([
    "/nothing",
    "/graphql/nothing",
    "/graphql/",
    "/api/nothing",
    "/.env",
    "/server/main.ts",
    "/operations",
    "/webhooks/clerk",
    "/sign-in",
  ])("%s that is not there", async (path, { server }) => {
    const answer = await server.send(path);
    expect(answer.status).toBe(path === "/graphql/" ? 405 : 404);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expectNoLeak(answer.text);
  });

  test("that is not there is answered in the shape of every other error", async ({ server }) => {
    expect((await server.send("/nothing")).text).toBe(
      '{"errors":[{"message":"There is nothing at this address.","extensions":{"code":"TB008","hint":"See / for the doors that exist."}}]}',
    );
  });

  test.for(["/graphql/%ff", "/%c0%ae%c0%ae/x", "/graphql/..%2f..%2fpackage.json"])(
    "%s that is broken",
    async (path, { server }) => {
      const answer = await server.send(path);
      expect([400, 404]).toContain(answer.status);
      expect(answer.code).toMatch(/^TB0(?:08|36)$/);
      expectNoLeak(answer.text);
    },
  );
});

describe("a caller", () => {
  test("has one allowance for both origins", async ({ start }) => {
    const server = await start({ READS_PER_MINUTE: "4" });
    const page = `${server.sandboxUrl}/p/${"0".repeat(64)}`;
    for (let n = 0; n < 4; n++) expect((await fetch(page, { redirect: "manual" })).status).not.toBe(429);
    const refused = await fetch(page);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "15"]);
    expect(await refused.text()).toBe("Too many requests. Try again in 15 seconds.\n");
    expect((await fetch(`${server.url}/`)).status).toBe(429);
  });
});

describe("bytes that are no request", () => {
  test.for([
    ["no HTTP", "hello\r\n\r\n", "400"],
    ["headers of 20 KB", `GET /health HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, "431"],
    ["two lengths", "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx", "400"],
    [
      "a length and pieces",
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "400",
    ],
    ["no host", "GET /health HTTP/1.1\r\n\r\n", "400"],
  ] as const)("%s are refused, and the connection ends", async ([, bytes, status], { server }) => {
    const { text } = await exchange(server.port, bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expectNoLeak(text);
  });

  test("an offer of HTTP/2 is answered like any request", async ({ server }) => {
    const { text } = await exchange(
      server.port,
      "GET /health HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings, close\r\nupgrade: h2c\r\nhttp2-settings: x\r\n\r\n",
    );
    expect(text).toMatch(/^HTTP\/1.1 200 .*"isAlive":true/s);
  });

  test("headers that never end are cut off", async ({ start }) => {
    const server = await start({}, { timeouts: { headersMs: 300, requestMs: 60_000, checkMs: 50 } });
    const slow = dial(server.port);
    slow.write("GET /health HTTP/1.1\r\nhost: x\r\n");
    const drip = setInterval(() => slow.write("x: y\r\n"), 20);
    expect(await collect(slow)).toMatch(/^HTTP\/1.1 408 /);
    clearInterval(drip);
    await server.close();
  });

  test("a body that never ends is cut off", async ({ start }) => {
    const server = await start({}, { timeouts: { headersMs: 300, requestMs: 300, checkMs: 50 } });
    const unfinished = dial(server.port);
    unfinished.write(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    );
    expect(await collect(unfinished)).toMatch(/^HTTP\/1.1 408 /);
    await server.close();
  });

  test("by default headers have 15 seconds, requests 30", ({ server }) => {
    expect(server.config.timeouts).toEqual({ headersMs: 15_000, requestMs: 30_000, checkMs: 5_000 });
  });
});
