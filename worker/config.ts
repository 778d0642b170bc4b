// process/settings.ts -> [worker/config.ts] -> worker/main.ts
import { hostname } from "node:os";
import { type Settings, SettingsError } from "../process/settings.ts";

export interface WorkerConfig {
  concurrency: number;
  host: string;
  /** How often a worker says that it lives, and after how long a silent one counts as dead. */
  beatMs: number;
  deadAfter: string;
  /** How long a job under way may go on after the stop was asked for. */
  stopMs: number;
}

export function workerConfig(settings: Settings): WorkerConfig {
  if (settings.WORKER_CONCURRENCY < 1 || settings.WORKER_CONCURRENCY > 200) {
    throw new SettingsError(["WORKER_CONCURRENCY must be between 1 and 200."]);
  }
  return {
    concurrency: settings.WORKER_CONCURRENCY,
    host: hostname(),
    beatMs: 10_000,
    deadAfter: "30 seconds",
    stopMs: 600_000,
  };
}
