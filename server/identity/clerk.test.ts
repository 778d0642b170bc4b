// server/routes/clerk.ts -> [server/identity/clerk.test.ts] -> app_private.accept_webhook()
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test as base, type TestServer } from "../testing/server.ts";
import { expectNoLeak } from "../testing/attack.ts";
import { isSigned } from "../routes/clerk.ts";

const key = randomBytes(24);
const secret = `whsec_${key.toString("base64")}`;
const test = base.extend("hooked", { scope: "file" }, ({ start }) => start({ CLERK_WEBHOOK_SECRET: secret }));

interface Sending {
  id?: string;
  at?: number | string;
  signedBy?: Buffer;
  signatures?: (good: string) => string;
  headers?: Record<string, string | undefined>;
  body?: string;
}

const sign = (id: string, at: number | string, body: string, by: Buffer = key): string =>
  `v1,${createHmac("sha256", by).update(`${id}.${at}.${body}`).digest("base64")}`;

function deliver(server: TestServer, event: unknown, sending: Sending = {}) {
  const { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1000), signedBy = key } = sending;
  const body = JSON.stringify(event);
  const good = sign(id, at, body, signedBy);
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(at),
    "svix-signature": sending.signatures?.(good) ?? good,
    ...sending.headers,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return server.send("/webhooks/clerk", {
    method: "POST",
    body: sending.body ?? body,
    headers: Object.fromEntries(given),
  });
}

const created = (subject: string, more: object = {}) => ({
  type: "user.created",
  data: {
    id: subject,
    username: null,
    first_name: "Ada",
    last_name: "Lovelace",
    image_url: "https://x.example/a.png",
    updated_at: Date.now(),
    ...more,
  },
});

