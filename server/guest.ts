// server/sockets.ts -> [server/guest.ts] -> server/identity/caller.ts
// One socket: who it acts for and until when, and how much it may have under way.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import type { Log } from "../process/log.ts";
import type { SocketLimits } from "./config.ts";
import { RequestError } from "./errors.ts";
import { type Caller, type Identify, setCaller } from "./identity/caller.ts";

export interface GuestOptions {
  socket: WebSocket;
  request: IncomingMessage;
  identify: Identify;
  admits: (caller: Caller | undefined) => boolean;
  limits: SocketLimits;
  log: Log;
}

/** Close codes of the protocol. A client comes back by itself after 4403 and 1013, with a new token if it has one. */
const codes = { unauthorized: 4401, forbidden: 4403, flood: 1008, internal: 4500, away: 1013, goodbye: 1001 };
const longestTimer = 2 ** 31 - 1;

export class Guest {
  readonly #options: GuestOptions;
  #authorization: string | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #underWay = 0;
  #unanswered = 0;

  constructor(options: GuestOptions) {
    this.#options = options;
    options.socket.on("pong", () => (this.#unanswered = 0));
  }

  get #isOpen(): boolean {
    return this.#options.socket.readyState === this.#options.socket.OPEN;
  }

  #close(code: number, reason: string): void {
    this.#options.socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, 123)
        .toString("utf8")
        .replace(/\uFFFD$/, ""),
    );
  }

  #refuse(error: unknown): void {
    const known = error instanceof RequestError ? error : undefined;
    if (!known) this.#options.log.error("a socket's token could not be checked", { error });
    const byStatus: Record<number, number> = { 401: codes.unauthorized, 403: codes.forbidden, 503: codes.away };
    const code = byStatus[known?.status ?? 500] ?? codes.internal;
    this.#close(code, known ? `${known.code}: ${known.message}` : "TB000: Something went wrong here.");
  }

  /** What the client says first: who it is, in the same words as the header of a request. */
  async arrive(params: Readonly<Record<string, unknown>> | undefined): Promise<boolean> {
    const authorization = params?.["authorization"] ?? params?.["Authorization"];
    if (authorization !== undefined && authorization !== null && typeof authorization !== "string") {
      this.#refuse(new RequestError(401, "TB005", "The connection parameter authorization must be a text."));
      return false;
    }
    this.#authorization = authorization ?? undefined;
    try {
      await this.#identify();
    } catch (error) {
      this.#refuse(error);
    }
    return this.#isOpen;
  }

  /** Whether the guest still is who they were: a ban, or an operator's rights taken away, counts from the next look on. */
  async mayStay(): Promise<boolean> {
    if (this.#authorization === undefined || !this.#isOpen) return this.#isOpen;
    try {
      await this.#identify();
    } catch (error) {
      // While the database or the issuer is away, what was known holds on, and not longer than the token.
      if (!(error instanceof RequestError && error.status === 503)) this.#refuse(error);
    }
    return this.#isOpen;
  }

  async #identify(): Promise<void> {
    const { request, identify, admits } = this.#options;
    const caller = await identify(this.#authorization);
    if (!admits(caller)) {
      throw caller
        ? new RequestError(403, "TB004", "Only operators may use this surface.")
        : new RequestError(401, "TB001", "You are not signed in.");
    }
    setCaller(request, caller);
    clearTimeout(this.#expiry);
    if (!caller || !this.#isOpen) return;
    // What a subscriber may see was decided when they subscribed: not longer than their token holds.
    const left = Math.min(Math.max(0, caller.expiresAt.getTime() - Date.now()), longestTimer);
    this.#expiry = setTimeout(() => this.#close(codes.forbidden, "TB005: The token has expired."), left).unref();
  }

  /** Handles a message, unless too many are under way already; a running subscription counts as one. */
  take(handle: () => Promise<void>): void {
    if (!this.#isOpen) return;
    if (this.#underWay >= this.#options.limits.messages) {
      return this.#close(codes.flood, "TB031: Too many messages at once.");
    }
    this.#underWay++;
    handle()
      .catch((error: unknown) => {
        if (!this.#isOpen) return; // the answer had nowhere to go
        this.#options.log.error("a socket's message failed inside", {
          error,
          stack: error instanceof Error ? error.stack : undefined,
        });
        this.#close(codes.internal, "TB000: Something went wrong here.");
      })
      .finally(() => this.#underWay--);
  }

  /** Cuts off a guest who has not answered the last two pings (one may be our own delay), and sends the next. */
  beat(): void {
    const { socket } = this.#options;
    if (++this.#unanswered > 2) return socket.terminate();
    if (this.#isOpen) socket.ping();
  }

  async goodbye(): Promise<void> {
    const { socket } = this.#options;
    if (socket.readyState === socket.CLOSED) return;
    const closed = once(socket, "close");
    this.#close(codes.goodbye, "The server is stopping.");
    await closed;
  }

  leave(): void {
    clearTimeout(this.#expiry);
  }
}
