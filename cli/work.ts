// npm start, npm run day -> [cli/work.ts] -> db/cluster, worker/main.ts
// Everything behind the server: database, migrations, content, rehearsal models where they are needed, a worker.
import { syncContent } from "../db/cluster/content.ts";
import { type Database, dataFolder, externalDatabase } from "../db/cluster/database.ts";
import type { Holder } from "../db/cluster/lock.ts";
import { migrate } from "../db/cluster/migrate.ts";
import { loadKeys } from "../process/environment.ts";
import { workerConfig } from "../worker/config.ts";
import { startWorker } from "../worker/main.ts";
import { rehearseIfKeyless } from "./rehearsal.ts";
import { migrateExternal, requireReachable, type Session, startEmbedded } from "./session.ts";

export async function startWork(
  session: Session,
  what: string,
  describe: () => Partial<Holder> = () => ({}),
): Promise<{ database: Database; hasRehearsal: boolean }> {
  const { settings, log, shutdown } = session;
  const config = workerConfig(settings);
  const external = externalDatabase(settings);
  const database = external ?? (await startEmbedded(session, what, describe));
  log.info("the database is up", { kind: external ? "DATABASE_URL" : "embedded" });
  if (external) {
    await migrateExternal(session, external);
    await requireReachable(external, "autobench_server");
  } else await migrate(database, log);
  const changes = await syncContent(database.url("autobench_owner"), { onlyIfChanged: true });
  log.info("the schema is current", changes.length ? { contentChanges: changes.length } : {});
  const keys = loadKeys();
  const hasRehearsal = await rehearseIfKeyless(session, database, keys);
  const worker = await startWorker({ config, database, keys, hasRehearsal, folder: dataFolder(settings), log });
  await shutdown.add("worker", () => worker.stop());
  return { database, hasRehearsal };
}
