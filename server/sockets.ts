// /graphql (upgrade) -> [server/sockets.ts] -> server/guest.ts, PostGraphile
// GraphQL over WebSocket, with the limits that the stock handler lacks: frame size, origin, sockets, messages, operations.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from "graphql-ws";
import { makeGraphQLWSConfig, type GrafservBase } from "postgraphile/grafserv";
import { GraphQLError } from "postgraphile/graphql";
import { type WebSocket, WebSocketServer } from "ws";
import type { Log } from "../process/log.ts";
import type { AddressOf } from "./address.ts";
import type { SocketLimits } from "./config.ts";
import { limits } from "./guard/limits.ts";
import { Guest } from "./guest.ts";
import type { Caller, Identify } from "./identity/caller.ts";
import { tooMany, type TakeOne } from "./rate.ts";
import { withoutHidden } from "./visible.ts";

export interface SocketOptions {
  serv: GrafservBase;
  identify: Identify;
  /** Who may use this surface; visitors are `undefined`. */
  admits: (caller: Caller | undefined) => boolean;
  isOrigin: (origin: string) => boolean;
  addressOf: AddressOf;
  /** Looks who votes, by the cookie that came with the request. */
  recognise: (request: IncomingMessage) => void;
  takeOne: TakeOne;
  limits: SocketLimits;
  log: Log;
}

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

interface Extra extends Record<string, unknown> {
  socket: WebSocket;
  request: IncomingMessage;
  guest: Guest;
}

/** Answers a request to become a socket with a status, and lets go of the connection. */
export function refuseUpgrade(socket: Duplex, status: string, headers = ""): void {
  socket.once("finish", () => socket.destroy()); // else the other side could keep it half open for ever
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n${headers}\r\n`);
}

export function makeSockets(options: SocketOptions): Sockets {
  const { log } = options;
  const wire = new WebSocketServer({
    noServer: true,
    maxPayload: limits.bytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  const stock = makeGraphQLWSConfig(options.serv);
  const graphql = makeServer<Record<string, unknown>, Extra>({
    ...(stock as object),
    connectionInitWaitTimeout: options.limits.initMs,
    onConnect: (ctx) => ctx.extra.guest.arrive(ctx.connectionParams),
    async onSubscribe(ctx, id, payload) {
      if (Object.keys(ctx.subscriptions).length > options.limits.operations) {
        const hint = `At most ${options.limits.operations} run at once.`;
        return [new GraphQLError("Too many operations on one socket.", { extensions: { code: "TB031", hint } })];
      }
      const seconds = options.takeOne(ctx.extra.request);
      if (seconds > 0) return [new GraphQLError("", { originalError: tooMany(seconds) })];
      if (!(await ctx.extra.guest.mayStay())) return [new GraphQLError("The socket is closing.")];
      return stock.onSubscribe?.(ctx, id, payload);
    },
    async subscribe(args) {
      return withoutHidden(await stock.subscribe?.(args)) as never;
    },
  });

  const guests = new Set<Guest>();
  const welcome = (socket: WebSocket, request: IncomingMessage): void => {
    options.recognise(request);
    const guest = new Guest({ ...options, socket, request });
    guests.add(guest);
    const closed = graphql.opened(
      {
        protocol: socket.protocol,
        send: (text) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve();
            socket.send(text, (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on("message", (data) => guest.take(() => handle((data as Buffer).toString("utf8")))),
      },
      { socket, request, guest },
    );
    socket.on("error", (error) => log.debug("a socket broke", { error }));
    socket.once("close", (code, reason) => {
      guests.delete(guest);
      guest.leave();
      closed(code, String(reason)).catch((error: unknown) => log.warn("a socket did not end cleanly", { error }));
    });
  };

  const beat = setInterval(() => {
    for (const guest of guests) guest.beat();
  }, options.limits.beatMs).unref();
  let isRechecking = false;
  const recheck = setInterval(async () => {
    if (isRechecking) return;
    isRechecking = true;
    for (const guest of guests) await guest.mayStay(); // one after another: signing in has few connections
    isRechecking = false;
  }, options.limits.recheckMs).unref();

  const open = new Map<string, number>();
  let isClosing = false;
  return {
    upgrade(request, socket, head) {
      const address = options.addressOf(request);
      const count = open.get(address) ?? 0;
      const { origin } = request.headers;
      if (isClosing) return refuseUpgrade(socket, "503 Service Unavailable");
      if (origin !== undefined && !options.isOrigin(origin)) return refuseUpgrade(socket, "403 Forbidden");
      const seconds = options.takeOne(request);
      if (seconds > 0) return refuseUpgrade(socket, "429 Too Many Requests", `retry-after: ${seconds}\r\n`);
      if (count >= options.limits.perAddress || guests.size >= options.limits.inAll)
        return refuseUpgrade(socket, "429 Too Many Requests");
      open.set(address, count + 1);
      socket.once("close", () => {
        const left = (open.get(address) ?? 1) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      });
      wire.handleUpgrade(request, socket, head, welcome);
    },
    async close() {
      isClosing = true;
      clearInterval(beat);
      clearInterval(recheck);
      const gone = [...guests].map((guest) => guest.goodbye());
      const patience = new AbortController();
      const cut = delay(options.limits.closeMs, undefined, { signal: patience.signal }).then(
        () => wire.clients.forEach((client) => client.terminate()),
        () => undefined, // all have gone
      );
      await Promise.all(gone);
      patience.abort();
      await cut;
      wire.close();
    },
  };
}
