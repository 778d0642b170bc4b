// server/main.ts -> [server/pools.ts] -> server/graphile.config.ts
// Connections by who they serve, so that a storm of visitors leaves members, subscriptions and the health check working.
import { makePgAdaptorWithPgClient, makePgService, PgSubscriber } from "postgraphile/@dataplan/pg/adaptors/pg";
import type pg from "pg";
import { openPool } from "../db/cluster/connect.ts";
import type { Log } from "../process/log.ts";

export interface Pools {
  anonymous: pg.Pool;
  member: pg.Pool;
  subscriber: PgSubscriber;
  end(): Promise<void>;
}

export function openPools(url: string, surface: string, log: Log): Pools {
  const open = (name: string, max: number) => openPool(url, { name: `${surface} ${name}`, max, log });
  const [anonymous, member, listen] = [open("anonymous", 8), open("member", 8), open("listen", 1)];
  const subscriber = new PgSubscriber(listen);
  return {
    anonymous,
    member,
    subscriber,
    async end() {
      subscriber.release(); // it holds its connection for as long as somebody listens, and a pool waits for it
      await Promise.all([anonymous.end(), member.end(), listen.end()]);
    },
  };
}

/** A PostGraphile service whose requests take a connection from the pool of their seat. */
export function pgService(pools: Pools, schemas: string[]): GraphileConfig.PgServiceConfiguration {
  const service = makePgService({ pool: pools.anonymous, schemas, pgSubscriber: pools.subscriber });
  const asAnonymous = makePgAdaptorWithPgClient(pools.anonymous);
  const asMember = makePgAdaptorWithPgClient(pools.member);
  const bySeat: typeof asAnonymous = (settings, work) =>
    (settings?.["role"] && settings["role"] !== "autobench_anon" ? asMember : asAnonymous)(settings, work);
  return { ...service, adaptor: { ...service.adaptor, createWithPgClient: () => bySeat } };
}
