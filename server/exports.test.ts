// [server/exports.test.ts] -> server/routes/exports.ts, server/exports.ts: what is published, as files
import http from "node:http";
import { liftLimits, makeVoters, openArena } from "../db/arena/testing/arena.ts";
import { describe, expect, test as base } from "./testing/server.ts";

const days = ["2026-03-02", "2026-03-03"];

/** Two days of votes; the second day's tasks are folded too. */
const test = base.extend("votes", { scope: "file" }, async ({ pool }) => {
  await pool.query(liftLimits);
  const voters = await makeVoters(pool, 20);
  for (const day of days) {
    const { tasks } = await openArena(pool, { models: 4, sealed: 2, day });
    for (const { id } of tasks) {
      await pool.query(
        `select app_private.cast_vote(v.id, null, b.id, 'left', null, $3)
           from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, $2, $3) b`,
        [voters, id, `${day}T12:00:00Z`],
      );
    }
    await pool.query("select app_private.refresh_leaderboards(($1::date + 1)::timestamp at time zone 'utc')", [day]);
  }
  return days.length * 3 * voters.length;
});

describe("GET /api/votes", () => {
  test("gives every vote on closed tasks, day by day, as CSV and as JSON lines", async ({ server, votes }) => {
    const csv = await server.send("/api/votes.csv");
    expect([csv.status, csv.headers.get("content-type"), csv.headers.get("content-disposition")]).toEqual([
      200,
      "text/csv; charset=utf-8",
      'attachment; filename="votes.csv"',
    ]);
    expect(csv.headers.get("content-length")).toBeNull(); // it is not known before the end
    const [header, ...lines] = csv.text.trimEnd().split("\n");
    expect(header).toMatch(/^day,slot,task,theme,stratum,left,right,verdict,propensity,/);
    expect(lines).toHaveLength(votes);
    expect(lines.filter((line) => line === header)).toEqual([]);
    expect(lines.map((line) => line.slice(0, 10))).toEqual(lines.map((line) => line.slice(0, 10)).toSorted());

    const json = await server.send("/api/votes.jsonl?since=2026-03-03&until=2026-03-03");
    const rows = json.text.trimEnd().split("\n");
    expect(rows).toHaveLength(votes / 2);
    expect(new Set(rows.map((row) => (JSON.parse(row) as { day: string }).day))).toEqual(new Set(["2026-03-03"]));
    expect((await server.send("/api/votes.csv?until=2020-01-01")).text).toBe(`${header}\n`);
    expect((await server.send("/api/votes.csv?rehearsal=1")).text).toBe(`${header}\n`);
  });

  test("keeps what is not closed to itself", async ({ server, pool, votes }) => {
    const { tasks } = await openArena(pool, { models: 4, sealed: 1 });
    const [voter] = await makeVoters(pool, 1, "today");
    const open = tasks.find(({ is_showcase }) => !is_showcase)?.id ?? "";
    await pool.query(
      "select app_private.cast_vote($1, null, b.id, 'left') from app_private.draw_ballot($1, null, $2) b",
      [voter, open],
    );
    const { text } = await server.send("/api/votes.csv");
    expect(text).not.toContain(open);
    expect(text.trimEnd().split("\n")).toHaveLength(votes + 1);
  });

  test("refuses what is no day and no flag", async ({ server, votes }) => {
    expect(votes).toBeGreaterThan(0);
    for (const query of ["since=yesterday", "until=2026-02-30", "rehearsal=yes", "since=2026-01-01&since=2026-01-02"]) {
      expect(await server.send(`/api/votes.csv?${query}`)).toMatchObject({ status: 400, code: "TB035" });
    }
  });

  test("stops when whoever asked has gone", async ({ server, pool, votes }) => {
    expect(votes).toBeGreaterThan(0);
    const request = http.get(`${server.url}/api/votes.csv`, (response) => response.destroy());
    await new Promise((resolve) => request.once("close", resolve));
    expect((await server.send("/api/votes.csv")).status).toBe(200); // the one connection for exports is free again
    const { rows } = await pool.query<{ state: string }>(
      "select state from pg_stat_activity where datname = current_database() and application_name = 'autobench exports'",
    );
    expect(rows.every(({ state }) => state === "idle")).toBe(true);
  });
});

test("GET /api/leaderboard.csv gives a board", async ({ server, votes }) => {
  expect(votes).toBeGreaterThan(0);
  const { status, text, headers } = await server.send("/api/leaderboard.csv");
  expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=60"]);
  const [header, ...lines] = text.trimEnd().split("\n");
  expect(header).toMatch(/^rank,rank_low,rank_high,model,rating,ci_low,ci_high,/);
  expect(lines).toHaveLength(4);
  expect((await server.send("/api/leaderboard.csv?theme=game&ties=0")).text.trimEnd().split("\n")).toHaveLength(5);
  expect((await server.send("/api/leaderboard.csv?theme=none")).text).toBe(`${header}\n`);
});
