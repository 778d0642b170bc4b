// server/plugins/subscriptions.ts, server/notifications.ts, server/guest.ts -> [server/subscriptions.test.ts]
// What a subscriber hears, until when, and what they never hear (G23, G24).
import type pg from "pg";
import { dispatch, makeArena, utcDay, writeDay, writePrompts } from "../db/budget/testing/calls.ts";
import { describe, expect, test, until } from "./testing/server.ts";
import { isListening, subscribe } from "./testing/listening.ts";

const changed = "subscription { meChanged { id fullName isListed } }";

/** Cuts the connection that listens for the public surface. */
const cut = (pool: pg.Pool) =>
  pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'autobench public listen'`,
  );
const rename = (pool: pg.Pool, id: string, name: string) =>
  pool.query("update app_public.users set full_name = $2 where id = $1", [id, name]);
const forge = (pool: pg.Pool, id: string, payload: string) =>
  pool.query("select pg_notify($1, $2)", [`user:${id}`, payload]);
const result = (id: string) => (message: { id?: string; type: string }) =>
  message.id === id && message.type !== "complete";

describe("meChanged", () => {
  test("tells a member of their own changes, and of nobody else's", async ({ server, member, pool }) => {
    const [ada, bob] = [await member(), await member()];
    const [hers, his] = [await server.socket({ token: ada.token }), await server.socket({ token: bob.token })];
    const [first, second] = [await subscribe(server, hers, ada.id), await subscribe(server, his, bob.id)];
    await rename(pool, ada.id, "Ada");
    expect((await hers.next(result(first))).payload).toEqual({
      data: { meChanged: { id: ada.id, fullName: "Ada", isListed: true } },
    });
    await rename(pool, bob.id, "Bob"); // had he heard of hers, it would have come before
    expect((await his.next(result(second))).payload).toMatchObject({ data: { meChanged: { fullName: "Bob" } } });
    expect(hers.received).toEqual([]);
    await Promise.all([hers.close(), his.close()]);
  });

  test("tells of changes made through the API, in their order", async ({ server, member }) => {
    const ada = await member();
    const socket = await server.socket({ token: ada.token });
    const id = await subscribe(server, socket, ada.id);
    const names = ["A", "B", "C", "D", "E"];
    for (const name of names) {
      const mutation =
        "mutation ($id: UUID!, $name: String) { updateUser(input: { id: $id, patch: { fullName: $name } }) { user { id } } }";
      await socket.ask(mutation, { id: ada.id, name });
      expect((await socket.next(result(id))).payload).toMatchObject({ data: { meChanged: { fullName: name } } });
    }
    await socket.close();
  });

  test("takes its topic from the session: nobody can ask for somebody else's", async ({ server, member }) => {
    const [ada, bob] = [await member(), await member()];
    const socket = await server.socket({ token: bob.token });
    const wanted = await socket.ask(`subscription { meChanged(userId: "${ada.id}", id: "${ada.id}") { id } }`);
    expect(wanted.errors?.[0]).toMatchObject({ extensions: { code: "TB030" } });
    const withParams = await server.socket({
      token: bob.token,
      params: { userId: ada.id, role: "autobench_operator" },
    });
    await subscribe(server, withParams, bob.id); // not ada's
    await Promise.all([socket.close(), withParams.close()]);
  });

  test("tells a visitor nothing", async ({ server, member, pool }) => {
    const ada = await member();
    const socket = await server.socket();
    const id = socket.begin(changed);
    await until("the server listens", () => isListening(server, "user:nobody"));
    await pool.query("select pg_notify('user:nobody', $1)", [JSON.stringify({ id: ada.id })]);
    await rename(pool, ada.id, "Ada");
    await socket.ask("{ me { id } }");
    expect(socket.received.filter((message) => message.id === id)).toEqual([]);
    await socket.close();
  });

  test("believes no forged notification", async ({ server, member, pool }) => {
    const [ada, bob] = [await member(), await member()];
    await pool.query("update app_public.users set is_listed = false where id = $1", [ada.id]);
    const socket = await server.socket({ token: bob.token });
    const id = await subscribe(server, socket, bob.id);
    const odd = [
      "",
      "null",
      "[]",
      "7",
      "{",
      '{"id":null}',
      '{"id":{"a":1}}',
      '{"id":"x"}',
      '{"id":"\\u0000"}',
      "x".repeat(7000),
    ];
    const forged = odd.concat(JSON.stringify({ id: ada.id }), JSON.stringify({ id: `${bob.id}' or true --` }));
    for (const payload of forged) await forge(pool, bob.id, payload);
    await rename(pool, bob.id, "Bob"); // had any of those been heard, it would have come before
    expect((await socket.next(result(id))).payload).toMatchObject({
      data: { meChanged: { id: bob.id, fullName: "Bob" } },
    });
    await forge(pool, bob.id, JSON.stringify({ id: bob.id })); // no harm: it shows what is so
    expect((await socket.next(result(id))).payload).toMatchObject({ data: { meChanged: { fullName: "Bob" } } });
    await socket.close();
  });

  test("is no longer listened to when nobody is subscribed, however often that happened", async ({
    server,
    member,
  }) => {
    const ada = await member();
    const socket = await server.socket({ token: ada.token });
    for (let i = 0; i < 25; i++) socket.send({ type: "complete", id: await subscribe(server, socket, ada.id) });
    const isSilent = () => !isListening(server, `user:${ada.id}`);
    await until("the server stops listening", isSilent);
    await subscribe(server, socket, ada.id);
    await socket.close();
    await until("the server stops listening", isSilent);
  });
});

