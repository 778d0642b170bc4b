// autobench worker -> [cli/verbs/worker.ts] -> worker/main.ts
import { dataFolder } from "../../db/cluster/database.ts";
import { loadKeys } from "../../process/environment.ts";
import { workerConfig } from "../../worker/config.ts";
import { startWorker } from "../../worker/main.ts";
import { openSession, requireSchema, runUntilSignal, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

const worker: Verb = {
  usage: "worker",
  help: "Runs a worker alone, on a database that is already migrated. Any number may run.",
  async run({ isJson }) {
    const session = openSession(isJson);
    const { settings, log, shutdown } = session;
    const config = workerConfig(settings);
    return runUntilSignal(session, async () => {
      const database = await useRunning(settings);
      await requireSchema(database, "autobench_worker");
      const running = await startWorker({
        config,
        database,
        keys: loadKeys(),
        hasRehearsal: false, // the canned models belong to npm start, which answers for them itself
        folder: dataFolder(settings),
        log,
      });
      await shutdown.add("worker", () => running.stop());
      log.info("the worker is up", { pool: running.poolId });
      if (isJson) console.log(JSON.stringify({ ok: true, pool: running.poolId }));
    });
  },
};

export default worker;
