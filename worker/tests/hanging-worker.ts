// worker/tests/killed_worker.test.ts -> [worker/tests/hanging-worker.ts]
// A worker of its own process that begins a run and never ends it. Its argument is the worker's connection string.
import { EventEmitter } from "node:events";
import { Logger, run, type WorkerEvents } from "graphile-worker";
import { openPool } from "../../db/cluster/connect.ts";
import { silentLog } from "../../process/log.ts";
import { announce } from "../presence.ts";
import { scheduled } from "../scheduled.ts";

const url = process.argv[2] ?? "";
const events: WorkerEvents = new EventEmitter();
const poolId = new Promise<string>((resolve) => {
  events.once("pool:create", ({ workerPool }) => resolve(workerPool.id));
});
const present = Promise.withResolvers<void>();
const runner = await run({
  pgPool: openPool(url, { name: "hanging worker", max: 4, log: silentLog }),
  taskList: {
    test_hang: scheduled("test_hang", async () => {
      await present.promise;
      process.stdout.write("begun\n");
      await new Promise(() => undefined);
    }),
  },
  noHandleSignals: true,
  logger: new Logger(() => () => undefined),
  events,
});
await announce(url, await poolId, { host: "test", beatMs: 100, deadAfter: "1 hour" }, silentLog);
present.resolve();
await runner.promise;
