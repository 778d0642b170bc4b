// Ctrl-C, SIGTERM -> [process/shutdown.ts] -> whatever was started, last first
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "./log.ts";

interface Part {
  name: string;
  stop: () => Promise<unknown>;
}

/**
 * Stops what was started in reverse order, once, however often it is asked for. A part that fails to stop is logged and
 * does not keep the others from stopping.
 */
export class Shutdown {
  readonly #parts: Part[] = [];
  readonly #log: Log;
  readonly #begun = new AbortController();
  #stopping: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Registers a started part. If the stop has begun meanwhile, the part is stopped at once. */
  async add(name: string, stop: () => Promise<unknown>): Promise<void> {
    if (this.#stopping) await this.#stopPart({ name, stop });
    else this.#parts.push({ name, stop });
  }

  /** Aborted when the stop begins, for what waits. */
  get signal(): AbortSignal {
    return this.#begun.signal;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  stop(): Promise<void> {
    this.#begun.abort();
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) await this.#stopPart(part);
  }

  async #stopPart(part: Part): Promise<void> {
    const waiting = new AbortController();
    void delay(3000, undefined, { signal: waiting.signal, ref: false }).then(
      () => this.#log.info("still waiting for a part to stop", { part: part.name }),
      () => undefined, // it stopped in time
    );
    try {
      await part.stop();
    } catch (error) {
      this.#log.error("a part did not stop cleanly", { part: part.name, error });
    } finally {
      waiting.abort();
    }
  }

  /** Stops on SIGINT and SIGTERM; a second signal ends the process at once. Resolves when all has stopped. */
  untilSignal(): Promise<void> {
    return new Promise((resolve) => {
      let firstAt = 0;
      const onSignal = (signal: NodeJS.Signals) => {
        // One Ctrl-C arrives twice under npm: from the terminal, and forwarded by npm itself.
        if (firstAt && performance.now() - firstAt < 500) return;
        firstAt ||= performance.now();
        if (this.isStopping) {
          this.#log.warn("ended at once by a second signal");
          process.exit(130);
        }
        this.#log.info("stopping", { signal });
        void this.stop().then(resolve);
      };
      process.on("SIGINT", onSignal);
      process.on("SIGTERM", onSignal);
    });
  }
}
