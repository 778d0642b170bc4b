// server/routes/home.ts -> [server/gallery/leaderboard.ts] -> app_public.leaderboard(), app_public.head_to_head()
// The board as people read it: who is ahead, how sure that is, and how it was computed.
import type pg from "pg";
import { escapeHtml as e } from "../routes/page.ts";
import { asVisitor } from "../visitor.ts";
import { type Door, frame } from "./frame.ts";

export interface Line {
  rank: number;
  rankLow: number;
  rankHigh: number;
  model: string;
  slug: string;
  isRehearsal: boolean;
  rating: number;
  low: number;
  high: number;
  elo: number;
  votes: number;
  winRate: number | null;
  qualityFloor: number | null;
  tasks: number;
  successRate: number | null;
  latencyMs: number | null;
  cost: number | null;
  status: "disconnected" | "provisional" | "usable" | "established";
  publishedAt: string;
}

export interface Board {
  theme: string | undefined;
  hasTies: boolean;
  themes: string[];
  lines: Line[];
  meetings: { model: string; opponent: string; winRate: number | null; votes: number }[];
}

const boardSql = `
  select b.rank, b.rank_low as "rankLow", b.rank_high as "rankHigh", b.display_name as model, b.slug, b.is_rehearsal as "isRehearsal",
      b.rating, b.ci_low as low, b.ci_high as high, b.elo, b.votes, b.win_rate as "winRate", b.quality_floor as "qualityFloor", b.tasks,
      b.success_rate as "successRate", b.median_latency_ms as "latencyMs", b.cost_per_answer::float8 as cost, b.status,
      to_char(b.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "publishedAt"
    from app_public.leaderboard($1, $2) b
    limit 100`;

export async function readBoard(
  pool: pg.Pool,
  choice: { theme: string | undefined; hasTies: boolean },
): Promise<Board> {
  const theme = choice.theme ?? null;
  const lines = await asVisitor<Line>(pool, boardSql, [theme, choice.hasTies]);
  const themes = await asVisitor<{ theme: string }>(
    pool,
    "select distinct theme from app_public.leaderboard where theme is not null order by theme",
  );
  const meetings = await asVisitor<Board["meetings"][number]>(
    pool,
    `select m.slug as model, o.slug as opponent, h.win_rate as "winRate", h.wins + h.losses + h.ties as votes
       from app_public.head_to_head($1) h
         join app_public.models m on m.id = h.model_id
         join app_public.models o on o.id = h.opponent_id
       limit 1000`,
    [theme],
  );
  return { ...choice, lines, themes: themes.map((row) => row.theme), meetings };
}

export function leaderboardPage(board: Board, doors: readonly Door[]): string {
  const main = board.lines.length
    ? `${heading(board)}${table(board.lines)}${matrix(board)}${how}`
    : `${heading(board)}${none}${how}`;
  return frame({ title: "Leaderboard", here: "/leaderboard", main, doors });
}

function heading(board: Board): string {
  const [first] = board.lines;
  const canned = first?.isRehearsal ? ` <strong class="canned">Canned models: a rehearsal.</strong>` : "";
  const when = first
    ? `<p class="kind">Published <time datetime="${e(first.publishedAt)}">${e(first.publishedAt.slice(0, 16).replace("T", " "))} UTC</time>, from closed tasks alone.${canned}</p>`
    : "";
  const link = (theme: string | undefined, hasTies: boolean, text: string) => {
    const query = new URLSearchParams({ ...(theme ? { theme } : {}), ...(hasTies ? {} : { ties: "0" }) }).toString();
    const isHere = theme === board.theme && hasTies === board.hasTies;
    return `<a href="/leaderboard${query ? `?${e(query)}` : ""}"${isHere ? ' aria-current="true"' : ""}>${e(text)}</a>`;
  };
  const themes = [
    link(undefined, board.hasTies, "All themes"),
    ...board.themes.map((theme) => link(theme, board.hasTies, theme)),
  ];
  const ties = link(board.theme, !board.hasTies, board.hasTies ? "Leave ties out" : "Count ties as half a win");
  return `<section class="board"><h1>Leaderboard${board.theme ? `: ${e(board.theme)}` : ""}</h1>${when}
<nav class="filters" aria-label="Boards">${themes.join("")}${ties}</nav></section>`;
}

const none = `<p class="sealed">No board is published before a task with votes has closed. <a href="/arena">Vote</a>, and come back after 00:00 UTC.</p>`;

