// autobench reconcile -> [cli/verbs/reconcile.ts] -> app_private.reconcile()
import { withClient } from "../../db/cluster/connect.ts";
import { dataFolder } from "../../db/cluster/database.ts";
import { forgetEpoch } from "../../worker/epoch.ts";
import { openSession, useRunning } from "../session.ts";
import { ExplainedError } from "../../process/explained.ts";
import type { Verb } from "../verb.ts";

const reconcile: Verb = {
  usage: "reconcile [--reason TEXT] [--buy-today]",
  help: [
    "After a backup was restored: shows the gate, and with a reason opens it again.",
    "",
    "What may have been asked since the backup is put in doubt, and today is not bought again.",
    "",
    "  --reason TEXT  why, for the operators' log; without it nothing is changed",
    "  --buy-today    today's tasks may be bought, though they may have been bought before",
  ].join("\n"),
  options: { reason: { type: "string" }, "buy-today": { type: "boolean" } },
  async run({ values, isJson }) {
    const { settings } = openSession(true);
    const owner = (await useRunning(settings)).url("autobench_owner");
    const { reason } = values;
    return withClient(owner, async (client) => {
      await client.query("set role autobench_owner");
      const { rows } = await client.query<{ is_open: boolean; reason: string | null; closed_through: string | null }>(
        "select is_open, reason, closed_through::text from app_private.dispatch_gate",
      );
      const [gate] = rows;
      if (!gate) throw new ExplainedError('There is no gate: run "autobench migrate".');
      if (typeof reason !== "string") {
        const state = gate.is_open ? "open" : `closed: ${gate.reason}`;
        if (isJson) console.log(JSON.stringify({ ok: true, ...gate }));
        else
          console.log(
            `The gate to the models is ${state}${gate.is_open ? "" : '\nOpen it with: autobench reconcile --reason "..."'}`,
          );
        return 0;
      }
      const { rows: done } = await client.query<{ in_doubt: number }>(
        `select in_doubt from app_private.reconcile($1, case when $2 then null else (now() at time zone 'utc')::date end)`,
        [reason, values["buy-today"] === true],
      );
      forgetEpoch(dataFolder(settings));
      if (isJson) console.log(JSON.stringify({ ok: true, inDoubt: done[0]?.in_doubt }));
      else console.log(`The gate is open. ${done[0]?.in_doubt ?? 0} calls are in doubt: see app_operations.calls.`);
      return 0;
    });
  },
};

export default reconcile;
