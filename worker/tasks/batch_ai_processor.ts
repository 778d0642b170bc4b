// crontab -> [worker/tasks/batch_ai_processor.ts] -> app_private.claim_coach_batch(), worker/ledger.ts -> app_private.record_coach_notes()
import type { Query } from "../../db/cluster/connect.ts";
import type { WorkerDeps } from "../deps.ts";
import { isAway } from "../ledger.ts";
import { field, storable } from "../llm/json-shape.ts";
import { askPatiently, type Pace, usualPace } from "../patience.ts";
import { fillTemplate, jsonObjectIn, makeNonce, neutralise } from "../prompt.ts";
import { scheduled, type ScheduledPayload, type Work } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Has the coach write to the members who wished for it, ten with one call. */
      batch_ai_processor: ScheduledPayload;
    }
  }
}

interface JobRow {
  batch_id: string;
  job_id: string;
  input: Record<string, unknown>;
}

/** So many batches in one run; the rest waits for the next. */
const mostBatches = 20;

/**
 * Takes ten wishes at a time, and makes one call for them. A second run goes on with batches that a run before took and did
 * not live to finish: their call is there already, and its reply is read, not bought again.
 */
export function batchAiProcessor(deps: WorkerDeps, pace: Pace = usualPace): Work {
  return async ({ at, helpers }) => {
    let noted = 0;
    let batches = 0;
    const work = async (jobs: readonly JobRow[]): Promise<void> => {
      helpers.abortSignal?.throwIfAborted();
      batches++;
      try {
        noted += await coachBatch(deps, helpers, jobs, pace, helpers.abortSignal);
      } catch (error) {
        if (helpers.abortSignal?.aborted || isAway(error)) throw error;
        // One batch that cannot be dealt with keeps nobody else waiting.
        const reason = storable(error instanceof Error ? error.message : String(error));
        await giveUpBatch(deps, helpers, jobs[0]?.batch_id ?? "", reason, true);
      }
    };
    const { rows: open } = await helpers.query<JobRow>("select * from app_private.open_coach_batches()");
    for (const jobs of Map.groupBy(open, (job) => job.batch_id).values()) await work(jobs);
    while (batches < mostBatches) {
      const { rows } = await helpers.query<JobRow>("select * from app_private.claim_coach_batch($1::timestamptz)", [
        at,
      ]);
      if (!rows.length) break;
      await work(rows);
    }
    return { batches, noted };
  };
}

/** One call for one batch; says how many members have their note. */
async function coachBatch(
  deps: WorkerDeps,
  query: Query,
  jobs: readonly JobRow[],
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<number> {
  const batchId = jobs[0]?.batch_id ?? "";
  const giveUp = (reason: string, mayRetry: boolean) => giveUpBatch(deps, query, batchId, reason, mayRetry);
  const callId = await batchCall(deps, query, batchId, jobs);
  if (callId === null) return 0; // somebody was erased, and the others wait for another batch; or another worker is at it
  if (callId === undefined) return giveUp("No model that coaches can be asked.", true);
  const said = await askPatiently(deps.ask, callId, pace, signal);
  if (said.kind !== "text") {
    // A batch that has only to wait stays open, and the next run goes on with it.
    return said.kind === "later" ? 0 : giveUp(said.reason, false);
  }
  const { notes } = jsonObjectIn(said.text) ?? {};
  const list: unknown[] = Array.isArray(notes) ? notes : [];
  const { rows } = await query.query<{ noted: number }>(
    "select app_private.record_coach_notes($1::uuid, $2::jsonb, $3::int) as noted",
    [batchId, JSON.stringify(list.map(entryOf)), said.tokens],
  );
  return rows[0]?.noted ?? 0;
}

async function giveUpBatch(
  deps: WorkerDeps,
  query: Query,
  batchId: string,
  reason: string,
  mayRetry: boolean,
): Promise<number> {
  await query.query("select app_private.give_up_coach_batch($1::uuid, $2, $3)", [batchId, reason, mayRetry]);
  deps.log.warn("a batch of the coach came to nothing", { batch: batchId, reason, mayRetry });
  return 0;
}

/** What an entry of the reply says, in words that can be stored. */
function entryOf(entry: unknown): Record<string, string | null> {
  const text = (name: string): string | null => {
    const value = field(entry, name);
    return typeof value === "string" ? storable(value) : null;
  };
  return { member: text("member"), note: text("note"), nextProblem: text("nextProblem") };
}

/** The call of a batch: the one that was made before a crash, else a new one; none when there is nobody to ask, null when its members are gone or another worker is at it. */
async function batchCall(
  deps: WorkerDeps,
  query: Query,
  batchId: string,
  jobs: readonly JobRow[],
): Promise<string | null | undefined> {
  const known = await query.query<{ id: string }>("select id from app_private.call_of('coach', 'batch', $1::uuid, 1)", [
    batchId,
  ]);
  if (known.rows[0]) return known.rows[0].id;
  const { rows: models } = await query.query<{ model_id: string | null }>(
    "select app_private.model_for_role('coach', $1::text[], $2) as model_id",
    [deps.keyNames, deps.hasRehearsal],
  );
  const modelId = models[0]?.model_id;
  if (!modelId) return undefined;
  const { rows: prompts } = await query.query<{
    version: string;
    system: string;
    template: string;
    api_model: string;
    params: object;
  }>("select * from app_private.coach_prompt($1::uuid, $2::uuid)", [batchId, modelId]);
  const [prompt] = prompts;
  if (!prompt) throw new Error('There is no prompt for the coach: run "autobench sync".');
  const members = jobs.map(({ job_id, input }) => ({ member: job_id, ...input }));
  const request = {
    apiModel: prompt.api_model,
    system: prompt.system,
    prompt: fillTemplate(prompt.template, {
      nonce: makeNonce(),
      members: neutralise(JSON.stringify(members, null, 1)),
    }),
    maxOutputTokens: 400 * jobs.length,
    params: prompt.params,
    schema: { name: "notes", schema: notesSchema },
    promptVersion: prompt.version,
  };
  try {
    const { rows } = await query.query<{ id: string | null }>(
      "select app_private.ensure_practice_call('batch', $1::uuid, $2::uuid, $3::jsonb) as id",
      [batchId, modelId, JSON.stringify(request)],
    );
    return rows[0]?.id ?? null;
  } catch (error) {
    // Another worker has made it just now, and is at it.
    if (error instanceof Error && "code" in error && error.code === "TB041") return null;
    throw error;
  }
}

const notesSchema = {
  type: "object",
  properties: {
    notes: {
      type: "array",
      items: {
        type: "object",
        properties: {
          member: { type: "string" },
          note: { type: "string" },
          nextProblem: { type: ["string", "null"] },
        },
        required: ["member", "note", "nextProblem"],
        additionalProperties: false,
      },
    },
  },
  required: ["notes"],
  additionalProperties: false,
};

export default (deps: WorkerDeps) =>
  scheduled("batch_ai_processor", batchAiProcessor(deps), {
    async hasWork({ at, helpers: { query } }) {
      const { rows } = await query<{ has_work: boolean }>(
        "select app_private.coach_has_work($1::timestamptz) as has_work",
        [at],
      );
      return rows[0]?.has_work === true;
    },
  });
