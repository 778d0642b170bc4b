// GET /api/*.csv, autobench export -> [server/exports.ts] -> app_private.export_days(), votes_csv(), votes_json(), leaderboard_csv()
// What is published, as lines. Votes come a day at a time: no more than one day is ever held, here or in the database.
import type { Query } from "../db/cluster/connect.ts";

export type Format = "csv" | "jsonl";

export interface VoteRange {
  since?: string | undefined;
  until?: string | undefined;
  /** Of canned models, of real ones, or of real ones where there are any. */
  isRehearsal?: boolean | undefined;
}

/** Every counted vote on closed tasks: the lines of one day after another, in CSV after a line with the names. */
export async function* exportVotes(database: Query, format: Format, range: VoteRange): AsyncGenerator<string> {
  const { since = "-infinity", until = "infinity", isRehearsal = null } = range;
  const read = async (sql: string, values: unknown[]) => (await database.query<{ line: string }>(sql, values)).rows;
  const lines = (rows: readonly { line: string }[]): string => rows.map(({ line }) => `${line}\n`).join("");
  const votes = `select line from app_private.${format === "csv" ? "votes_csv" : "votes_json"}($1, $2, $3) line`;
  // An empty range has the header alone.
  if (format === "csv") yield lines(await read(votes, ["infinity", "-infinity", isRehearsal]));
  const days = await read("select day::text as line from app_private.export_days($1, $2, $3) day", [
    since,
    until,
    isRehearsal,
  ]);
  for (const { line: day } of days) {
    const rows = await read(votes, [day, day, isRehearsal]);
    yield lines(format === "csv" ? rows.slice(1) : rows);
  }
}

export interface BoardChoice {
  theme?: string | undefined;
  hasTies?: boolean | undefined;
  isRehearsal?: boolean | undefined;
}

/** A board as it stands. */
export async function exportBoard(
  database: Query,
  { theme, hasTies = true, isRehearsal }: BoardChoice,
): Promise<string> {
  const { rows } = await database.query<{ line: string }>(
    "select line from app_private.leaderboard_csv($1, $2, $3) line",
    [theme ?? null, hasTies, isRehearsal ?? null],
  );
  return rows.map(({ line }) => `${line}\n`).join("");
}
