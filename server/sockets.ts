// /graphql (upgrade) -> [server/sockets.ts] -> PostGraphile
// GraphQL over WebSocket, with the limits that the stock handler lacks: frame size, origin, sockets and operations.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { useServer } from "graphql-ws/use/ws";
import { makeGraphQLWSConfig, type GrafservBase } from "postgraphile/grafserv";
import { GraphQLError } from "postgraphile/graphql";
import { WebSocketServer } from "ws";
import type { Log } from "../process/log.ts";
import { limits } from "./guard/limits.ts";
import { type Caller, type Identify, setCaller } from "./identity/caller.ts";
import { RequestError } from "./errors.ts";

export interface SocketOptions {
  serv: GrafservBase;
  identify: Identify;
  /** Who may use this surface; visitors are `undefined`. */
  admits: (caller: Caller | undefined) => boolean;
  origins: readonly string[];
  addressOf: (request: IncomingMessage) => string;
  log: Log;
}

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
  size(): number;
}

export const socketLimits = { perAddress: 20, inAll: 2000, operations: 10, initMs: 3000 };
const unauthorized = 4401;
const longestTimer = 2 ** 31 - 1;

export function makeSockets(options: SocketOptions): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.bytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("graphql-transport-ws") ? "graphql-transport-ws" : false),
  });
  server.on("error", (error) => options.log.warn("the socket server had an error", { error }));
  const stock = makeGraphQLWSConfig(options.serv);
  const expiry = new WeakMap<object, NodeJS.Timeout>();
  const handler = useServer<Record<string, unknown>>(
    {
      ...(stock as object),
      connectionInitWaitTimeout: socketLimits.initMs,
      async onConnect(ctx) {
        const { socket, request } = ctx.extra;
        let caller: Caller | undefined;
        try {
          const authorization = ctx.connectionParams?.["authorization"] ?? ctx.connectionParams?.["Authorization"];
          caller = await options.identify(typeof authorization === "string" ? authorization : undefined);
        } catch (error) {
          const reason = error instanceof RequestError ? error.message : "The token could not be checked.";
          socket.close(unauthorized, reason.slice(0, 120));
          return false;
        }
        if (!options.admits(caller)) {
          socket.close(unauthorized, "You may not use this surface.");
          return false;
        }
        setCaller(request, caller);
        if (caller) {
          // What a subscriber may see was decided when they subscribed: not longer than their token holds.
          const left = Math.min(Math.max(0, caller.expiresAt.getTime() - Date.now()), longestTimer);
          expiry.set(socket, setTimeout(() => socket.close(unauthorized, "The token has expired."), left).unref());
        }
        return true;
      },
      onDisconnect(ctx) {
        clearTimeout(expiry.get(ctx.extra.socket));
      },
      onSubscribe(ctx, id, payload) {
        if (Object.keys(ctx.subscriptions).length > socketLimits.operations) {
          return [new GraphQLError("Too many operations on one socket.", { extensions: { code: "TB031" } })];
        }
        return stock.onSubscribe?.(ctx, id, payload);
      },
      async subscribe(args) {
        const results: unknown = await stock.subscribe?.(args);
        return (isStream(results) ? withoutHidden(results) : results) as never;
      },
    },
    server,
  );

  const open = new Map<string, number>();
  return {
    size: () => server.clients.size,
    upgrade(request, socket, head) {
      const refuse = (status: string) =>
        void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      const address = options.addressOf(request);
      const count = open.get(address) ?? 0;
      const { origin } = request.headers;
      if (origin !== undefined && !options.origins.includes(origin)) return refuse("403 Forbidden");
      if (count >= socketLimits.perAddress || server.clients.size >= socketLimits.inAll)
        return refuse("429 Too Many Requests");
      open.set(address, count + 1);
      socket.once("close", () => {
        const left = (open.get(address) ?? 1) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      });
      server.handleUpgrade(request, socket, head, (client) => server.emit("connection", client, request));
    },
    async close() {
      // Says goodbye to every client with 1001; one that does not answer is cut off.
      const cut = setTimeout(() => server.clients.forEach((client) => client.terminate()), 1000);
      await handler.dispose();
      clearTimeout(cut);
    },
  };
}

interface Result {
  data?: Record<string, unknown> | null;
  errors?: readonly unknown[];
}

function isStream(value: unknown): value is AsyncIterableIterator<Result> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** A row that the subscriber may not see comes as null: they are told nothing at all, not even that something happened. */
async function* withoutHidden(results: AsyncIterableIterator<Result>): AsyncGenerator<Result> {
  for await (const result of results) {
    const isVisible = Object.values(result.data ?? {}).some((value) => value !== null && value !== undefined);
    if (isVisible || result.errors?.length) yield result;
  }
}
