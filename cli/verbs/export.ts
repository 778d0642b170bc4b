// autobench export -> [cli/verbs/export.ts] -> server/exports.ts
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPool } from "../../db/cluster/connect.ts";
import { ExplainedError } from "../../process/explained.ts";
import { silentLog } from "../../process/log.ts";
import { exportBoard, exportVotes } from "../../server/exports.ts";
import { openSession, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

const exportVerb: Verb = {
  usage: "export [votes|board]",
  takes: 1,
  help: [
    "Writes what is published: every counted vote on closed tasks, or a board.",
    "",
    "  --out FILE      where to; without it, standard output",
    "  --format KIND   of votes: csv or jsonl; without it, by the name of the file, else csv",
    "  --since DAY     votes on tasks of this day and later",
    "  --until DAY     votes on tasks of this day and before",
    "  --theme NAME    the board of one theme",
    "  --no-ties       the board that leaves ties out",
    "  --rehearsal     of canned models, where there are real ones too",
  ].join("\n"),
  options: {
    out: { type: "string" },
    format: { type: "string" },
    since: { type: "string" },
    until: { type: "string" },
    theme: { type: "string" },
    "no-ties": { type: "boolean" },
    rehearsal: { type: "boolean" },
  },
  async run({ values, positionals, isJson }) {
    const [what = "votes"] = positionals;
    if (what !== "votes" && what !== "board")
      throw new ExplainedError(`There is no export of ${what}: votes, or board.`);
    const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
    const out = text("out");
    const format = text("format") ?? (out?.endsWith(".jsonl") ? "jsonl" : "csv");
    if (format !== "csv" && format !== "jsonl") throw new ExplainedError(`The format is csv or jsonl, not ${format}.`);
    for (const name of ["since", "until"]) requireDay(name, text(name));
    if (isJson && !out) throw new ExplainedError("With --json, name a file: --out votes.csv.");
    const isRehearsal = values["rehearsal"] === true ? true : undefined;

    const { settings } = openSession(true);
    const pool = openPool((await useRunning(settings)).url("autobench_worker"), {
      name: "export",
      max: 1,
      log: silentLog,
    });
    try {
      let lines = 0;
      const counted = async function* (): AsyncGenerator<string> {
        const source =
          what === "board"
            ? [await exportBoard(pool, { theme: text("theme"), hasTies: values["no-ties"] !== true, isRehearsal })]
            : exportVotes(pool, format, { since: text("since"), until: text("until"), isRehearsal });
        for await (const part of source) {
          lines += part.split("\n").length - 1;
          yield part;
        }
      };
      if (out) await pipeline(Readable.from(counted()), createWriteStream(out));
      else for await (const part of counted()) if (!process.stdout.write(part)) await once(process.stdout, "drain");
      if (isJson) console.log(JSON.stringify({ ok: true, what, file: out, lines }));
      else if (out) console.error(`${lines} lines in ${out}.`);
      return 0;
    } finally {
      await pool.end();
    }
  },
};

function requireDay(name: string, day: string | undefined): void {
  if (day === undefined) return;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) {
    throw new ExplainedError(`--${name} must be a day such as 2026-11-20.`);
  }
}

export default exportVerb;
