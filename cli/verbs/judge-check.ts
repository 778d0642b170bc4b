// autobench judge-check -> [cli/verbs/judge-check.ts] -> cli/judge-check.ts
import { externalDatabase } from "../../db/cluster/database.ts";
import { checkJudge, checkTable } from "../judge-check.ts";
import { openSession, runningEmbedded } from "../session.ts";
import type { Verb } from "../verb.ts";
import { startWork } from "../work.ts";

const judgeCheck: Verb = {
  usage: "judge-check [version]",
  takes: 1,
  help: [
    "Has the examples of content/problems judged by the live judge, and prints what came of it.",
    "",
    "Takes a prompt version, such as v2; without one the newest that is drawn. It asks real models and costs what they",
    "cost: one call for each example. Ends with 1 when an example is not judged as it should be.",
    "Beside a running Autobench it asks that one; alone it starts what is needed, and stops it afterwards.",
  ].join("\n"),
  async run({ positionals, isJson }) {
    const session = openSession(true);
    const { settings, shutdown } = session;
    void shutdown.untilSignal();
    try {
      const running = (await runningEmbedded(settings)) ?? externalDatabase(settings);
      const database = running ?? (await startWork(session, "autobench judge-check")).database;
      const rows = await checkJudge({
        database,
        version: positionals[0],
        onProgress: (sentence) => (isJson ? undefined : console.log(sentence)),
        signal: shutdown.signal,
        limitMs: 3_600_000,
      });
      const isOk = rows.length > 0 && rows.every((row) => row.is_as_expected);
      if (isJson) console.log(JSON.stringify({ ok: isOk, rows }));
      else console.log(`\n${checkTable(rows)}\n`);
      return isOk ? 0 : 1;
    } finally {
      await shutdown.stop();
    }
  },
};

export default judgeCheck;
