// autobench trigger <task> -> [cli/verbs/trigger.ts] -> app_private.log_scheduled_task(), app_private.scheduled_task_state()
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { oneRow, withClient } from "../../db/cluster/connect.ts";
import { openSession, useRunning } from "../session.ts";
import { ExplainedError } from "../../process/explained.ts";
import type { Verb } from "../verb.ts";

interface State {
  status: "pending" | "running" | "completed" | "failed";
  attempts: number;
  duration_ms: string | null;
  result: Record<string, unknown> | null;
  error: string | null;
}

const trigger: Verb = {
  usage: "trigger <task> [--wait]",
  takes: 1,
  help: [
    "Has a scheduled task run now, whatever ran in its period before.",
    "",
    "  --wait  waits for its end; the exit code says whether it did its work",
  ].join("\n"),
  options: { wait: { type: "boolean" } },
  async run({ values, positionals, isJson }) {
    const [task, ...others] = positionals;
    if (!task || others.length) throw new ExplainedError('Name one task: "autobench trigger cleanup_expired".');
    const { settings } = openSession(true);
    const database = await useRunning(settings);
    return withClient(database.url("autobench_worker"), async (client) => {
      const id = await request(client, task);
      if (values["wait"] !== true) {
        if (isJson) console.log(JSON.stringify({ ok: true, id, task }));
        else console.log(`Run ${id} of ${task} is in the queue.`);
        return 0;
      }
      await warnWithoutWorker(client);
      const state = await end(client, id);
      const isDone = state.status === "completed";
      if (isJson)
        console.log(JSON.stringify({ ok: isDone, id, task, ...state, duration_ms: Number(state.duration_ms) }));
      else console.log(describe(id, task, state));
      return isDone ? 0 : 1;
    });
  },
};

async function request(client: pg.Client, task: string): Promise<string> {
  try {
    const { id } = await oneRow<{ id: string }>(
      client,
      "select id from app_private.log_scheduled_task($1::text, requested_by => 'cli')",
      [task],
    );
    return id;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "TB040")) throw error;
    throw new ExplainedError(`${error.message} ${"hint" in error ? String(error.hint) : ""}`.trim());
  }
}

async function warnWithoutWorker(client: pg.Client): Promise<void> {
  const { is_alive } = await oneRow<{ is_alive: boolean }>(
    client,
    "select coalesce(worker_seen_at > clock_timestamp() - interval '45 seconds', false) as is_alive from app_private.readiness()",
  );
  if (!is_alive) console.error("No worker was heard of lately: the run waits for one.");
}

async function end(client: pg.Client, id: string): Promise<State> {
  for (;;) {
    const state = await oneRow<State>(
      client,
      "select status, attempts, duration_ms, result, error from app_private.scheduled_task_state($1::bigint)",
      [id],
    );
    if (state.status === "completed" || state.status === "failed") return state;
    await delay(200);
  }
}

function describe(id: string, task: string, state: State): string {
  const how = `after ${state.duration_ms} ms${state.attempts > 1 ? `, attempt ${state.attempts}` : ""}`;
  if (state.status === "failed") return `Run ${id} of ${task} failed ${how}: ${state.error}`;
  return `Run ${id} of ${task} is done ${how}: ${JSON.stringify(state.result ?? {})}`;
}

export default trigger;