describe("a message of Clerk's", () => {
  test("with a good signature makes, changes and erases a member", async ({ hooked, issuer, pool }) => {
    const subject = `user_${randomUUID()}`;
    const name = async () => (await hooked.gql("{ me { fullName } }", { token: await issuer.token(subject) })).data;
    expect((await deliver(hooked, created(subject))).text).toBe('{"isChanged":true}');
    expect(await name()).toEqual({ me: { fullName: "Ada Lovelace" } });
    const later = Date.now() + 1000;
    await deliver(hooked, { ...created(subject, { last_name: "King", updated_at: later }), type: "user.updated" });
    expect(await name()).toEqual({ me: { fullName: "Ada King" } });
    const token = await issuer.token(subject, { claims: { iat: Math.floor(Date.now() / 1000) - 5 } });
    expect((await deliver(hooked, { type: "user.deleted", data: { id: subject, deleted: true } })).text).toBe(
      '{"isChanged":true}',
    );
    const { rows } = await pool.query("select from app_private.accounts where subject = $1", [subject]);
    expect(rows).toEqual([]);
    const erased = await hooked.gql("{ me { id } }", { token });
    expect([erased.status, erased.code]).toEqual([401, "TB003"]);
  });

  test("counts once, however often it is sent", async ({ hooked, pool }) => {
    const subject = `user_${randomUUID()}`;
    const [sending, event] = [{ id: `msg_${randomUUID()}`, at: Math.floor(Date.now() / 1000) }, created(subject)];
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(hooked, event, sending)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(answers.filter(({ text }) => text === '{"isChanged":true}')).toHaveLength(1);
    const { rows } = await pool.query("select from app_private.accounts where subject = $1", [subject]);
    expect(rows).toHaveLength(1);
  });

  test("may be signed with the old secret and the new one while they change", async ({ hooked }) => {
    const other = `v1,${Buffer.alloc(32).toString("base64")}`;
    for (const signatures of [
      (good: string) => `${other} ${good}`,
      (good: string) => `${good} ${other}`,
      (good: string) => `v1a,${good.slice(3)} v2,x ${good}`,
    ]) {
      expect((await deliver(hooked, created(`user_${randomUUID()}`), { signatures })).status).toBe(200);
    }
  });

  test.for([
    ["that does not concern us", { type: "session.created", data: { id: "sess_1" } }],
    ["without a subject", { type: "user.created", data: {} }],
    ["without data", { type: "user.created" }],
    ["without a kind", {}],
    ["that is a list", []],
    ["that is null", null],
  ] as const)("%s changes nothing", async ([, event], { hooked }) => {
    const answer = await deliver(hooked, event);
    expect([answer.status, answer.text]).toEqual([200, '{"isChanged":false}']);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const refusals: readonly (readonly [string, () => Sending])[] = [
    ["another secret", () => ({ signedBy: randomBytes(24) })],
    ["another body", () => ({ body: JSON.stringify(created("user_evil")) })],
    ["no signature", () => ({ headers: { "svix-signature": undefined } })],
    ["an empty signature", () => ({ signatures: () => "" })],
    ["a signature of another kind", () => ({ signatures: (good) => `v2,${good.slice(3)}` })],
    ["a signature without its kind", () => ({ signatures: (good) => good.slice(3) })],
    ["half a signature", () => ({ signatures: (good) => good.slice(0, 20) })],
    ["ten thousand signatures", () => ({ signatures: () => "v1,AAAA ".repeat(1500) })],
    ["no id", () => ({ headers: { "svix-id": undefined } })],
    ["another id", () => ({ headers: { "svix-id": "msg_other" } })],
    ["an id of odd letters", () => ({ id: "msg 1'" })],
    ["an id of 201 letters", () => ({ id: "m".repeat(201) })],
    ["no time", () => ({ headers: { "svix-timestamp": undefined } })],
    ["another time", () => ({ headers: { "svix-timestamp": String(now() - 1) } })],
    ["a time six minutes ago", () => ({ at: now() - 360 })],
    ["a time in six minutes", () => ({ at: now() + 360 })],
    ["a time that is none", () => ({ at: "soon" })],
    ["a time in other figures", () => ({ at: `${now()}.0` })],
    ["no body", () => ({ body: "" })],
  ];
  test.for(refusals)("is refused with %s", async ([, sending], { hooked, pool }) => {
    const answer = await deliver(hooked, created("user_refused"), sending());
    expect([answer.status, answer.code]).toEqual([401, "TB005"]);
    expectNoLeak(answer.text);
    expect((await pool.query("select from app_private.accounts where subject like 'user_refused%'")).rows).toEqual([]);
  });

  test.for([
    ["no JSON", "{", 400],
    ["JSON that Postgres cannot keep", JSON.stringify(created("a\u0000b")), 400],
    ["65 KB", JSON.stringify({ type: "x", data: { id: "x".repeat(66_000) } }), 413],
  ] as const)("well signed, with %s, is refused for good", async ([, body, status], { hooked }) => {
    const [id, at] = [`msg_${randomUUID()}`, now()];
    const answer = await deliver(hooked, {}, { id, at, body, signatures: () => sign(id, at, body) });
    expect(answer.status).toBe(status); // not 503: it would be sent again and again
    expect(answer.code).toMatch(/^TB03[56]$/);
    expectNoLeak(answer.text);
  });

  test("is only taken by POST, and only where there is a secret", async ({ hooked, server }) => {
    expect((await hooked.send("/webhooks/clerk")).status).toBe(404);
    expect((await deliver(server, created("user_x"))).status).toBe(404);
  });
});

describe("isSigned", () => {
  test("agrees with the example of the sender's documentation", () => {
    const message = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: "1614265330",
      body: Buffer.from('{"test": 2432232314}'),
      signatures: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const known = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    expect(isSigned(message, known, 1_614_265_330_000)).toBe(true);
    expect(isSigned(message, known, 1_614_265_330_000 + 301_000)).toBe(false);
    expect(isSigned({ ...message, timestamp: "1614265331" }, known, 1_614_265_330_000)).toBe(false);
  });
});
