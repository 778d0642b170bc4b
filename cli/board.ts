// app_private.leaderboard_csv() -> [cli/board.ts] -> autobench day, autobench rehearse
/** A board for a terminal, from its lines of CSV; a sentence where there is none yet. */
export function boardTable(lines: readonly string[]): string {
  const [header = [], ...rows] = lines.map((line) => line.split(","));
  if (!rows.length) return "  No board yet: none is published before a task with votes has closed.";
  const board = rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""])));
  const names = ["rank", "model", "rating", "95 % interval", "votes", "tasks", "status"];
  const round = (text: string | undefined) => String(Math.round(Number(text)));
  const cells = board.map((line) => [
    line["rank"] ?? "",
    line["model"] ?? "",
    round(line["rating"]),
    `${round(line["ci_low"])} to ${round(line["ci_high"])}`,
    line["votes"] ?? "",
    line["tasks"] ?? "",
    line["status"] ?? "",
  ]);
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)));
  return [names, ...cells]
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
