// autobench worker -> [cli/verbs/worker.ts] -> worker/main.ts
import { dataFolder } from "../../db/cluster/database.ts";
import { loadKeys } from "../../process/environment.ts";
import { workerConfig } from "../../worker/config.ts";
import { startWorker } from "../../worker/main.ts";
import { openSession, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

const worker: Verb = {
  usage: "worker",
  help: "Runs a worker alone, on a database that is already migrated. Any number may run.",
  async run({ isJson }) {
    const { settings, log, shutdown } = openSession(isJson);
    const running = await startWorker({
      config: workerConfig(settings),
      database: await useRunning(settings),
      keys: loadKeys(),
      hasRehearsal: false, // the canned models belong to npm start, which answers for them itself
      folder: dataFolder(settings),
      log,
    });
    await shutdown.add("worker", () => running.stop());
    log.info("the worker is up", { pool: running.poolId });
    await shutdown.untilSignal();
    return 0;
  },
};

export default worker;
