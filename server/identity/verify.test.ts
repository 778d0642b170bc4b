// server/testing/tokens.ts -> [server/identity/verify.test.ts] -> server/identity/verify.ts, server/identity/keys.ts
// Whom the server believes: the token list of the design, over HTTP and over WebSocket, and an issuer that fails.
import { afterEach, vi } from "vitest";
import { makeVerify, type Verify } from "./verify.ts";
import { publishedKeys } from "./keys.ts";
import { expectNoLeak } from "../testing/attack.ts";
import { makeClient } from "../testing/client.ts";
import type { Issuer, TokenOptions } from "../testing/issuer.ts";
import { exchange } from "../testing/raw.ts";
import { describe, expect, test } from "../testing/server.ts";
import { badTokens } from "../testing/tokens.ts";

const me = "{ me { id username } }";
const now = (): number => Math.floor(Date.now() / 1000);

interface Expected {
  audience?: string | undefined;
  parties?: string[];
}
const verifier = (issuer: Issuer, { audience = issuer.audience, parties = [] }: Expected = {}): Verify =>
  makeVerify({ kind: "issuer", issuer: issuer.url, jwksUrl: issuer.jwksUrl, audience, parties }, undefined);

describe("a token is refused", () => {
  test.for(badTokens)("with $name", async ({ make, says }, { server, issuer, member }) => {
    const { subject } = await member();
    const token = await make(issuer, subject);
    // Here, and not only in the database that would be asked next.
    await expect(verifier(issuer)(`Bearer ${token}`)).rejects.toMatchObject({ status: 401, code: "TB005" });
    const answer = await server.gql(me, { token });
    expect([answer.status, answer.code, answer.data]).toEqual([401, "TB005", undefined]);
    expect(answer.errors?.[0]?.message).toMatch(says);
    expect(answer.errors?.[0]?.extensions?.hint).toBeTruthy();
    expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expectNoLeak(answer.text);
    const closed = (await server.socket({ token }).catch((error: unknown) => error)) as Error;
    expect(closed.message).toMatch(/closed with 4401: TB005: /);
    expect(closed.message.split("TB005: ")[1]).toMatch(says);
  });

  test.for(["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "bearer  ", "x.y.z", "Bearer a b", "Token x.y.z", " "])(
    "in a header that says %j",
    async (authorization, { server }) => {
      const { text } = await exchange(
        server.port,
        `GET /graphql/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${authorization}\r\n\r\n`,
      );
      if (authorization.trim() === "") expect(text).toMatch(/^HTTP\/1.1 404 /); // an empty header says nothing
      else expect(text).toMatch(/^HTTP\/1.1 401 .*"TB005"/s);
    },
  );

  test("of 1 MB, before it is looked at; and one of other letters", async ({ server }) => {
    const send = (token: string) =>
      exchange(
        server.port,
        `GET /graphql/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${token}\r\n\r\n`,
      );
    expect((await send("a".repeat(1_000_000))).text).toMatch(/^HTTP\/1.1 431 /);
    expect((await send("é.é.é")).text).toMatch(/^HTTP\/1.1 401 /);
  });

  test("on a socket, when it is no text at all", async ({ server }) => {
    for (const authorization of [7, {}, ["Bearer x"], true]) {
      await expect(server.socket({ params: { authorization } })).rejects.toThrow("4401: TB005: ");
    }
  });

  test("everywhere where no issuer is set up", async ({ start, issuer }) => {
    const server = await start({ AUTH_ISSUER: "", PUBLIC_URL: "http://arena.example" });
    const { gql } = makeClient({ url: `http://127.0.0.1:${server.port}` });
    const answer = await gql(me, { token: await issuer.token("x") });
    expect([answer.status, answer.code]).toEqual([401, "TB005"]);
    expect(answer.errors?.[0]?.message).toBe("Signing in is not set up here.");
    await server.close();
  });
});

describe("a token is believed", () => {
  const good: readonly (readonly [string, (issuer: Issuer) => TokenOptions])[] = [
    ["with RS256", () => ({})],
    ["with ES256", (issuer) => ({ header: { alg: "ES256", kid: "es" }, key: issuer.keys.es256 })],
    ["with EdDSA", (issuer) => ({ header: { alg: "EdDSA", kid: "ed" }, key: issuer.keys.eddsa })],
    ["without a key id, when only one key fits", () => ({ header: { kid: undefined } })],
    ["with several audiences, one of them ours", (issuer) => ({ claims: { aud: ["x", issuer.audience] } })],
    ["with a party, where none is asked for", () => ({ claims: { azp: "https://anywhere.example" } })],
    ["four seconds before its beginning", () => ({ claims: { nbf: now() + 3, iat: now() + 3 } })],
    [
      "with claims that are no concern of ours",
      () => ({ claims: { role: "service", roles: ["operator"], scope: "admin", a: { b: [1] } } }),
    ],
    [
      "with claims that Postgres could not read",
      () => ({ claims: { name: "a\u0000b", username: "\ud800", email: "\u0000" } }),
    ],
  ];
  test.for(good)("%s", async ([, options], { server, issuer, member }) => {
    const { subject, id } = await member();
    const token = await issuer.token(subject, options(issuer));
    expect((await server.gql(me, { token })).data).toMatchObject({ me: { id } });
    const socket = await server.socket({ token });
    expect(await socket.ask(me)).toMatchObject({ data: { me: { id } } });
    await socket.close();
    expect((await server.gql(me, { token, path: "/operations/graphql" })).status).toBe(403); // whatever it claims to be
  });

  test("a little after its end, for clocks that differ; a socket it no longer opens", async ({
    server,
    issuer,
    member,
  }) => {
    const { subject, id } = await member();
    const token = await issuer.token(subject, { claims: { iat: now() - 60, exp: now() - 3 } });
    expect((await server.gql(me, { token })).data).toMatchObject({ me: { id } });
    const socket = await server.socket({ token });
    expect((await socket.closed).code).toBe(4403);
  });

  test("of somebody who was never here, who then is", async ({ server, issuer }) => {
    const claims = {
      username: "grace",
      name: "Grace\u0000 Hopper",
      picture: "https://x.example/g.png",
      role: "operator",
    };
    const token = await issuer.token("new", { claims });
    const { data } = await server.gql("{ me { username fullName avatarUrl } }", { token });
    expect(data).toEqual({ me: { username: "grace", fullName: "Grace Hopper", avatarUrl: "https://x.example/g.png" } });
    const again = await Promise.all(Array.from({ length: 20 }, () => server.gql("{ me { id } }", { token })));
    expect(new Set(again.map(({ text }) => text)).size).toBe(1);
  });
});

describe("an authorized party", () => {
  const site = "https://site.example";
  test.for([
    ["is not asked for", { parties: [] }, undefined, true],
    ["is not asked for, and any will do", { parties: [] }, "https://other.example", true],
    ["is listed", { parties: [site] }, site, true],
    ["is not listed", { parties: [site] }, "https://other.example", false],
    ["may be missing where an audience is checked", { parties: [site] }, undefined, true],
    ["may not be missing where none is", { parties: [site], audience: "" }, undefined, false],
    ["is enough where no audience is checked", { parties: [site], audience: "" }, site, true],
    ["is a list", { parties: [site] }, [site], false],
    ["is null", { parties: [site, "null"] }, null, false],
    ["is the word undefined", { parties: ["undefined"], audience: "" }, undefined, false],
  ] as const)("%s", async ([, { parties, ...expected }, azp, isGood], { issuer }) => {
    const verify = verifier(issuer, { parties: [...parties], ...expected });
    const token = await issuer.token("x", { claims: azp === undefined ? {} : { azp } });
    const outcome = verify(`Bearer ${token}`);
    if (isGood) expect(await outcome).toMatchObject({ subject: "x", issuer: issuer.url });
    else
      await expect(outcome).rejects.toMatchObject({
        status: 401,
        code: "TB005",
        message: "The token was made for another site.",
      });
  });
});

describe("the issuer's keys", () => {
  afterEach(({}) => void vi.useRealTimers());
  const at = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: ms });

  test("are asked for once, whatever a thousand callers make up", async ({ issuer }) => {
    [issuer.fetches, issuer.behaviour] = [0, "up"];
    const verify = verifier(issuer);
    await verify(`Bearer ${await issuer.token("x")}`);
    const refused = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const header = { alg: "ES256", kid: `made up ${i}` };
        return verify(`Bearer ${await issuer.token("x", { header, key: issuer.keys.es256 })}`).catch(
          (error: unknown) => error,
        );
      }),
    );
    expect(refused.every((error) => error instanceof Error && "code" in error && error.code === "TB005")).toBe(true);
    expect(issuer.fetches).toBe(1);
  });

  test.for(["down", "babbling", "without keys", "elsewhere"] as const)(
    "cannot be had while it is %s: 503, and the issuer is left in peace",
    async (behaviour, { start, issuer }) => {
      const server = await start();
      [issuer.fetches, issuer.behaviour] = [0, behaviour];
      const token = await issuer.token("cold");
      const answers = await Promise.all(Array.from({ length: 50 }, () => server.gql(me, { token })));
      for (const answer of answers) {
        expect([answer.status, answer.code]).toEqual([503, "TB034"]);
        expectNoLeak(answer.text);
      }
      await expect(server.socket({ token })).rejects.toThrow("1013: TB034: The identity provider cannot be reached.");
      expect(issuer.fetches).toBe(1);
      issuer.behaviour = "up";
      expect((await server.gql(me)).status).toBe(200); // visitors need no issuer
      at(Date.now() + 6000);
      expect((await server.gql(me, { token: await issuer.token("cold") })).status).toBe(200);
      await server.close();
    },
  );

  test("cannot be had from one that does not answer, nor from one that is not there", async ({ issuer }) => {
    issuer.behaviour = "hanging";
    const header = { alg: "RS256", kid: "rs" } as const;
    const began = performance.now();
    await expect(publishedKeys(new URL(issuer.jwksUrl), 200)(header, { payload: "", signature: "" })).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(1000);
    issuer.behaviour = "up";
    const nowhere = makeVerify(
      { kind: "issuer", issuer: issuer.url, jwksUrl: "http://127.0.0.1:1/x", audience: undefined, parties: [] },
      undefined,
    );
    await expect(nowhere(`Bearer ${await issuer.token("x")}`)).rejects.toMatchObject({ status: 503, code: "TB034" });
  });

  test("hold for an hour while the issuer is away, and new ones are waited for", async ({ issuer }) => {
    [issuer.fetches, issuer.behaviour] = [0, "up"];
    const verify = verifier(issuer);
    const began = Date.now();
    await verify(`Bearer ${await issuer.token("x")}`);
    issuer.behaviour = "down";
    for (const minutes of [5, 15, 30, 59]) {
      at(began + minutes * 60_000);
      expect(await verify(`Bearer ${await issuer.token("x")}`)).toMatchObject({ subject: "x" });
      const unknown = issuer.token("x", { header: { kid: "new" } });
      await expect(verify(`Bearer ${await unknown}`)).rejects.toMatchObject({ status: 503, code: "TB034" });
    }
    at(began + 61 * 60_000);
    await expect(verify(`Bearer ${await issuer.token("x")}`)).rejects.toMatchObject({ status: 503, code: "TB034" });
    issuer.behaviour = "up";
    at(began + 62 * 60_000);
    expect(await verify(`Bearer ${await issuer.token("x")}`)).toMatchObject({ subject: "x" });
  });
});
