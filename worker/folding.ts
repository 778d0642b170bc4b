// worker/main.ts -> [worker/folding.ts] -> app_private.fold_scores()
// Counts changed scores into the histogram, about once a second. No job of the queue: it would be one for each second. A
// rank is exact without it; it keeps what is not counted yet short.
import { setTimeout as delay } from "node:timers/promises";
import type { Query } from "../db/cluster/connect.ts";
import type { Log } from "../process/log.ts";

export interface Folding {
  stop(): Promise<void>;
}

/** Every worker does it, and in the database one at a time: where nothing has changed it costs one look. */
export function keepFolding(database: Query, log: Log, everyMs = 1000): Folding {
  const stopping = new AbortController();
  const work = async (): Promise<void> => {
    let isBroken = false;
    while (!stopping.signal.aborted) {
      try {
        await database.query("select app_private.fold_scores()");
        isBroken = false;
      } catch (error) {
        if (!isBroken) log.warn("scores could not be counted", { error }); // once, however long it lasts
        isBroken = true;
      }
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const working = work();
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
