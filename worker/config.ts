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
  tasksPerDay: number;
  callDeadlineMs: number;
  dailyLimitUsd: number;
  /** How long the database may be away before an answer is kept on disk. */
  patienceMs: number;
  render: { chromiumPath: string | undefined; concurrency: number; mayLackSandbox: boolean };
}

export function workerConfig(settings: Settings): WorkerConfig {
  const problems: string[] = [];
  const within = (
    name: "WORKER_CONCURRENCY" | "TASKS_PER_DAY" | "LLM_TIMEOUT_SECONDS" | "RENDER_CONCURRENCY",
    least: number,
    most: number,
  ) => {
    const value = settings[name];
    if (value < least || value > most) problems.push(`${name} must be between ${least} and ${most}.`);
    return value;
  };
  const config = {
    concurrency: within("WORKER_CONCURRENCY", 1, 2000),
    host: hostname(),
    beatMs: 10_000,
    deadAfter: "30 seconds",
    stopMs: (settings.LLM_TIMEOUT_SECONDS + 30) * 1000,
    tasksPerDay: within("TASKS_PER_DAY", 1, 50),
    callDeadlineMs: within("LLM_TIMEOUT_SECONDS", 5, 3600) * 1000,
    dailyLimitUsd: settings.DAILY_SPEND_LIMIT_USD,
    patienceMs: 120_000,
    render: {
      chromiumPath: settings.CHROMIUM_PATH,
      concurrency: within("RENDER_CONCURRENCY", 0, 64),
      mayLackSandbox: !settings.RENDER_SANDBOX,
    },
  };
  if (problems.length) throw new SettingsError(problems);
  return config;
}
