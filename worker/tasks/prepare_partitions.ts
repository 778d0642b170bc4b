// crontab -> [worker/tasks/prepare_partitions.ts] -> app_private.ensure_answer_partitions() -> app_public.answers
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Makes the partitions of this month and the next three. */
      prepare_partitions: ScheduledPayload;
    }
  }
}

/** A second run finds them made. */
export const preparePartitions = scheduled("prepare_partitions", async ({ at, helpers }) => {
  const { rows } = await helpers.query<{ name: string }>(
    "select app_private.ensure_answer_partitions($1::timestamptz) as name",
    [at],
  );
  return { made: rows.map((row) => row.name) };
});

export default () => preparePartitions;
