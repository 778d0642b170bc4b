// worker/main.ts -> [worker/deps.ts] -> worker/tasks/*
// What a task is given beside its job: nothing in a task reaches for settings, keys or files by itself.
import type { Log } from "../process/log.ts";
import type { Ask } from "./ledger.ts";
import type { Renderer } from "./render/renderer.ts";

export interface WorkerDeps {
  log: Log;
  ask: Ask;
  /** Names of the API keys that are set here; the keys themselves stay in the ledger's closure. */
  keyNames: readonly string[];
  /** Whether the canned models of this machine stand in for real ones. */
  hasRehearsal: boolean;
  tasksPerDay: number;
  renderer: Renderer;
  /** Stores the answers that waited on disk for the database; returns how many. */
  replaySpool(): Promise<number>;
}
