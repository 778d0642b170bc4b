// server/sockets.ts, server/guest.ts -> [server/sockets.test.ts]
// What a socket may not do (G17 and its kin). Each ends quickly, with a code and a reason, and hurts nobody else.
import { once } from "node:events";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { describe, expect, test, until } from "./testing/server.ts";
import { memoryInUse } from "./testing/attack.ts";
import { collect, dial, exchange } from "./testing/raw.ts";
import { Refused, TestSocket } from "./testing/socket.ts";

const me = "{ me { id username } }";
const upgrade = (path: string, extra = "") =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n` +
  `sec-websocket-key: ${Buffer.alloc(16).toString("base64")}\r\nsec-websocket-protocol: graphql-transport-ws\r\n${extra}\r\n`;

describe("a socket", () => {
  test("answers a visitor and a member, each as who they are", async ({ server, member }) => {
    const [ada, visitor] = [await member(), await server.socket()];
    const socket = await server.socket({ token: ada.token });
    expect(await visitor.ask(me)).toMatchObject({ data: { me: null } });
    expect(await socket.ask(me)).toMatchObject({ data: { me: { id: ada.id, username: ada.username } } });
    await Promise.all([visitor.close(), socket.close()]);
  });

  test("is understood by the usual client", async ({ server, member }) => {
    const { token, id } = await member();
    const client = createClient({
      url: server.url.replace("http", "ws") + "/graphql",
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const results = client.iterate<{ me: { id: string } }>({ query: me });
    expect(await results.next()).toMatchObject({ value: { data: { me: { id } } } });
    expect(await results.next()).toMatchObject({ done: true });
    await client.dispose();
  });
});

describe("an upgrade", () => {
  const origin = (name: string) => ({ headers: { origin: name } });

  test("is refused to pages of other origins", async ({ server }) => {
    for (const evil of [
      "https://evil.example",
      "null",
      `http://127.0.0.1:${server.port}.evil.example`,
      "http://127.0.0.1:1",
    ]) {
      const took: number[] = [];
      for (let i = 0; i < 3; i++) {
        const began = performance.now();
        await expect(server.socket(origin(evil))).rejects.toMatchObject({ status: 403 });
        took.push(performance.now() - began);
      }
      expect(Math.min(...took)).toBeLessThan(50);
    }
  });

  test("is granted to the site's own pages and to those that are listed", async ({ server, start }) => {
    const listing = await start({ CORS_ORIGINS: "https://a.example" });
    const open = await Promise.all([
      server.socket(origin(server.url)),
      server.socket(origin(`http://localhost:${server.port}`)),
      listing.socket(origin("https://a.example")),
    ]);
    for (const socket of open) await socket.close();
    await listing.close();
  });

  test("anywhere else is refused with 404, and the connection let go of", async ({ server }) => {
    for (const path of ["/", "/graphql/x", "/operations", "/graphiql"]) {
      await expect(server.socket({ path })).rejects.toMatchObject({ status: 404 });
    }
    const half = dial(server.port, true); // which would never close its side by itself
    half.write(upgrade("/nothing"));
    const answer = collect(half);
    await once(half, "end");
    const writing = setInterval(() => half.write("x"), 10); // accepted for as long as the other side holds on
    expect(await answer).toMatch(/^HTTP\/1.1 404 /);
    clearInterval(writing);
  });

  test("that is malformed is refused", async ({ server }) => {
    const { text } = await exchange(
      server.port,
      upgrade("/graphql").replace(/sec-websocket-key: \S+/, "sec-websocket-key: x"),
    );
    expect(text).toMatch(/^HTTP\/1.1 400 /);
  });

  test("is granted twenty times to one address", async ({ start }) => {
    const server = await start();
    const open = await Promise.all(Array.from({ length: 20 }, () => server.socket()));
    await expect(server.socket()).rejects.toMatchObject({ status: 429 });
    await expect(server.socket({ headers: { "x-forwarded-for": "10.0.0.1" } })).rejects.toMatchObject({ status: 429 });
    await open[0]!.close();
    await until("the place is free again", () =>
      server.socket().then(
        () => true,
        () => false,
      ),
    );
    await server.close();
  });

  test("is granted two thousand times in all, and no more", async ({ server, start }) => {
    const strict = await start({}, { sockets: { ...server.config.sockets, perAddress: 100, inAll: 5 } });
    const tries = await Promise.allSettled(Array.from({ length: 9 }, () => strict.socket()));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    for (const { status, reason } of tries.filter((one) => one.status === "rejected")) {
      expect([status, reason instanceof Refused && reason.status]).toEqual(["rejected", 429]);
    }
  });

  test("has these limits unless it is told otherwise", ({ server }) => {
    expect(server.config.sockets).toEqual({
      perAddress: 20,
      inAll: 2000,
      operations: 10,
      messages: 50,
      initMs: 3000,
      beatMs: 15_000,
      recheckMs: 60_000,
      closeMs: 1000,
    });
  });
});

