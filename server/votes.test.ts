// [server/votes.test.ts] -> server/voter.ts, server/plugins/votes.ts, drawBallot, castVote, leaderboard (GraphQL)
// Who votes, as the server tells Postgres: by token, by cookie, over HTTP and WebSocket; and what boards people read.
import type pg from "pg";
import { liftLimits, makeVoters, openArena } from "../db/arena/testing/arena.ts";
import { describe, expect, test as base, type TestServer } from "./testing/server.ts";
import { isListening } from "./testing/listening.ts";
import { until } from "./testing/server.ts";
import { votingNetwork } from "./voter.ts";

const draw =
  "mutation { drawBallot(input: {}) { ballot { id stratum expiresAt task { title } leftPage { url imageUrl } } } }";
const cast =
  "mutation ($id: UUID!, $verdict: BallotVerdict!) { castVote(input: { ballotId: $id, verdict: $verdict }) { vote { verdict leftVotes leftModel { slug } } } }";

interface Drawn {
  id: string;
  stratum: string;
  task: { title: string };
  leftPage: { url: string; imageUrl: string | null };
}

const drawn = (answer: { data?: Record<string, unknown> | null }): Drawn =>
  (answer.data as { drawBallot: { ballot: Drawn } }).drawBallot.ballot;
const cookieOf = (headers: Headers): string => headers.get("set-cookie")?.split(";")[0] ?? "";

const test = base.extend("arena", { scope: "file" }, ({ pool }) => openArena(pool, { models: 6, sealed: 2 }));

/** Draws as a visitor who comes with this cookie, or without one. */
const visit = (server: TestServer, cookie = "", headers: Record<string, string> = {}) =>
  server.gql(draw, { headers: { ...(cookie ? { cookie } : {}), ...headers } });

