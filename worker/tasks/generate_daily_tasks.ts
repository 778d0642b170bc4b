// crontab -> [worker/tasks/generate_daily_tasks.ts] -> app_private.open_day() -> app_private.record_task() -> app_public.tasks
import { setTimeout as delay } from "node:timers/promises";
import type { WorkerDeps } from "../deps.ts";
import type { Query } from "../../db/cluster/connect.ts";
import { drawFromLibrary, readLibrary, themesOf, type WrittenTask } from "../library.ts";
import { fillTemplate, jsonObjectIn, makeNonce, neutralise } from "../prompt.ts";
import { scheduled, type ScheduledPayload, type Work } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Opens the UTC day for which it was due, and has its tasks written. */
      generate_daily_tasks: ScheduledPayload;
    }
  }
}

interface TaskRow {
  id: string;
  slot: number;
  status: string;
}
interface RecentTask {
  challenge_date: string;
  theme: string;
  title: string;
}

/** How like an earlier task a new one may be, by trigrams; above that it is written again, once. */
const tooSimilar = 0.5;
const rounds = 2;
const longestWaitMs = 180_000;

/**
 * Opens the day and has its tasks written, one after the other, since each must differ from those before. A second run
 * finds them written and asks nobody; one that was cut short goes on with the calls that were made.
 */
export function generateDailyTasks(deps: WorkerDeps): Work {
  const library = readLibrary();
  return async ({ at, helpers }) => {
    const day = at.toISOString().slice(0, 10);
    const { rows: tasks } = await helpers.query<TaskRow>(
      "select id, slot, status::text from app_private.open_day($1::date, $2::int)",
      [day, deps.tasksPerDay],
    );
    const sources: Record<string, string> = {};
    for (const task of tasks.filter((row) => row.status === "pending")) {
      helpers.abortSignal?.throwIfAborted();
      const { rows: recent } = await helpers.query<RecentTask>(
        "select challenge_date::text, theme, title from app_private.recent_tasks($1::date)",
        [day],
      );
      const written = await writeTask(deps, library, {
        query: helpers,
        task,
        recent,
        day,
        slots: tasks.length,
        signal: helpers.abortSignal,
      });
      await helpers.query("select app_private.record_task($1::uuid, $2, $3, $4, $5::jsonb)", [
        task.id,
        written.title,
        written.theme,
        written.prompt,
        JSON.stringify(written.metadata),
      ]);
      sources[task.slot] = String(written.metadata["source"]);
      deps.log.info("a task is written", { day, slot: task.slot, source: sources[task.slot] });
    }
    return { day, tasks: tasks.length, sources };
  };
}

interface Writing {
  query: Query;
  task: TaskRow;
  recent: RecentTask[];
  day: string;
  slots: number;
  signal: AbortSignal | undefined;
}

async function writeTask(
  deps: WorkerDeps,
  library: readonly WrittenTask[],
  writing: Writing,
): Promise<WrittenTask & { metadata: Record<string, unknown> }> {
  const { query, task, recent, day } = writing;
  const themes = themesOf(library);
  let why = "No model that writes tasks can be asked.";
  const { rows } = await query.query<{ model_id: string | null }>(
    "select app_private.model_for_role('write_task', $1::text[], $2) as model_id",
    [deps.keyNames, deps.hasRehearsal],
  );
  const modelId = rows[0]?.model_id;
  for (let round = 1; modelId && round <= rounds; round++) {
    const call = await writerCall(writing, themes, modelId, round);
    const reply = await askPatiently(deps, call.id, writing.signal);
    const draft = reply === undefined ? undefined : readDraft(reply, themes);
    if (!draft) {
      why = reply === undefined ? "The writer did not answer." : "The writer's reply was not a task.";
      if (reply === undefined) break;
      continue;
    }
    const { rows: similar } = await query.query<{ similar_title: string; similarity: number }>(
      "select similar_title, similarity from app_private.similar_task($1, $2, $3::date)",
      [draft.title, draft.prompt, day],
    );
    if ((similar[0]?.similarity ?? 0) <= tooSimilar) {
      return { ...draft, metadata: { source: "writer", round, promptVersion: call.promptVersion } };
    }
    why = `The writer's task was too much like ${similar[0]?.similar_title}.`;
  }
  const drawn = drawFromLibrary(library, recent, `${day} ${task.slot}`);
  return { ...drawn, metadata: { source: "library", why } };
}

