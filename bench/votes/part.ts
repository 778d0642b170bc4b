// bench/votes/processes.ts -> [bench/votes/part.ts] -> server/main.ts, worker/main.ts
// The product's own server or worker, to be killed.
import type { Database } from "../../db/cluster/database.ts";
import { silentLog } from "../../process/log.ts";
import { readSettings } from "../../process/settings.ts";
import { serverConfig } from "../../server/config.ts";
import { startServer } from "../../server/main.ts";
import { workerConfig } from "../../worker/config.ts";
import { startWorker } from "../../worker/main.ts";
import type { Order } from "./processes.ts";

async function main({ role, urls, folder }: Order): Promise<void> {
  process.on("disconnect", () => process.exit(1)); // whoever started it has gone
  const database: Database = { url: (login) => urls[login] ?? "" };
  const settings = readSettings({ PORT: "0", SANDBOX_PORT: "0", READS_PER_MINUTE: "1000000", DATA_DIR: folder });
  if (role === "server") {
    const server = await startServer(serverConfig(settings), database, silentLog);
    process.send?.({ url: server.url });
    return;
  }
  const config = {
    ...workerConfig(settings),
    beatMs: 250,
    deadAfter: "800 milliseconds",
    render: { chromiumPath: "/none", concurrency: 1, mayLackSandbox: false },
  };
  await startWorker({ config, database, keys: {}, hasRehearsal: false, folder, log: silentLog });
  process.send?.({});
}

await main(JSON.parse(process.argv[2] ?? "{}") as Order).catch((error: unknown) => {
  process.send?.({ failure: error instanceof Error ? error.message : "unknown" });
  process.exit(1); // the database is away: somebody starts it anew
});