describe("a visitor", () => {
  test("is given a cookie with their first ballot, and is known by it", async ({ server, arena, pool }) => {
    expect(arena.tasks).toHaveLength(3);
    const first = await visit(server);
    expect(first.headers.get("set-cookie")).toMatch(
      /^autobench_voter=[\w-]{22}\.[\w-]{43}; Max-Age=34560000; Path=\/; Expires=[^;]+ GMT; HttpOnly; SameSite=Lax$/,
    );
    const cookie = cookieOf(first.headers);
    const ballot = drawn(first);
    expect(ballot).toMatchObject({ stratum: "sealed", leftPage: { imageUrl: null } });
    const again = await visit(server, `other=1; ${cookie}; more=2`);
    expect(again.headers.get("set-cookie")).toBeNull();
    expect(drawn(again)).toEqual(ballot); // the same ballot, under the same names
    const vote = await server.gql(cast, { variables: { id: ballot.id, verdict: "tie" }, headers: { cookie } });
    expect(vote.data).toEqual({ castVote: { vote: { verdict: "tie", leftVotes: 0, leftModel: null } } });
    expect(await server.gql(cast, { variables: { id: ballot.id, verdict: "tie" }, headers: { cookie } })).toMatchObject(
      {
        code: "TB075",
      },
    );
    const { rows } = await pool.query<{ visitor_hash: Buffer | null }>(
      "select v.visitor_hash from app_private.voters v join app_public.ballots b on b.voter_id = v.id where b.id = $1",
      [ballot.id],
    );
    expect(rows[0]?.visitor_hash).toHaveLength(32);
    expect(cookie).not.toContain(rows[0]?.visitor_hash?.toString("base64url"));
  });

  test("with a forged cookie is a new visitor", async ({ server, arena }) => {
    expect(arena).toBeDefined();
    const first = await visit(server);
    const cookie = cookieOf(first.headers);
    const [name = "", value = ""] = cookie.split("=");
    const [visitor = "", signature = ""] = value.split(".");
    const flip = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1);
    for (const forged of [
      `${flip(visitor)}.${signature}`,
      `${visitor}.${flip(signature)}`,
      visitor,
      `${visitor}.`,
      `${value}x`,
      "x",
    ]) {
      const answer = await visit(server, `${name}=${forged}`);
      expect(drawn(answer).id).not.toBe(drawn(first).id);
      expect(cookieOf(answer.headers)).not.toBe("");
      expect(cookieOf(answer.headers)).not.toBe(cookie);
      const vote = { variables: { id: drawn(first).id, verdict: "left" }, headers: { cookie: `${name}=${forged}` } };
      expect(await server.gql(cast, vote)).toMatchObject({ code: "TB074" });
    }
    expect(drawn(await visit(server, cookie)).id).toBe(drawn(first).id);
  });

  test("is given no cookie for looking, nor a member for drawing", async ({ server, arena, member }) => {
    expect(arena).toBeDefined();
    for (const document of ["{ leaderboard(first: 9) { nodes { rank } } }", "{ ballots(first: 9) { nodes { id } } }"]) {
      const answer = await server.gql(document);
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, null]);
    }
    const ada = await member();
    const hers = await server.gql(draw, { token: ada.token });
    expect(hers.headers.get("set-cookie")).toBeNull();
    const his = await visit(server);
    // A token counts, whatever cookie comes with it.
    const both = await server.gql(draw, { token: ada.token, headers: { cookie: cookieOf(his.headers) } });
    expect(drawn(both).id).toBe(drawn(hers).id);
  });

  test("is the same over a socket, and nobody without a cookie", async ({ server, arena }) => {
    expect(arena).toBeDefined();
    const first = await visit(server);
    const known = await server.socket({ headers: { cookie: cookieOf(first.headers) } });
    expect(await known.ask(draw)).toMatchObject({ data: { drawBallot: { ballot: { id: drawn(first).id } } } });
    const stranger = await server.socket();
    expect((await stranger.ask(draw)).errors?.[0]?.extensions).toMatchObject({
      code: "TB078",
      hint: expect.any(String),
    });
    await Promise.all([known.close(), stranger.close()]);
  });

  test("stays known after the server has started anew, and on https has a cookie of this host alone", async ({
    server,
    start,
    arena,
  }) => {
    expect(arena).toBeDefined();
    const first = await visit(server);
    const other = await start();
    expect(drawn(await visit(other, cookieOf(first.headers))).id).toBe(drawn(first).id);
    const secure = await start({ PUBLIC_URL: "https://bench.example.org", SANDBOX_URL: "https://pages.example.net" });
    expect((await visit(secure)).headers.get("set-cookie")).toMatch(
      /^__Host-autobench_voter=.*; Path=\/; .*; Secure; SameSite=Lax$/,
    );
  });

  test("comes from a network of which only a hash is kept", async ({ start, arena, pool }) => {
    expect(arena).toBeDefined();
    const proxied = await start({ TRUST_PROXY: "1" });
    const hashes: (string | undefined)[] = [];
    for (const address of [
      "203.0.113.7",
      "203.0.113.99",
      "198.51.100.1",
      "2001:db8:1:2::3",
      "2001:db8:1:3::4",
      "127.0.0.1",
    ]) {
      const headers = { "x-forwarded-for": address };
      const first = await visit(proxied, "", headers);
      const { id } = drawn(first);
      await proxied.gql(cast, {
        variables: { id, verdict: "left" },
        headers: { ...headers, cookie: cookieOf(first.headers) },
      });
      const { rows } = await pool.query<{ hash: string }>(
        "select encode(network_hash, 'hex') as hash from app_public.votes where ballot_id = $1",
        [id],
      );
      hashes.push(rows[0]?.hash);
    }
    const [a, b, c, d, e, own] = hashes;
    expect([a, d]).toEqual([b, e]);
    expect(new Set([a, c, d]).size).toBe(3);
    expect(own).toBeNull();
  });
});

test("a network is a prefix", () => {
  const table = {
    "203.0.113.7": "203.0.113.0/24",
    "127.0.0.1": "",
    "2001:db8:1:2::/64": "2001:db8:1::/48",
    "0:0:0:0::/64": "",
    "": "",
  };
  for (const [address, network] of Object.entries(table)) expect(votingNetwork(address)).toBe(network);
});

const days = ["2026-03-02", "2026-03-03"];

