// worker/main.test.ts, cli/takeover.test.ts -> [worker/tests/worker.ts] -> worker/main.ts
// The worker as it ships, on a test's database, with a folder of its own that goes when it stops.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Database } from "../../db/cluster/database.ts";
import { type Log, silentLog } from "../../process/log.ts";
import { readSettings } from "../../process/settings.ts";
import { type WorkerConfig, workerConfig } from "../config.ts";
import { type RunningWorker, startWorker } from "../main.ts";

export async function startTestWorker(
  database: Database,
  config: Partial<WorkerConfig> = {},
  log: Log = silentLog,
): Promise<RunningWorker> {
  const folder = mkdtempSync(path.join(tmpdir(), "autobench-worker-"));
  const worker = await startWorker({
    config: { ...workerConfig(readSettings({})), ...config },
    database,
    keys: {},
    hasRehearsal: false,
    folder,
    log,
  });
  return {
    ...worker,
    async stop() {
      await worker.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
