// server/headers.ts, server/rate.ts, server/address.ts -> [server/headers.test.ts]
import { describe, expect, test, type TestServer } from "./testing/server.ts";
import { RateLimit } from "./rate.ts";
import { networkOf } from "./address.ts";

const policy = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    [...headers].filter(([name]) => !["date", "etag", "content-length", "connection", "keep-alive"].includes(name)),
  );

describe("security headers", () => {
  test("stand on every answer", async ({ server }) => {
    const sandboxPort = new URL(server.sandboxUrl).port;
    const common = {
      "content-security-policy": `default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';frame-src http://127.0.0.1:${sandboxPort};form-action 'self';base-uri 'none';frame-ancestors 'none'`,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-dns-prefetch-control": "off",
      "x-download-options": "noopen",
      "x-frame-options": "DENY",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "0",
    };
    expect(policy((await server.send("/")).headers)).toEqual({
      ...common,
      "cache-control": "public, max-age=5, s-maxage=15",
      "content-type": "text/html; charset=utf-8",
    });
    expect(policy((await server.send("/nothing")).headers)).toEqual({
      ...common,
      "cache-control": "no-store",
      "content-type": "application/json; charset=utf-8",
    });
    expect(policy((await server.gql("{ me { id } }")).headers)).toEqual({
      ...common,
      vary: "origin",
      "content-type": "application/graphql-response+json;charset=utf-8",
    });
  });

  test("ask for https where the site has it", async ({ start }) => {
    const server = await start({ PUBLIC_URL: "https://arena.example" });
    const { headers } = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
    expect(headers.get("content-security-policy")).toContain("upgrade-insecure-requests");
    await server.close();
  });

  test("of the second origin let nothing run", async ({ server }) => {
    const answer = await fetch(`${server.sandboxUrl}/anything`);
    expect(answer.status).toBe(404);
    expect(policy(answer.headers)).toEqual({
      "cache-control": "no-store",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      "transfer-encoding": "chunked",
    });
  });
});

