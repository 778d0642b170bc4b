// worker/llm/faults.test.ts -> [worker/llm/testing/fault-server.ts] -> worker/llm/testing/faults.ts

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Protocol } from "../types.ts";
import { type Fault, type FaultName, faults, isFaultName } from "./faults.ts";

/** Faults before a request can be read, so each has a port of its own. Nothing is ever billed by them. */
export const connectionFaults = {
  reset_on_connect: (socket: Socket) => socket.resetAndDestroy(),
  tls_hang: () => undefined,
  tls_abort: (socket: Socket) => socket.once("data", () => socket.resetAndDestroy()),
  tls_not_spoken: (socket: Socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  refused: null, // last, so that its port, free again, goes to none of the others
} satisfies { [name: string]: ((socket: Socket) => void) | null };

export type ConnectionFaultName = keyof typeof connectionFaults;

export type LoggedRequest = {
  /** What was done to it; "unknown" for an address that names no fault. */
  fault: FaultName | "unknown";
  protocol: Protocol;
  method: string;
  path: string;
  headers: { [name: string]: string };
  /** As far as it was read before the fault struck. */
  body: string;
  /** Whether a provider would have billed it. */
  billed: boolean;
};

export type FaultServer = {
  /** Every request whose head arrived, in order of arrival. */
  log: LoggedRequest[];
  /** A provider's base URL under which each request meets this fault; "any" asks `pick`. */
  baseUrl: (fault: FaultName | ConnectionFaultName | "any", protocol: Protocol) => string;
  close: () => Promise<void>;
};

/**
 * A provider of both protocols that misbehaves on demand, written on bare sockets so that every byte is ours.
 * `pick` chooses the fault of requests to the "any" address: a bench gives it a random one.
 */
export async function startFaultServer(
  options: { pick?: (request: Omit<LoggedRequest, "fault" | "billed">) => FaultName } = {},
): Promise<FaultServer> {
  const log: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  const servers: Server[] = [];

  async function listen(onConnection: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy()); // the client may leave at any moment
      onConnection(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    return portOf(server);
  }

  const choose = (request: LoggedRequest, name: string): void => {
    const fault = name === "any" && options.pick !== undefined ? options.pick(request) : name;
    if (!isFaultName(fault)) return;
    request.fault = fault;
    request.billed = faults[fault].bills;
  };

  const port = await listen((socket) => serve(socket, log, choose));
  const ports = new Map<string, number>();
  for (const [name, act] of Object.entries(connectionFaults)) {
    ports.set(name, await listen(act ?? (() => undefined)));
    if (act === null) await closed(servers.pop()); // nobody listens there any more
  }

  return {
    log,
    baseUrl: (fault, protocol) => {
      const own = ports.get(fault);
      const origin = own === undefined ? `http://127.0.0.1:${port}/${fault}` : `${schemeOf(fault)}://127.0.0.1:${own}`;
      return protocol === "openai" ? `${origin}/v1` : origin;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map(closed));
    },
  };
}

/** Reads one request and hands the connection to its fault. */
function serve(socket: Socket, log: LoggedRequest[], choose: (request: LoggedRequest, name: string) => void): void {
  let received = Buffer.alloc(0);
  let request: LoggedRequest | null = null;
  let isDone = false;
  socket.on("data", (bytes) => {
    if (isDone) return;
    received = Buffer.concat([received, bytes]);
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    if (request === null) {
      request = parseHead(received.toString("latin1", 0, headEnd));
      log.push(request);
      choose(request, request.path.split("/")[1] ?? "");
    }
    const fault: Fault | undefined = request.fault === "unknown" ? undefined : faults[request.fault];
    const body = received.subarray(headEnd + 4);
    const isWhole = body.length >= Number(request.headers["content-length"] ?? 0);
    if (!isWhole && fault?.isEarly !== true) return;
    isDone = true;
    request.body = body.toString("utf8");
    if (fault === undefined) socket.end("HTTP/1.1 418 No such fault\r\ncontent-length: 0\r\n\r\n");
    else fault.act({ socket, protocol: request.protocol, ...timers(socket) });
  });
}

function timers(socket: Socket) {
  return {
    every: (ms: number, act: () => void) => {
      const timer = setInterval(act, ms);
      socket.once("close", () => clearInterval(timer));
    },
    after: (ms: number, act: () => void) => {
      const timer = setTimeout(act, ms);
      socket.once("close", () => clearTimeout(timer));
    },
  };
}

function parseHead(head: string): LoggedRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const protocol = path.endsWith("/chat/completions") ? "openai" : "anthropic";
  return { fault: "unknown", protocol, method, path, headers, body: "", billed: false };
}

function schemeOf(fault: string): string {
  return fault.startsWith("tls_") ? "https" : "http";
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

async function closed(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  server.close();
  await once(server, "close");
}