describe("submissionChanged", () => {
  const watched = "subscription ($id: UUID!) { submissionChanged(taskId: $id) { id status } }";

  test("tells everybody of the open task, and of a sealed one operators alone", async ({ server, operator, pool }) => {
    await writePrompts(pool);
    await pool.query("update app_public.models set is_active = false");
    await makeArena(pool, { models: 1, isContestant: true });
    const [open = "", sealed = ""] = await writeDay(pool, utcDay(), 2);
    await dispatch(pool, utcDay());
    const { token } = await operator();
    const [visitor, root] = [await server.socket(), await server.socket({ token, path: "/operations/graphql" })];
    const seen = { open: visitor.begin(watched, { id: open }), sealed: visitor.begin(watched, { id: sealed }) };
    const all = { open: root.begin(watched, { id: open }), sealed: root.begin(watched, { id: sealed }) };
    await until("both surfaces listen to both", () => {
      const topics = server.log.filter(({ message }) => message === "listening to a topic").map(({ topic }) => topic);
      return [open, sealed].every((id) => topics.filter((topic) => topic === `submissions:${id}`).length === 2);
    });
    for (const id of [sealed, open]) {
      await pool.query("update app_public.submissions set status = 'running', started_at = now() where task_id = $1", [
        id,
      ]);
    }
    const running = { payload: { data: { submissionChanged: { status: "running" } } } };
    expect(await visitor.next(result(seen.open))).toMatchObject(running);
    expect(await root.next(result(all.sealed))).toMatchObject(running);
    expect(await root.next(result(all.open))).toMatchObject(running);
    await visitor.ask("{ me { id } }");
    expect(visitor.received.filter(({ type }) => type === "next")).toEqual([]);
    await Promise.all([visitor.close(), root.close()]);
  });

  test("knows a task however its id is written", async ({ server }) => {
    const socket = await server.socket();
    const topic = "submissions:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    for (const id of [topic.slice(12), topic.slice(12).toUpperCase(), topic.slice(12).replaceAll("-", "")]) {
      const begun = socket.begin(watched, { id });
      await until("the server listens", () => isListening(server, topic));
      socket.send({ type: "complete", id: begun });
      await until("it no longer does", () => !isListening(server, topic));
    }
    await socket.close();
  });
});

