// GET /share/<token> -> [server/routes/share.ts] -> app_private.read_share() -> app_private.shareable_progress
// A member's card, for whoever has its link. One that has expired is not there, cleaned up or not.
import { Router } from "express";
import type pg from "pg";
import { RequestError } from "../errors.ts";
import { escapeHtml, page } from "./page.ts";

interface Card {
  username: string;
  points: number;
  solved: number;
  streak: number;
  longest_streak: number;
  badge: string | null;
  achievements: string[];
  shared_at: string;
}

export function shareRoutes(pool: pg.Pool): Router {
  return Router().get(/^\/share\/([0-9a-f]{64})$/, async (request, response) => {
    const { rows } = await pool.query<{ card: Card | null }>("select app_private.read_share($1) as card", [
      request.params[0],
    ]);
    const card = rows[0]?.card;
    if (!card)
      throw new RequestError(404, "TB008", "There is no such card.", "Its time may be over. Ask for a new link.");
    response.setHeader("cache-control", "no-store"); // it ends at its hour, wherever it was kept
    response.setHeader("x-robots-tag", "noindex");
    response.type("html").send(page(`${card.username} at the practice ground`, body(card)));
  });
}

function body(card: Card): string {
  const facts: [string, string][] = [
    ["Points", String(card.points)],
    ["Problems solved", String(card.solved)],
    ["Days in a row", `${card.streak}, at most ${card.longest_streak}`],
    ["Badge", card.badge ?? "none yet"],
    ["Achievements", card.achievements.join(", ") || "none yet"],
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join("\n");
  return `<dl>\n${list}\n</dl>\n<p>As of ${escapeHtml(card.shared_at.slice(0, 10))}.</p>`;
}
