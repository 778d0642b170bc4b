// autobench sync -> [cli/verbs/sync.ts] -> db/cluster/content.ts
import { type Change, syncContent } from "../../db/cluster/content.ts";
import { openSession, useRunning } from "../session.ts";
import { ExplainedError } from "../../process/explained.ts";
import type { Verb } from "../verb.ts";

const sync: Verb = {
  usage: "sync [models] [--plan]",
  takes: 1,
  help: [
    "Takes providers, models, roles and prompts from content/ into the database.",
    "",
    "  --plan  shows what would change, and changes nothing",
  ].join("\n"),
  options: { plan: { type: "boolean" } },
  async run({ values, positionals, isJson }) {
    if (positionals.some((word) => word !== "models"))
      throw new ExplainedError('Only "sync" and "sync models" are known.');
    const { settings } = openSession(true);
    const owner = (await useRunning(settings)).url("autobench_owner");
    const plan = await syncContent(owner, { isPlan: true });
    if (values["plan"] !== true && plan.length) await syncContent(owner);
    if (isJson) console.log(JSON.stringify({ ok: true, isApplied: values["plan"] !== true, changes: plan }));
    else console.log(planText(plan, values["plan"] === true));
    return 0;
  },
};

function planText(plan: readonly Change[], isPlan: boolean): string {
  if (!plan.length) return "Nothing to do: the database is as content/ says.";
  const lines = plan.map(({ kind, name, change }) => `  ${change.padEnd(8)} ${kind} ${name}`);
  return [...lines, isPlan ? "Nothing was changed: this was the plan." : "Applied."].join("\n");
}

export default sync;