describe("other origins", () => {
  const from = (server: TestServer, origin: string, init: RequestInit = {}) =>
    server.send("/graphql", {
      method: "POST",
      body: '{"query":"{ me { id } }"}',
      ...init,
      headers: { "content-type": "application/json", ...(init.headers as object), origin },
    });
  const allowed = (answer: { headers: Headers }) => answer.headers.get("access-control-allow-origin");

  test("read answers if they are listed, and else not", async ({ start }) => {
    const server = await start({ CORS_ORIGINS: "https://a.example,http://b.example:8080" });
    for (const origin of ["https://a.example", "http://b.example:8080"]) {
      expect(allowed(await from(server, origin))).toBe(origin);
    }
    for (const origin of [
      "https://evil.example",
      "null",
      "http://a.example",
      "https://a.example.evil.example",
      "https://a.example:444",
      "",
    ]) {
      const answer = await from(server, origin);
      expect(allowed(answer)).toBeNull();
      expect(answer.headers.get("vary")).toBe("origin");
    }
    await server.close();
  });

  test("learn beforehand what they may send", async ({ start }) => {
    const server = await start({ CORS_ORIGINS: "https://a.example" });
    const asking = { method: "OPTIONS", body: null, headers: { "access-control-request-method": "POST" } };
    const known = await from(server, "https://a.example", asking);
    expect(known.status).toBe(204);
    expect(allowed(known)).toBe("https://a.example");
    expect(known.headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(known.headers.get("access-control-allow-headers")).toBe("authorization, content-type");
    expect(known.headers.get("access-control-allow-credentials")).toBeNull();
    const unknown = await from(server, "https://evil.example", asking);
    expect(unknown.status).toBe(405); // G4
    expect([...unknown.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    await server.close();
  });

  test("read why they were refused", async ({ start }) => {
    const server = await start({ CORS_ORIGINS: "https://a.example", READS_PER_MINUTE: "2" });
    const refused = await from(server, "https://a.example", { headers: { authorization: "Bearer x.y.z" } });
    expect([refused.status, allowed(refused)]).toEqual([401, "https://a.example"]);
    await from(server, "https://a.example");
    const limited = await from(server, "https://a.example");
    expect([limited.status, allowed(limited)]).toEqual([429, "https://a.example"]);
    expect(limited.headers.get("access-control-expose-headers")).toContain("retry-after");
    await server.close();
  });

  test("are not needed by the site's own pages, under whatever name this machine goes", async ({ server }) => {
    for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
      expect(allowed(await from(server, `http://${name}:${server.port}`))).toBe(`http://${name}:${server.port}`);
    }
    expect(allowed(await from(server, `http://localhost:${server.port + 1}`))).toBeNull();
  });
});

describe("the rate limit", () => {
  const health = (server: TestServer, headers: Record<string, string> = {}) => server.send("/nothing", { headers });

  test("refuses with 429 and says when to come again; health is always told", async ({ start }) => {
    const server = await start({ READS_PER_MINUTE: "3" });
    for (let i = 0; i < 3; i++) expect((await health(server)).status).toBe(404);
    const refused = await server.gql("{ me { id } }");
    expect([refused.status, refused.code]).toEqual([429, "TB031"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(20);
    expect((await server.send("/health")).status).toBe(200);
    await server.close();
  });

  test("is not evaded by a made-up X-Forwarded-For", async ({ start }) => {
    const server = await start({ READS_PER_MINUTE: "3", TRUST_PROXY: "0" });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await health(server, { "x-forwarded-for": `10.0.0.${i}` })).status);
    expect(statuses).toEqual([404, 404, 404, 429, 429, 429]);
    await server.close();
  });

  test("counts callers behind one trusted proxy apart, and what they make up not at all", async ({ start }) => {
    const server = await start({ READS_PER_MINUTE: "1", TRUST_PROXY: "1" });
    const status = async (forwarded: string) => (await health(server, { "x-forwarded-for": forwarded })).status;
    expect(await status("10.0.0.1")).toBe(404);
    expect(await status("10.0.0.2")).toBe(404);
    expect(await status("10.0.0.2")).toBe(429);
    expect(await status("6.6.6.6, 10.0.0.2")).toBe(429);
    await server.close();
  });

  test("counts sockets and what is asked on them", async ({ start }) => {
    const server = await start({ READS_PER_MINUTE: "3" });
    const socket = await server.socket();
    expect(await socket.ask("{ me { id } }")).toMatchObject({ data: { me: null } });
    expect(await socket.ask("{ me { id } }")).toMatchObject({ data: { me: null } });
    const { errors } = await socket.ask("{ me { id } }");
    expect(errors?.[0]).toMatchObject({ extensions: { code: "TB031", hint: expect.stringContaining("seconds") } });
    await expect(server.socket()).rejects.toMatchObject({ status: 429 });
    expect((await server.gql("{ me { id } }")).status).toBe(429);
    await server.close();
  });

  test("counts sockets behind a trusted proxy like requests, however long the chain", async ({ start }) => {
    const server = await start({ READS_PER_MINUTE: "1", TRUST_PROXY: "2" });
    const forwarded = { "x-forwarded-for": "10.0.0.1" }; // shorter than the two proxies that are trusted
    expect((await health(server, forwarded)).status).toBe(404);
    await expect(server.socket({ headers: forwarded })).rejects.toMatchObject({ status: 429 });
    const other = await server.socket({ headers: { "x-forwarded-for": "10.0.0.2, 10.0.0.9" } });
    await other.close();
    await server.close();
  });

  test("gives back evenly, and forgets the callers it has not heard of longest", () => {
    const limit = new RateLimit(60, 2);
    for (let i = 0; i < 60; i++) expect(limit.take("a", 0)).toBe(0);
    expect(limit.take("a", 0)).toBe(1);
    expect(limit.take("a", 500)).toBe(1);
    expect(limit.take("a", 1000)).toBe(0);
    expect(limit.take("a", 1000)).toBe(1);
    expect(limit.take("b", 1000)).toBe(0);
    expect(limit.take("c", 1000)).toBe(0); // a is forgotten
    for (let i = 0; i < 60; i++) expect(limit.take("a", 1000)).toBe(0);
    expect(limit.take("a", 10 ** 9)).toBe(0);
  });

  test.for([
    ["10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["64:ff9b::1.2.3.4", "64:ff9b:0:0::/64"],
    ["", ""],
  ] as const)("takes %s for %s", ([address, network]) => {
    expect(networkOf(address)).toBe(network);
  });
});
