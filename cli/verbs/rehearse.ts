// autobench rehearse -> [cli/verbs/rehearse.ts] -> cli/rehearse.ts
import type pg from "pg";
import { syncModels } from "../../db/cluster/content.ts";
import { oneRow, withClient } from "../../db/cluster/connect.ts";
import { externalDatabase } from "../../db/cluster/database.ts";
import { loadKeys } from "../../process/environment.ts";
import { ExplainedError } from "../../process/explained.ts";
import { boardTable } from "../board.ts";
import { freeDays, rehearseDay, type RehearsedDay } from "../rehearse.ts";
import { isKeyless, rehearsalContent } from "../rehearsal.ts";
import { openSession, runningEmbedded } from "../session.ts";
import { wholeNumber, type Verb } from "../verb.ts";
import { startWork } from "../work.ts";

const rehearse: Verb = {
  usage: "rehearse [--days N] [--votes M]",
  help: [
    "Makes a rehearsal history: past days of canned models, with tasks, pages, votes and boards.",
    "",
    "It is marked as rehearsed and shares nothing with real models. Refused where real models are in use. Days that",
    "have tasks already are left alone.",
    "",
    "  --days N   how many days before today (30)",
    "  --votes M  how many votes on each of them (120)",
  ].join("\n"),
  options: { days: { type: "string" }, votes: { type: "string" } },
  async run({ values, isJson }) {
    const days = wholeNumber("days", values["days"], 30, [1, 365]);
    const votes = wholeNumber("votes", values["votes"], 120, [0, 5000]);
    const session = openSession(true);
    const { settings, shutdown } = session;
    const show = (sentence: string) => (isJson ? undefined : console.log(sentence));
    void shutdown.untilSignal();
    try {
      const database =
        (await runningEmbedded(settings)) ??
        externalDatabase(settings) ??
        (await startWork(session, "autobench rehearse")).database;
      return await withClient(database.url("autobench_owner"), async (client) => {
        await client.query("set role autobench_owner");
        await refuseBesideRealModels(client);
        const { known } = await oneRow<{ known: boolean }>(
          client,
          "select exists (select from app_public.models where is_rehearsal and is_contestant) as known",
        );
        // Whoever rehearses for real puts the address of its own server there.
        if (!known) await syncModels(database.url("autobench_owner"), rehearsalContent("http://127.0.0.1:9"));
        const done: RehearsedDay[] = [];
        for (const day of await freeDays(client, days)) {
          if (shutdown.isStopping) break;
          const one = await rehearseDay(client, { day, tasks: settings.TASKS_PER_DAY, votes });
          done.push(one);
          show(`${one.day}: ${one.tasks} tasks, ${one.votes} votes, ${one.snapshots} boards.`);
        }
        await client.query("select app_private.refresh_leaderboards()");
        await client.query("select app_private.refresh_pairing()");
        const { rows } = await client.query<{ line: string }>(
          "select line from app_private.leaderboard_csv(is_rehearsal => true) line",
        );
        if (isJson) console.log(JSON.stringify({ ok: true, days: done }));
        else console.log(`\n${boardTable(rows.map(({ line }) => line))}\n`);
        return 0;
      });
    } finally {
      await shutdown.stop();
    }
  },
};

/** What is made up must never stand beside what was measured. */
async function refuseBesideRealModels(client: pg.Client): Promise<void> {
  if (!(await isKeyless(client, loadKeys()))) {
    throw new ExplainedError(
      "Real models are in use here: there is a key, or a provider that needs none. A rehearsal would mix what is made up with what is not.",
    );
  }
  const { real } = await oneRow<{ real: number }>(
    client,
    `select count(*)::integer as real
       from app_public.submissions s join app_public.models m on m.id = s.model_id
       where not m.is_rehearsal`,
  );
  if (real) {
    throw new ExplainedError(
      `Real models have answered here (${real} submissions): rehearse on a database of its own, with another DATA_DIR.`,
    );
  }
}

export default rehearse;