describe("a socket is closed", () => {
  test.for([
    ["with another protocol", 4406, { protocol: "graphql-ws" }],
    ["with a protocol of its own", 4406, { protocol: "x" }],
  ] as const)("%s, with %i", async ([, code, options], { server }) => {
    const socket = await TestSocket.connect(server.url, options).catch(() => undefined);
    // Without a common protocol the client may hang up before the server does.
    if (socket) expect((await socket.closed).code).toBe(code);
  });

  test.for([
    ["a frame of 32 KB and a byte", 1009, "x".repeat(32_769)],
    ["a frame of 5 MB", 1009, "x".repeat(5_000_000)],
    ["no JSON", 4400, "hello"],
    ["JSON that is no message", 4400, "[1]"],
    ["a message that nobody knows", 4400, '{"type":"dance"}'],
    ["a query without an id", 4400, '{"type":"subscribe","payload":{"query":"{ me { id } }"}}'],
    ["a query without a payload", 4400, '{"type":"subscribe","id":"1"}'],
    [
      "variables that are a list",
      4400,
      '{"type":"subscribe","id":"1","payload":{"query":"{ me { id } }","variables":[1]}}',
    ],
    ["an introduction again", 4429, '{"type":"connection_init"}'],
    ["JSON a thousand times within itself", 4400, "[".repeat(15_000) + "]".repeat(15_000)],
  ] as const)("after %s, with %i", async ([, code, text], { server }) => {
    const socket = await server.socket();
    const began = performance.now();
    socket.raw.send(text);
    const closed = await socket.closed;
    expect(closed.code).toBe(code);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("after a query before its introduction, with 4401", async ({ server }) => {
    const socket = await TestSocket.connect(server.url);
    socket.begin(me);
    expect(await socket.closed).toEqual({ code: 4401, reason: "Unauthorized" });
  });

  test("after an id that is in use, with 4409", async ({ server }) => {
    const socket = await server.socket();
    socket.begin("subscription { meChanged { id } }");
    socket.send({ type: "subscribe", id: "1", payload: { query: me } });
    expect((await socket.closed).code).toBe(4409);
  });

  test("when it says nothing for three seconds, with 4408", async ({ server, start }) => {
    const strict = await start({}, { sockets: { ...server.config.sockets, initMs: 100 } });
    const socket = await TestSocket.connect(strict.url);
    const began = performance.now();
    expect((await socket.closed).code).toBe(4408);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("when it no longer answers", async ({ server, start }) => {
    const strict = await start({}, { sockets: { ...server.config.sockets, beatMs: 100, initMs: 60_000 } });
    const fine = await strict.socket();
    const deaf = dial(strict.port);
    deaf.write(upgrade("/graphql")); // and then never a word
    expect(await collect(deaf)).toMatch(/^HTTP\/1.1 101 /);
    expect(await fine.ask(me)).toMatchObject({ data: { me: null } });
    await strict.close();
  });

  test("when it is flooded: 10,000 messages at once, with 1008", async ({ server }) => {
    const other = await server.socket();
    const before = memoryInUse();
    const socket = await server.socket();
    for (let i = 0; i < 10_000; i++) socket.begin(me);
    const began = performance.now();
    const closed = await socket.closed;
    expect(closed).toEqual({ code: 1008, reason: "TB031: Too many messages at once." });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await other.ask(me)).toMatchObject({ data: { me: null } });
    expect(memoryInUse().heap - before.heap).toBeLessThan(20);
    await other.close();
  });
});

describe("on one socket", () => {
  test("ten operations run at once, and no more", async ({ server }) => {
    const socket = await server.socket();
    const running = Array.from({ length: 10 }, () => socket.begin("subscription { meChanged { id } }"));
    const { errors } = await socket.ask(me);
    expect(errors?.[0]).toMatchObject({ message: "Too many operations on one socket.", extensions: { code: "TB031" } });
    socket.send({ type: "complete", id: running[0]! });
    expect(await socket.ask(me)).toMatchObject({ data: { me: null } });
    await socket.close();
  });

  test("five hundred operations one after another leave nothing behind", async ({ server }) => {
    const socket = await server.socket();
    for (let i = 0; i < 100; i++) await socket.ask(me);
    const before = memoryInUse();
    for (let i = 0; i < 400; i++) await socket.ask(me);
    expect(memoryInUse().heap - before.heap).toBeLessThan(10);
    await socket.close();
  });

  test("five hundred sockets one after another leave nothing behind", async ({ server }) => {
    const visit = async () => (await server.socket()).close();
    for (let i = 0; i < 100; i++) await visit();
    const before = memoryInUse();
    for (let i = 0; i < 400; i++) await visit();
    expect(memoryInUse().heap - before.heap).toBeLessThan(10);
  });
});

describe("all of this", () => {
  test("is no error of the server's", ({ server }) => {
    expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
