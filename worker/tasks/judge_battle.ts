// app_public.answer_battle() -> [worker/tasks/judge_battle.ts] -> worker/ledger.ts -> app_private.record_battle_judgement() -> app_public.battles
import type { Task } from "graphile-worker";
import type { Query } from "../../db/cluster/connect.ts";
import type { WorkerDeps } from "../deps.ts";
import { storable } from "../llm/json-shape.ts";
import { askPatiently, type Pace, type Said, usualPace } from "../patience.ts";
import { fillTemplate, jsonObjectIn, makeNonce, neutralise } from "../prompt.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Has a battle judged that both have answered, once in each order. */
      judge_battle: { battleId: string };
    }
  }
}

interface BattleRow {
  statement: string;
  rubric: string;
  challenger: string;
  opponent: string;
  version: string;
  system: string;
  template: string;
  api_model: string;
  params: object;
}

type Pick = "challenger" | "opponent" | "draw";

/**
 * Two calls, with the challenger's answer first and with the opponent's; SQL decides what they come to. A second run finds
 * the calls made and reads their replies; one of a battle that is over does nothing.
 */
export const judgeBattle =
  (deps: WorkerDeps, pace: Pace = usualPace): Task<"judge_battle"> =>
  async ({ battleId }, helpers) => {
    const { rows: models } = await helpers.query<{ model_id: string | null }>(
      "select app_private.model_for_role('judge', $1::text[], $2) as model_id",
      [deps.keyNames, deps.hasRehearsal],
    );
    const modelId = models[0]?.model_id;
    for (const round of [1, 2]) {
      const isLast = helpers.job.attempts >= helpers.job.max_attempts;
      const callId = await battleCall(helpers, battleId, modelId, round);
      if (callId === null) return;
      const said: Said = callId
        ? await askPatiently(deps.ask, callId, pace, helpers.abortSignal)
        : { kind: "later", reason: "No model that judges can be asked." };
      if (said.kind === "later" && !isLast) throw new Error(said.reason); // the queue comes again
      const { pick, reasoning } = said.kind === "text" ? read(said.text, round) : nobody(said.reason);
      await helpers.query("select app_private.record_battle_judgement($1::uuid, $2::int, $3, $4)", [
        battleId,
        round,
        pick,
        reasoning,
      ]);
    }
  };

/** The call of a round: the one that is there, else a new one; null when there is nothing to judge. */
async function battleCall(
  query: Query,
  battleId: string,
  modelId: string | null | undefined,
  round: number,
): Promise<string | null | undefined> {
  const known = await query.query<{ id: string }>(
    "select id from app_private.call_of('judge', 'battle', $1::uuid, $2::int)",
    [battleId, round],
  );
  if (known.rows[0]) return known.rows[0].id;
  if (!modelId) return undefined;
  const { rows } = await query.query<BattleRow>("select * from app_private.battle_to_judge($1::uuid, $2::uuid)", [
    battleId,
    modelId,
  ]);
  const [battle] = rows;
  if (!battle) return null;
  const answers = [battle.challenger, battle.opponent].map(neutralise);
  if (round === 2) answers.reverse();
  const [first = "", second = ""] = answers;
  const request = {
    apiModel: battle.api_model,
    system: battle.system,
    prompt: fillTemplate(battle.template, {
      problem: battle.statement,
      rubric: battle.rubric,
      nonce: makeNonce(),
      first,
      second,
    }),
    maxOutputTokens: 2048,
    params: battle.params,
    schema: { name: "comparison", schema: comparisonSchema },
    promptVersion: battle.version,
  };
  const made = await query.query<{ id: string | null }>(
    "select app_private.ensure_practice_call('battle', $1::uuid, $2::uuid, $3::jsonb, $4::int) as id",
    [battleId, modelId, JSON.stringify(request), round],
  );
  return made.rows[0]?.id ?? null;
}

function read(reply: string, round: number): { pick: Pick; reasoning: string } {
  const { better, reasoning } = jsonObjectIn(reply) ?? {};
  if (better !== "first" && better !== "second" && better !== "draw") return nobody("The reply was not a verdict.");
  const inOrder: readonly Pick[] = round === 1 ? ["challenger", "opponent"] : ["opponent", "challenger"];
  const pick = better === "draw" ? "draw" : (inOrder[better === "first" ? 0 : 1] ?? "draw");
  return { pick, reasoning: typeof reasoning === "string" ? storable(reasoning) : "" };
}

/** A judge who says nothing prefers nobody. */
const nobody = (reasoning: string): { pick: Pick; reasoning: string } => ({ pick: "draw", reasoning });

const comparisonSchema = {
  type: "object",
  properties: { reasoning: { type: "string" }, better: { type: "string", enum: ["first", "second", "draw"] } },
  required: ["reasoning", "better"],
  additionalProperties: false,
};

export default (deps: WorkerDeps) => judgeBattle(deps);
