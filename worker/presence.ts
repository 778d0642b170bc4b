// worker/main.ts -> [worker/presence.ts] -> app_private.worker_arrives(), worker_beat(), worker_leaves()
// Says that this worker lives, on a connection of its own that holds its lock, and takes over the jobs of dead ones.
import pg from "pg";
import { oneRow } from "../db/cluster/connect.ts";
import type { Log } from "../process/log.ts";
import type { WorkerConfig } from "./config.ts";

export interface Presence {
  stop(): Promise<void>;
}

export async function announce(
  url: string,
  poolId: string,
  config: Pick<WorkerConfig, "host" | "beatMs" | "deadAfter">,
  log: Log,
): Promise<Presence> {
  let connection: pg.Client | undefined;
  let id: number | null = null;
  let beating: Promise<void> | undefined;
  let isStopped = false;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: "autobench worker presence",
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    });
    client.on("error", (error) => {
      log.warn("the presence connection broke", { error });
      if (connection === client) connection = undefined;
    });
    await client.connect();
    // The lock must be let go soon after this machine vanishes without a goodbye.
    await client.query("set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3");
    ({ id } = await oneRow<{ id: number }>(
      client,
      "select app_private.worker_arrives($1::int, $2::text, $3::text, $4::int) as id",
      [id, poolId, config.host, process.pid],
    ));
    connection = client;
    return client;
  };

  const beat = async (): Promise<void> => {
    try {
      const client = connection ?? (await connect());
      const { dead } = await oneRow<{ dead: string[] }>(
        client,
        "select app_private.worker_beat($1::int, $2::text, $3::interval) as dead",
        [id, poolId, config.deadAfter],
      );
      if (dead.length) log.warn("took over the jobs of dead workers", { dead });
    } catch (error) {
      log.warn("could not say that this worker lives", { error });
    }
  };

  await connect();
  await beat();
  const timer = setInterval(() => {
    if (!isStopped) beating ??= beat().finally(() => (beating = undefined));
  }, config.beatMs);
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await beating;
      try {
        await connection?.query("select app_private.worker_leaves($1::int)", [id]);
      } finally {
        await connection?.end();
      }
    },
  };
}
