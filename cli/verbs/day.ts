// npm run day -> [cli/verbs/day.ts] -> cli/day.ts
import { externalDatabase } from "../../db/cluster/database.ts";
import { boardTable } from "../board.ts";
import { type DayRow, dayTable, pairsSentence, runDay } from "../day.ts";
import { startWork } from "../work.ts";
import { openSession, runningEmbedded } from "../session.ts";
import type { Verb } from "../verb.ts";

const day: Verb = {
  usage: "day",
  help: [
    "Runs today's whole cycle now: tasks, calls, answers, pictures, pairs to vote on, and the board. What was done before is not done again.",
    "",
    "Beside a running Autobench it asks that one; alone it starts what is needed, and stops it afterwards.",
  ].join("\n"),
  async run({ isJson }) {
    const session = openSession(true);
    const { settings, shutdown } = session;
    const show = (sentence: string) => (isJson ? undefined : console.log(sentence));
    void shutdown.untilSignal();
    try {
      const running = await runningEmbedded(settings);
      const database = running ?? externalDatabase(settings) ?? (await startWork(session, "autobench day")).database;
      const { rows, board } = await runDay({
        database,
        requestedBy: "cli",
        onProgress: show,
        signal: shutdown.signal,
        limitMs: 1_800_000,
      });
      if (isJson) console.log(JSON.stringify({ ok: !hasFailed(rows), rows, board }));
      else console.log(`\n${dayTable(rows)}\n\n  ${pairsSentence(rows)}\n\n${boardTable(board)}\n`);
      return hasFailed(rows) ? 1 : 0;
    } finally {
      await shutdown.stop();
    }
  },
};

/** Failed for good: every model failed some task, or an answer is in doubt. A model's own refusal is its own affair. */
function hasFailed(rows: readonly DayRow[]): boolean {
  const answers = rows.filter((row) => row.model !== null);
  return (
    !answers.length ||
    answers.some((row) => row.status === "in_doubt") ||
    answers.every((row) => row.status !== "succeeded")
  );
}

export default day;
