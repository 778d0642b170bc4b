// server/testing/server.ts -> [server/testing/socket.ts] -> /graphql over WebSocket
// The graphql-transport-ws protocol by hand, so that a test can also break it.
import { once } from "node:events";
import { WebSocket } from "ws";
import type { AnswerError } from "./client.ts";

export interface Message {
  type: string;
  id?: string;
  payload?: unknown;
}

export interface Closed {
  code: number;
  reason: string;
}

export interface SocketOptions {
  path?: string;
  /** The connection parameters; `authorization` is made from `token`. */
  params?: Record<string, unknown>;
  token?: string | undefined;
  headers?: Record<string, string>;
  protocol?: string;
  /** Is told all that arrives, as it came: the answer to the upgrade, every frame, and how the connection closed. */
  heard?: (bytes: string) => void;
}

/** A connection that was refused before it was one. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`The upgrade was refused with ${status}.`);
    this.status = status;
  }
}

export class TestSocket {
  readonly raw: WebSocket;
  readonly closed: Promise<Closed>;
  readonly received: Message[] = [];
  #wake: (() => void)[] = [];
  #ids = 0;

  private constructor(raw: WebSocket) {
    this.raw = raw;
    this.closed = new Promise((resolve) => {
      raw.once("close", (code, reason) => {
        resolve({ code, reason: reason.toString("utf8") });
        for (const wake of this.#wake.splice(0)) wake();
      });
    });
    raw.on("error", () => undefined); // what is wrong shows in how it closes
    raw.on("message", (data) => {
      this.received.push(JSON.parse((data as Buffer).toString("utf8")) as Message);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** Opens the connection and says nothing yet. */
  static async connect(url: string, options: SocketOptions = {}): Promise<TestSocket> {
    const address = `${url.replace(/^http/, "ws")}${options.path ?? "/graphql"}`;
    const raw = new WebSocket(address, options.protocol ?? "graphql-transport-ws", { headers: options.headers ?? {} });
    const socket = new TestSocket(raw);
    const { heard } = options;
    if (heard) {
      raw.once("upgrade", ({ httpVersion, statusCode, statusMessage, rawHeaders }) =>
        heard([address, `HTTP/${httpVersion} ${statusCode} ${statusMessage}`, ...rawHeaders].join("\n")),
      );
      raw.on("message", (data) => heard((data as Buffer).toString("latin1")));
      raw.once("close", (code, reason) => heard(`${code} ${reason.toString("latin1")}`));
    }
    await new Promise<void>((resolve, reject) => {
      raw.once("open", resolve);
      raw.once("error", reject);
      raw.once("unexpected-response", (_request, response) => {
        reject(new Refused(response.statusCode ?? 0));
        raw.terminate();
      });
    });
    return socket;
  }

  /** Opens it and says who it is for; resolves when the server has agreed. */
  static async open(url: string, options: SocketOptions = {}): Promise<TestSocket> {
    const socket = await TestSocket.connect(url, options);
    const { token } = options;
    const payload = { ...options.params, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    socket.send({ type: "connection_init", payload });
    await socket.next((message) => message.type === "connection_ack");
    return socket;
  }

  send(message: Message): void {
    this.raw.send(JSON.stringify(message));
  }

  /** Begins an operation; returns its id. */
  begin(query: string, variables?: unknown): string {
    const id = String(++this.#ids);
    this.send({ type: "subscribe", id, payload: { query, variables } });
    return id;
  }

  /** Takes out the first message that fits, as soon as there is one; fails when the connection ends before. */
  async next(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.received.findIndex(fits);
      const [message] = at < 0 ? [] : this.received.splice(at, 1);
      if (message) return message;
      if (this.raw.readyState === WebSocket.CLOSED) {
        const { code, reason } = await this.closed;
        throw new Error(`The socket closed with ${code}: ${reason}`);
      }
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** The outcome of one operation that answers once: its data, or its errors. */
  async ask(query: string, variables?: unknown): Promise<{ data?: unknown; errors?: AnswerError[]; ms: number }> {
    const began = performance.now();
    const id = this.begin(query, variables);
    const { type, payload } = await this.next((message) => message.id === id && message.type !== "complete");
    const ms = performance.now() - began;
    return type === "error" ? { errors: payload as AnswerError[], ms } : { ...(payload as object), ms };
  }

  async close(): Promise<void> {
    if (this.raw.readyState === WebSocket.CLOSED) return;
    this.raw.close();
    await once(this.raw, "close");
  }
}
