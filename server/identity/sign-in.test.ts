// server/routes/sign-in.ts, server/identity/local-issuer.ts -> [server/identity/sign-in.test.ts]
// Tokens for rehearsal are for whoever sits at this machine, and for no page that only pretends to be here.
import { exchange } from "../testing/raw.ts";
import { describe, expect, test as base, type TestServer } from "../testing/server.ts";

const test = base.extend("local", { scope: "file" }, ({ start }) => start({ AUTH_ISSUER: "" }));

const form = (server: TestServer, body: string, headers: Record<string, string> = {}) =>
  server.send("/sign-in", {
    method: "POST",
    body,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html", ...headers },
  });
const asJson = (server: TestServer, body: unknown) =>
  server.send("/sign-in", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

/** A request whose Host header is not ours to choose with fetch. */
const raw = async (server: TestServer, host: string, more = "", method = "POST") => {
  const body = "username=grace";
  const head = `${method} /sign-in HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more}`;
  const { text } = await exchange(
    server.port,
    `${head}content-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]);
};

describe("signing in for rehearsal", () => {
  test("is a page with a form, and the form's answer a page with a token", async ({ local }) => {
    const page = await local.send("/sign-in", { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.text).toMatch(/<form method="post" action="\/sign-in">.*name="username"/s);
    const answer = await form(local, "username=Grace");
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const [, token] = /Bearer ([\w.-]+)/.exec(answer.text) ?? [];
    expect((await local.gql("{ me { username } }", { token })).data).toEqual({ me: { username: "Grace" } });
  });

  test("answers JSON with JSON, and the same name is the same member", async ({ local }) => {
    const first = JSON.parse((await asJson(local, { username: "ada" })).text) as {
      token: string;
      expiresInSeconds: number;
    };
    expect(first.expiresInSeconds).toBe(3600);
    const second = JSON.parse((await asJson(local, { username: "ADA" })).text) as { token: string };
    const ids = [];
    for (const { token } of [first, second]) ids.push((await local.gql("{ me { id } }", { token })).text);
    expect(ids[0]).toMatch(/"id":"/);
    expect(ids[0]).toBe(ids[1]);
    const socket = await local.socket({ token: first.token });
    expect(await socket.ask("{ me { username } }")).toMatchObject({ data: { me: { username: "ada" } } });
    await socket.close();
  });

  test.for(["", "x", "1st", "a b", "a".repeat(31), "<script>", "a\u0000b", "ädä"])(
    "refuses the name %j",
    async (username, { local }) => {
      for (const answer of [
        await asJson(local, { username }),
        await form(local, new URLSearchParams({ username }).toString()),
      ]) {
        expect([answer.status, answer.code]).toEqual([400, "TB011"]);
      }
    },
  );

  test.for([[undefined], [null], [7], [["ada"]], [{ a: 1 }]])(
    "refuses %j for a name",
    async ([username], { local }) => {
      expect((await asJson(local, { username })).code).toBe("TB011");
    },
  );

  test.for([
    ["no JSON", "{", "application/json", 400],
    ["another form", "username=ada", "text/plain", 400],
    ["3 KB", `username=${"a".repeat(3000)}`, "application/x-www-form-urlencoded", 413],
  ] as const)("refuses %s", async ([, body, type, status], { local }) => {
    expect((await form(local, body, { "content-type": type })).status).toBe(status);
  });

  test("makes no operator of anybody", async ({ local }) => {
    const { token } = JSON.parse((await asJson(local, { username: "operator", role: "operator" })).text) as {
      token: string;
    };
    expect((await local.gql("{ me { id } }", { token, path: "/operations/graphql" })).status).toBe(403);
  });

  test("issues tokens that no other server believes", async ({ local, start, server }) => {
    const { token } = JSON.parse((await asJson(local, { username: "ada" })).text) as { token: string };
    const other = await start({ AUTH_ISSUER: "" });
    expect((await other.gql("{ me { id } }", { token })).status).toBe(401);
    expect((await server.gql("{ me { id } }", { token })).status).toBe(401);
    await other.close();
  });
});

describe("the door is shut", () => {
  test("to host names that only point here (DNS rebinding)", async ({ local }) => {
    const { port } = local;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "localhost"]) {
      expect([host, await raw(local, host)]).toEqual([host, 200]);
    }
    for (const host of [
      `evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `127.0.0.1.nip.io:${port}`,
      "192.168.1.1",
      "0.0.0.0",
      "a@localhost",
      "localhost@evil.example",
      "127.0.0.1,evil.example",
      "x y",
    ]) {
      for (const method of ["POST", "GET"]) expect([host, await raw(local, host, "", method)]).toEqual([host, 404]);
    }
  });

  test("to pages of other origins (cross-site requests)", async ({ local }) => {
    const host = `localhost:${local.port}`;
    expect(await raw(local, host, `origin: http://${host}\r\n`)).toBe(200);
    for (const origin of [
      "https://evil.example",
      "null",
      `http://localhost:${local.port + 1}`,
      `https://${host}`,
      "http://localhost",
      "",
    ]) {
      expect([origin, await raw(local, host, `origin: ${origin}\r\n`)]).toEqual([origin, 404]);
    }
    for (const site of ["cross-site", "same-site"]) {
      expect([site, await raw(local, host, `sec-fetch-site: ${site}\r\n`)]).toEqual([site, 404]);
      expect([site, await raw(local, host, `sec-fetch-site: ${site}\r\n`, "GET")]).toEqual([site, 200]);
    }
  });

  test("to whoever comes through a proxy", async ({ local }) => {
    for (const header of [
      "x-forwarded-for: 203.0.113.9",
      "x-forwarded-host: localhost",
      "forwarded: for=203.0.113.9",
      "x-real-ip: 203.0.113.9",
      "via: 1.1 proxy",
    ]) {
      expect([header, await raw(local, "localhost", `${header}\r\n`)]).toEqual([header, 404]);
    }
  });

  test("where there is an issuer, a public address, a proxy or an open host", async ({ server, start }) => {
    expect((await server.send("/sign-in")).status).toBe(404);
    for (const [name, value] of [
      ["PUBLIC_URL", "http://arena.example"],
      ["TRUST_PROXY", "1"],
      ["HOST", "0.0.0.0"],
    ] as const) {
      const closed = await start({ AUTH_ISSUER: "", [name]: value });
      expect(closed.config.identity).toEqual({ kind: "none" });
      expect(await raw(closed, "localhost")).toBe(404);
      await closed.close();
    }
  });
});
