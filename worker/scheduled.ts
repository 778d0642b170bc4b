// placeholder until the schedule branch is merged
import type { JobHelpers } from "graphile-worker";
export interface ScheduledRun {
  id: string;
  at: Date;
  payload: Record<string, unknown>;
  helpers: JobHelpers;
}
export type Work = (run: ScheduledRun) => Promise<Record<string, unknown>>;
