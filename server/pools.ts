// server/main.ts, server/endpoint.ts -> [server/pools.ts] -> server/graphile.config.ts
// Connections by who they serve, so that a storm of visitors leaves members, subscriptions and the health check working.
import { setTimeout as delay } from "node:timers/promises";
import { makePgService } from "postgraphile/@dataplan/pg/adaptors/pg";
import type pg from "pg";
import { openPool } from "../db/cluster/connect.ts";
import type { Log } from "../process/log.ts";
import { Notifications } from "./notifications.ts";
import { oneTransaction } from "./transaction.ts";

export interface Pools {
  anonymous: pg.Pool;
  member: pg.Pool;
  notifications: Notifications;
  end(): Promise<void>;
}

export function openPools(url: string, surface: string, log: Log): Pools {
  const open = (name: string, max: number, hasPipeline = true) =>
    openPool(url, { name: `${surface} ${name}`, max, log, hasPipeline });
  const [anonymous, member, listen] = [open("anonymous", 8), open("member", 8), open("listen", 1, false)];
  const ends = [anonymous, member, listen].map((pool) => closer(pool));
  const notifications = new Notifications(listen, log);
  return {
    anonymous,
    member,
    notifications,
    async end() {
      await notifications.release();
      await Promise.all(ends.map((end) => end()));
    },
  };
}

/** How to end a pool: queries that still run get half a second, then their connections are cut. */
export function closer(pool: pg.Pool, patienceMs = 500): () => Promise<void> {
  const clients = new Set<pg.PoolClient>();
  pool.on("connect", (client) => clients.add(client)).on("remove", (client) => clients.delete(client));
  return async () => {
    const ended = pool.end();
    const patience = new AbortController();
    delay(patienceMs, undefined, { signal: patience.signal }).then(
      // Not end(): with a pipeline it waits for the queries that are under way.
      () =>
        clients.forEach((client) => (client as unknown as { connection: pg.Connection }).connection.stream.destroy()),
      () => undefined, // it ended by itself
    );
    await ended;
    patience.abort();
  };
}

/** A PostGraphile service whose requests take a connection from the pool of their seat. */
export function pgService(pools: Omit<Pools, "end">, schemas: string[]): GraphileConfig.PgServiceConfiguration {
  const service = makePgService({ pool: pools.anonymous, schemas, pgSubscriber: pools.notifications });
  const asAnonymous = oneTransaction(pools.anonymous);
  const asMember = oneTransaction(pools.member);
  const bySeat: typeof asAnonymous = (settings, work) =>
    (settings?.["role"] && settings["role"] !== "autobench_anon" ? asMember : asAnonymous)(settings, work);
  return { ...service, adaptor: { ...service.adaptor, createWithPgClient: () => bySeat } };
}