/** All intervals on one scale, with round numbers at its ends. */
function table(lines: readonly Line[]): string {
  const low = Math.floor(Math.min(...lines.map((line) => line.low)) / 20) * 20;
  const high = Math.ceil(Math.max(...lines.map((line) => line.high)) / 20) * 20;
  const percent = (share: number | null) => (share === null ? "" : `${Math.round(share * 100)} %`);
  const rows = lines.map(
    (line) => `<tr class="${line.status}">
<td class="rank">${line.rank}<small>${line.rankLow === line.rankHigh ? "" : ` ${line.rankLow}–${line.rankHigh}`}</small></td>
<th scope="row">${e(line.model)}<small>${statusOf(line)}</small></th>
<td class="figure"><strong>${Math.round(line.rating)}</strong><small>±${Math.round((line.high - line.low) / 2)}</small></td>
<td class="interval">${interval(line, low, high)}</td>
<td class="figure">${Math.round(line.elo)}</td>
<td class="figure">${line.votes.toLocaleString("en-US")}</td>
<td class="figure">${line.tasks}</td>
<td class="figure">${percent(line.winRate)}</td>
<td class="figure">${percent(line.qualityFloor)}</td>
<td class="figure">${percent(line.successRate)}</td>
<td class="figure">${line.latencyMs === null ? "" : `${(line.latencyMs / 1000).toFixed(1)} s`}</td>
<td class="figure">${line.cost === null ? "" : `$${line.cost.toFixed(line.cost < 0.01 ? 4 : 3)}`}</td>
</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="The board"><table>
<thead><tr><th scope="col">Rank</th><th scope="col">Model</th><th scope="col">Rating</th>
<th scope="col" class="interval">95 % interval<small>${low} to ${high}</small></th><th scope="col">Elo</th><th scope="col">Votes</th>
<th scope="col">Tasks</th><th scope="col">Won</th><th scope="col">Both bad</th><th scope="col">Answered</th><th scope="col">Time</th>
<th scope="col">Cost</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

const words: Record<Line["status"], string> = {
  disconnected: "not comparable yet",
  provisional: "provisional",
  usable: "",
  established: "",
};
const statusOf = (line: Line): string => (words[line.status] ? ` ${words[line.status]}` : "");

function interval(line: Line, low: number, high: number): string {
  const at = (rating: number) => (((rating - low) / Math.max(high - low, 1)) * 400).toFixed(1);
  const label = `${Math.round(line.low)} to ${Math.round(line.high)}`;
  return `<svg viewBox="-8 0 416 24" role="img" aria-label="${label}"><title>${label}</title>
<line class="axis" x1="${at(Math.min(Math.max(1000, low), high))}" x2="${at(Math.min(Math.max(1000, low), high))}" y1="0" y2="24"/>
<line class="range" x1="${at(line.low)}" x2="${at(line.high)}" y1="12" y2="12"/><circle cx="${at(line.rating)}" cy="12" r="5"/></svg>`;
}

/** Who beats whom, for boards that a screen can hold. */
function matrix({ lines, meetings }: Board): string {
  if (lines.length < 2 || lines.length > 16 || !meetings.length) return "";
  const found = new Map(meetings.map((one) => [`${one.model} ${one.opponent}`, one]));
  const rows = lines.map((line) => {
    const cells = lines.map((other) => {
      const one = found.get(`${line.slug} ${other.slug}`);
      if (!one || one.winRate === null) return `<td></td>`;
      const share = Math.round(one.winRate * 100);
      return `<td class="w${Math.min(9, Math.floor(share / 10))}" title="${e(`${line.model} against ${other.model}: ${one.votes} votes`)}">${share}</td>`;
    });
    return `<tr><th scope="row">${e(line.model)}</th>${cells.join("")}</tr>`;
  });
  const names = lines.map((line, n) => `<th scope="col" title="${e(line.model)}">${n + 1}</th>`).join("");
  return `<section class="board"><h2>Head to head</h2><p class="sealed">How many of a hundred votes the model on the left wins; a tie is half a vote.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Head to head"><table class="matrix"><thead><tr><td></td>${names}</tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

const how = `<section class="board"><details class="prompt"><summary>How this is computed</summary>
<p>Voters see two pages of one task without knowing who made them, and say which is better, that they are as good, or that both are bad.
The rating is Bradley-Terry: the strengths under which the votes are likeliest, 1000 being the mean and 400 points ten to one. Each model has drawn one vote against a virtual opponent, so that nobody's rating is without end.
The interval takes the task as what is drawn, not the vote: a thousand votes on one page say little about the next page. Models share a rank where their difference may be chance.
Provisional is a model with fewer than 100 votes or 10 tasks, or an interval wider than 60 points to either side. Elo, which moves a little with every vote, is there for those who are used to it.
Only closed tasks count, and only votes that were cast blind.</p></details>
<p><a href="/api/leaderboard.csv">The board as CSV</a> · <a href="/api/votes.csv">every counted vote as CSV</a> · <a href="/api/votes.jsonl">as JSON lines</a></p></section>`;
