// pg_notify (SQL triggers) -> [server/notifications.ts] -> server/plugins/subscriptions.ts
// LISTEN for all subscribers of one surface, on one connection. The library's own listener keeps retrying in silence while
// the database is away; here a subscription that cannot hear is refused, and one that may have missed something ends.
import type pg from "pg";
import type { Log } from "../process/log.ts";
import { RequestError } from "./errors.ts";

const mostUnread = 1000;
const beatMs = 30_000;

type Result = IteratorResult<string, undefined>;

/** One subscriber's notifications. */
class Listener implements AsyncIterableIterator<string, undefined> {
  readonly #unread: string[] = [];
  readonly #waiting: PromiseWithResolvers<Result>[] = [];
  readonly #leave: () => void;
  #isOver = false;
  #error: Error | undefined;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  hear(payload: string): void {
    const first = this.#waiting.shift();
    if (first) first.resolve({ done: false, value: payload });
    else if (this.#unread.push(payload) > mostUnread) this.finish(interrupted("Too much was left unread."));
  }

  finish(error?: Error): void {
    if (this.#isOver) return;
    [this.#isOver, this.#error] = [true, error];
    this.#unread.length = 0;
    this.#leave();
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(this.#over());
  }

  async #over(): Promise<Result> {
    if (this.#error) throw this.#error;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const value = this.#unread.shift();
    if (value === undefined && this.#isOver) return this.#over();
    const waiting = Promise.withResolvers<Result>();
    if (value === undefined) this.#waiting.push(waiting);
    else waiting.resolve({ done: false, value });
    return waiting.promise;
  }

  async return(): Promise<Result> {
    this.finish();
    return { done: true, value: undefined };
  }

  async throw(error: Error): Promise<Result> {
    this.finish(error);
    throw error;
  }
}

interface Connection {
  client: pg.PoolClient;
  /** Gives the connection up, once. */
  drop: () => void;
}

export class Notifications {
  readonly #pool: pg.Pool;
  readonly #log: Log;
  readonly #listeners = new Map<string, Set<Listener>>();
  #heard = new Set<string>();
  #connection: Promise<Connection> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(pool: pg.Pool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** The topics that are listened to, for tests and metrics. */
  get topics(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  /** Resolves once the database has agreed to notify: nothing that happens from then on is missed. */
  async subscribe(topic: string): Promise<AsyncIterableIterator<string, undefined>> {
    const listener = new Listener(() => this.#leave(topic, listener));
    const others = this.#listeners.get(topic);
    if (others) others.add(listener);
    else this.#listeners.set(topic, new Set([listener]));
    try {
      await this.#agree();
    } catch (error) {
      listener.finish();
      throw error;
    }
    return listener;
  }

  async release(): Promise<void> {
    for (const listener of this.#all()) listener.finish();
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.then(
      ({ drop }) => drop(),
      () => undefined, // it was never made
    );
  }

  #all(): Listener[] {
    return [...this.#listeners.values()].flatMap((set) => [...set]);
  }

  #leave(topic: string, listener: Listener): void {
    const set = this.#listeners.get(topic);
    if (!set?.delete(listener) || set.size) return;
    this.#listeners.delete(topic);
    if (this.#connection) this.#agree().catch(() => undefined); // a lost connection hears nothing anyway
  }

  /** Makes what the connection listens to what is wanted; one at a time. */
  #agree(): Promise<void> {
    const mine = this.#turn.then(() => this.#listen());
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #listen(): Promise<void> {
    const { client } = await (this.#connection ??= this.#connect());
    for (const topic of this.#listeners.keys()) {
      if (this.#heard.has(topic)) continue;
      await client.query(`listen ${client.escapeIdentifier(topic)}`);
      this.#heard.add(topic);
      this.#log.debug("listening to a topic", { topic });
    }
    for (const topic of this.#heard) {
      if (this.#listeners.has(topic)) continue;
      await client.query(`unlisten ${client.escapeIdentifier(topic)}`);
      this.#heard.delete(topic);
      this.#log.debug("no longer listening to a topic", { topic });
    }
  }

  async #connect(): Promise<Connection> {
    this.#heard = new Set();
    const client = await this.#pool.connect().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    let isDropped = false;
    const drop = (): void => {
      if (isDropped) return;
      isDropped = true;
      clearInterval(beat);
      client.off("notification", hear);
      client.release(true);
    };
    const lost = (error?: Error): void => {
      if (isDropped) return;
      drop();
      this.#connection = undefined;
      const listeners = this.#all();
      this.#log.warn("the connection for notifications was lost", { listeners: listeners.length, error });
      this.#listeners.clear();
      for (const listener of listeners) listener.finish(interrupted("The connection to the database was lost."));
    };
    const hear = ({ channel, payload = "" }: pg.Notification): void => {
      for (const listener of this.#listeners.get(channel) ?? []) listener.hear(payload);
    };
    // A connection that is never used may be cut off in between without a word.
    const beat = setInterval(() => {
      client.query({ text: "select", query_timeout: 5000 } as pg.QueryConfig).catch(lost);
    }, beatMs).unref();
    client
      .on("notification", hear)
      .on("error", lost)
      .on("end", () => lost());
    return { client, drop };
  }
}

function interrupted(message: string): RequestError {
  return new RequestError(503, "TB033", message, "Subscribe again, and read anew what may have changed meanwhile.");
}