/** Two days on which the models meet; returns how often boards were published. */
async function playDays(pool: pg.Pool, isRehearsal: boolean): Promise<void> {
  await pool.query(liftLimits);
  const voters = await makeVoters(pool, 24, isRehearsal ? "canned" : "real");
  for (const [index, day] of days.entries()) {
    const { tasks } = await openArena(pool, {
      models: 4,
      sealed: 2,
      day,
      isRehearsal,
      theme: ["game", "tool"][index] ?? "",
    });
    for (const { id } of tasks.filter(({ is_showcase }) => !is_showcase)) {
      await pool.query(
        `select app_private.cast_vote(v.id, null, b.id, (array['left', 'left', 'right', 'tie']::app_public.verdict[])[1 + v.id % 4], null, $3)
           from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, $2, $3) b`,
        [voters, id, `${day}T12:00:00Z`],
      );
    }
    await pool.query("select app_private.refresh_leaderboards(($1::date + 1)::timestamp at time zone 'utc')", [day]);
  }
}

describe("the boards", () => {
  test("are asked for by their names, tell who hears, and keep canned models apart", async ({ start, pool }) => {
    const server = await start();
    await pool.query("delete from app_private.folded_tasks");
    const socket = await server.socket();
    const id = socket.begin(
      "subscription { leaderboardChanged { id theme hasTies votes ratings(first: 1) { nodes { rank } } } }",
    );
    await until("the server listens", () => isListening(server, "leaderboard"));

    await playDays(pool, false);
    const heard = await socket.next((message) => message.id === id && message.type === "next");
    expect(heard.payload).toMatchObject({
      data: {
        leaderboardChanged: {
          id: expect.stringMatching(/^\d+$/),
          theme: null,
          hasTies: true,
          ratings: { nodes: [{ rank: expect.any(Number) }] },
        },
      },
    });
    await pool.query(
      `select pg_notify('leaderboard', x) from unnest(array['{"id":"x"}', 'x', '{"id":"999999999"}', '{"id":null}']) x`,
    );
    await socket.close();

    const everything = `{
      leaderboard(first: 50) { nodes { rank rankLow rankHigh model { slug } rating ciLow ciHigh elo votes winRate ties qualityFloor tasks
        successRate medianLatencyMs costPerAnswer status isRehearsal } }
      game: leaderboard(theme: "game", first: 50) { nodes { theme tasks } }
      decisive: leaderboard(hasTies: false, first: 50) { nodes { hasTies votes } }
      early: leaderboardAsOf(day: "2026-03-03", first: 50) { nodes { tasks } }
      before: leaderboardAsOf(day: "2026-03-01", first: 50) { nodes { tasks } }
      headToHead(first: 100) { nodes { model { slug } opponent { slug } wins losses ties winRate winRateLow winRateHigh } }
      tools: headToHead(theme: "tool", first: 1) { totalCount }
      canned: leaderboard(isRehearsal: true, first: 1) { totalCount }
    }`;
    const { data, errors } = await server.gql(everything);
    expect(errors).toBeUndefined();
    const board = data as Record<string, { nodes: Record<string, never>[]; totalCount: number }>;
    const { nodes } = board["leaderboard"]!;
    expect(nodes).toHaveLength(4);
    for (const line of nodes)
      expect(line).toMatchObject({ tasks: 4, successRate: 1, isRehearsal: false, status: "provisional" });
    expect(nodes.map(({ rating }) => Number(rating))).toEqual(
      nodes.map(({ rating }) => Number(rating)).toSorted((a, b) => b - a),
    );
    expect(board["game"]!.nodes.map(({ theme, tasks }) => [theme, tasks])).toEqual(nodes.map(() => ["game", 2]));
    expect(board["decisive"]!.nodes.every(({ hasTies }) => hasTies === false)).toBe(true);
    expect(board["early"]!.nodes.map(({ tasks }) => tasks)).toEqual([2, 2, 2, 2]);
    expect(board["before"]!.nodes).toEqual([]);
    expect(board["headToHead"]!.nodes).toHaveLength(12);
    expect([board["tools"]!.totalCount, board["canned"]!.totalCount]).toEqual([12, 0]);

    const { rows } = await pool.query<{ id: string }>("select id from app_public.models where slug = 'model-001'");
    const history = await server.gql(
      "query ($id: UUID!) { ratingHistory(modelId: $id, first: 100) { nodes { publishedAt tasks rating } } }",
      {
        variables: { id: rows[0]?.id },
      },
    );
    expect(
      (history.data as { ratingHistory: { nodes: { tasks: number }[] } }).ratingHistory.nodes.map(({ tasks }) => tasks),
    ).toEqual([2, 4]);
  });
});