/** The call of a round: the one that was made before a crash, else a new one. */
async function writerCall(
  { query, task, recent, day, slots }: Writing,
  themes: readonly string[],
  modelId: string,
  round: number,
): Promise<{ id: string; promptVersion: string }> {
  const known = await query.query<{ id: string; prompt_version: string }>(
    "select id, prompt_version from app_private.call_of('write_task', 'task', $1::uuid, $2::int)",
    [task.id, round],
  );
  if (known.rows[0]) return { id: known.rows[0].id, promptVersion: known.rows[0].prompt_version };
  const { rows } = await query.query<{
    version: string;
    system: string;
    template: string;
    api_model: string;
    params: object;
  }>("select * from app_private.writer_prompt($1::uuid, $2::uuid)", [task.id, modelId]);
  const [prompt] = rows;
  if (!prompt) throw new Error('There is no prompt for the writer: run "autobench sync".');
  const uses = (theme: string) => recent.filter((row) => row.theme === theme).length;
  const request = {
    apiModel: prompt.api_model,
    system: prompt.system,
    prompt: fillTemplate(prompt.template, {
      day,
      slot: String(task.slot),
      slots: String(slots),
      nonce: makeNonce(),
      themes: themes.map((theme) => `- ${theme}: ${uses(theme)}`).join("\n"),
      recent: recent
        .map((row) => JSON.stringify({ day: row.challenge_date, theme: row.theme, title: neutralise(row.title) }))
        .join("\n"),
    }),
    maxOutputTokens: 8192,
    params: prompt.params,
    schema: { name: "task", schema: draftSchema(themes) },
    promptVersion: prompt.version,
  };
  const made = await query.query<{ id: string }>(
    "select app_private.ensure_call('write_task', 'task', $1::uuid, $2::uuid, $3::jsonb, $4::int) as id",
    [task.id, modelId, JSON.stringify(request), round],
  );
  return { id: made.rows[0]?.id ?? "", promptVersion: prompt.version };
}

function draftSchema(themes: readonly string[]): object {
  return {
    type: "object",
    properties: {
      title: { type: "string" },
      theme: { type: "string", enum: themes },
      prompt: { type: "string" },
    },
    required: ["title", "theme", "prompt"],
    additionalProperties: false,
  };
}

/** The reply's text, or nothing when the model cannot be asked or did not answer. */
async function askPatiently(
  deps: WorkerDeps,
  callId: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const until = performance.now() + longestWaitMs;
  for (;;) {
    const answer = await deps.ask(callId, signal);
    if (answer.kind === "outcome" && answer.outcome.state === "succeeded") return answer.outcome.text;
    const ms = answer.kind === "wait" ? answer.ms : answer.kind === "outcome" ? answer.outcome.retryAfterMs : null;
    if (ms === null || performance.now() + ms > until) return undefined;
    await delay(ms, undefined, { signal });
  }
}

function readDraft(reply: string, themes: readonly string[]): WrittenTask | undefined {
  const { title, theme, prompt } = jsonObjectIn(reply) ?? {};
  if (typeof title !== "string" || typeof theme !== "string" || typeof prompt !== "string") return undefined;
  const draft = { title: title.replace(/\s+/g, " ").trim(), theme, prompt: prompt.trim() };
  const isSound =
    draft.title.length >= 3 &&
    draft.title.length <= 120 &&
    themes.includes(theme) &&
    draft.prompt.length >= 200 &&
    draft.prompt.length <= 4000;
  return isSound ? draft : undefined;
}

export default (deps: WorkerDeps) => scheduled("generate_daily_tasks", generateDailyTasks(deps));
