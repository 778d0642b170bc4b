// autobench sync -> [cli/verbs/sync.ts] -> db/cluster/content.ts
import { type Change, type Part, syncContent } from "../../db/cluster/content.ts";
import { openSession, useRunning } from "../session.ts";
import { ExplainedError } from "../../process/explained.ts";
import type { Verb } from "../verb.ts";

const sync: Verb = {
  usage: "sync [models|problems] [--plan] [--force]",
  takes: 1,
  help: [
    "Takes providers, models, roles, prompts and practice problems from content/ into the database.",
    "",
    "  models    providers, models, roles and prompts alone",
    "  problems  modules and problems alone",
    "  --plan    shows what would change, and changes nothing",
    "  --force   retires also more than a fifth of the problems",
  ].join("\n"),
  options: { plan: { type: "boolean" }, force: { type: "boolean" } },
  async run({ values, positionals, isJson }) {
    const [part] = positionals;
    if (part !== undefined && !isPart(part))
      throw new ExplainedError('Only "sync", "sync models" and "sync problems" are known.');
    const { settings } = openSession(true);
    const owner = (await useRunning(settings)).url("autobench_owner");
    const options = { isForced: values["force"] === true, ...(part && { parts: [part] }) };
    const plan = await syncContent(owner, { ...options, isPlan: true });
    if (values["plan"] !== true && plan.length) await syncContent(owner, options);
    if (isJson) console.log(JSON.stringify({ ok: true, isApplied: values["plan"] !== true, changes: plan }));
    else console.log(planText(plan, values["plan"] === true));
    return 0;
  },
};

const isPart = (word: string): word is Part => word === "models" || word === "problems";

function planText(plan: readonly Change[], isPlan: boolean): string {
  if (!plan.length) return "Nothing to do: the database is as content/ says.";
  const lines = plan.map(({ kind, name, change }) => `  ${change.padEnd(8)} ${kind} ${name}`);
  return [...lines, isPlan ? "Nothing was changed: this was the plan." : "Applied."].join("\n");
}

export default sync;