describe("a socket of a member", () => {
  test("closes when the token expires", async ({ server, member, issuer }) => {
    const ada = await member();
    const exp = Math.ceil(Date.now() / 1000) + 1;
    const socket = await server.socket({ token: await issuer.token(ada.subject, { claims: { exp } }) });
    await subscribe(server, socket, ada.id);
    expect(await socket.closed).toEqual({ code: 4403, reason: "TB005: The token has expired." });
    expect(Math.abs(Date.now() - exp * 1000)).toBeLessThan(300);
  });

  test("does not outlive a day, whatever the token says", async ({ server, member, issuer }) => {
    const { subject } = await member();
    const iat = Math.floor(Date.now() / 1000) - 24 * 3600 + 2;
    const socket = await server.socket({ token: await issuer.token(subject, { claims: { iat, exp: iat + 10 ** 9 } }) });
    expect(await socket.closed).toEqual({ code: 4403, reason: "TB005: The token has expired." });
  });

  test("who is banned answers nothing more", async ({ server, member, pool }) => {
    const ada = await member();
    const socket = await server.socket({ token: ada.token });
    const id = await subscribe(server, socket, ada.id);
    await pool.query("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [
      ada.id,
    ]);
    socket.begin("{ me { id } }");
    expect(await socket.closed).toEqual({ code: 4403, reason: "TB002: This account is suspended." });
    expect(socket.received.filter((message) => message.id !== id)).toEqual([]);
    await expect(server.socket({ token: ada.token })).rejects.toThrow("4403: TB002: This account is suspended.");
  });

  test("who is banned, or no operator any longer, closes by itself soon", async ({
    server,
    start,
    member,
    operator,
    pool,
  }) => {
    const strict = await start({}, { sockets: { ...server.config.sockets, recheckMs: 50 } });
    const [ada, bob, root] = [await member(), await member(), await operator()];
    const [hers, his] = [await strict.socket({ token: ada.token }), await strict.socket({ token: bob.token })];
    const rooted = await strict.socket({ token: root.token, path: "/operations/graphql" });
    expect(await rooted.ask("{ accounts(first: 1) { nodes { role } } }")).toMatchObject({ data: {} });
    await pool.query("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [
      ada.id,
    ]);
    expect(await hers.closed).toEqual({ code: 4403, reason: "TB002: This account is suspended." });
    await pool.query("update app_private.accounts set role = 'member' where user_id = $1", [root.id]);
    expect(await rooted.closed).toEqual({ code: 4403, reason: "TB004: Only operators may use this surface." });
    expect(await his.ask("{ me { id } }")).toMatchObject({ data: { me: { id: bob.id } } });
    await strict.close();
  });
});

describe("when the listening connection is lost", () => {
  test("subscriptions end with an error, and new ones hear again", async ({ server, member, pool }) => {
    const ada = await member();
    const socket = await server.socket({ token: ada.token });
    const first = await subscribe(server, socket, ada.id);
    await cut(pool);
    const end = await socket.next(result(first));
    expect([end.type, end.payload]).toEqual([
      "error",
      [
        {
          message: "The connection to the database was lost.",
          extensions: { code: "TB033", hint: "Subscribe again, and read anew what may have changed meanwhile." },
        },
      ],
    ]);
    const second = await subscribe(server, socket, ada.id);
    await rename(pool, ada.id, "Again");
    expect((await socket.next(result(second))).payload).toMatchObject({ data: { meChanged: { fullName: "Again" } } });
    await socket.close();
  });

  test("and none can be had, a subscription is refused rather than deaf", async ({
    server,
    member,
    pool,
    database,
  }) => {
    const ada = await member();
    const socket = await server.socket({ token: ada.token });
    await subscribe(server, socket, ada.id);
    await pool.query(`alter database ${database.name} connection limit 0`);
    await cut(pool);
    await until("the old one has ended", () => socket.received.some(({ type }) => type === "error"));
    const { errors } = await socket.ask(changed);
    expect(errors?.[0]?.extensions?.code).toBe("TB033");
    await pool.query(`alter database ${database.name} connection limit -1`);
    await subscribe(server, socket, ada.id);
    await socket.close();
  });
});
