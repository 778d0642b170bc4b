// db/arena/testing/arena.ts -> [db/ratings/figures.test.ts] -> app_private.publish_board(), app_private.submission_figures(), app_public.leaderboard
// Every figure of a line, against what follows from the votes and answers that were put in, worked out here once more.
import { liftLimits, makeVoters, openArena } from "../arena/testing/arena.ts";
import { anonymous, type Db, describe, expect, test } from "../testing/database.ts";

type Outcome = "first" | "second" | "tie" | "both_bad";

/** An answer: how long it took, what it cost, and whether there was one. A failed one cost and took time all the same. */
interface Given {
  latency: number | null;
  cost: string | null;
  failed?: boolean;
}
const gave = (latency: number, cost: string | null): Given => ({ latency, cost });
const failed = (latency: number | null, cost: string | null): Given => ({ latency, cost, failed: true });

interface Played {
  day: string;
  theme: string;
  /** Of each model: the showcase, then the sealed tasks. No two are equal, save where equality is the case. */
  answers: Given[][];
  /** Per sealed task, per pair of models: how often it ended how. */
  votes: [first: number, second: number, counts: Partial<Record<Outcome, number>>][][];
}

const played: Played[] = [
  {
    day: "2026-03-02",
    theme: "game",
    answers: [
      [gave(101, "0.00110000"), gave(2003, "0.02000001"), gave(7, "0.30000000")],
      [gave(5001, "0.00000000"), gave(302, "0.10203040"), gave(88_000, "0.00000007")],
      [failed(9, "0.50000000"), gave(4004, "0.00990000"), gave(4005, "0.00770000")],
      [gave(12, "0.00004000"), failed(60_000, null), gave(640, "0.04000000")],
    ],
    votes: [
      [
        [0, 1, { first: 5, second: 1, tie: 3, both_bad: 2 }],
        [0, 2, { first: 2, second: 4, tie: 1, both_bad: 5 }],
        [1, 2, { first: 1, second: 1, tie: 6 }],
      ],
      [
        [0, 1, { first: 3, second: 2, both_bad: 1 }],
        [0, 3, { first: 4, tie: 2 }],
        [1, 3, { second: 3, tie: 5, both_bad: 7 }],
        [2, 3, { first: 2, second: 5 }],
      ],
    ],
  },
  {
    day: "2026-03-03",
    theme: "music",
    answers: [
      [gave(90_001, "1.00000000"), gave(31, "0.00000003"), failed(null, null)],
      [failed(null, "0.00010000"), failed(700, "0.00200000"), failed(1, "0.03000000")],
      [gave(17, "0.02500000"), gave(18, "0.01250000"), gave(900, "0.00625000")],
      [gave(2, "0.07000000"), gave(3, "0.08000000"), gave(50_000, "0.09000000")],
    ],
    votes: [
      [
        [0, 2, { first: 1, second: 2, tie: 4, both_bad: 3 }],
        [0, 3, { second: 6, tie: 1 }],
        [2, 3, { first: 3, second: 3, both_bad: 4 }],
      ],
      [[2, 3, { first: 7, second: 1, tie: 2, both_bad: 1 }]],
    ],
  },
  {
    // Where ties do not count, two have no vote at all; one has votes and no page besides the one that they are on.
    day: "2026-03-04",
    theme: "tool",
    answers: [
      [gave(11, "0.00000100"), gave(22, "0.00000200"), gave(44, "0.00000400")],
      [gave(1001, "0.00100000"), gave(1002, "0.00200000"), gave(1004, "0.00400000")],
      [failed(5, "0.00500000"), gave(6, null), failed(7, "0.00700000")],
      [gave(300, "0.03000000"), gave(301, "0.03100000"), failed(302, "0.03200000")],
    ],
    votes: [
      [
        [0, 1, { tie: 3, both_bad: 2 }],
        [2, 3, { first: 2, second: 1 }],
      ],
      [[0, 1, { tie: 1 }]],
    ],
  },
];

interface Day {
  models: string[];
  /** The tasks: the showcase, then the sealed ones. */
  ids: string[];
}

interface Votes {
  task: string | undefined;
  day: string;
  first: string | undefined;
  second: string | undefined;
  outcome: Outcome;
  count: number;
  stratum?: "sealed" | "revealed";
}

let crowds = 0;

/** So many votes on one pair of one task, all of which end alike; each by a voter of its own, half of them with sides turned. */
async function vote(
  db: Db,
  { task, day, first, second, outcome, count, stratum = "sealed" }: Votes,
): Promise<string[]> {
  const voters = await makeVoters(db.client, count, `crowd ${++crowds} `);
  const cast = await db.rows(
    `with drawn as (
       insert into app_public.ballots (match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
         select m.id, v.id, m.task_id, $6, v.n % 2 = 0, 0.5, $5, $5::timestamptz + interval '30 minutes'
           from app_private.matches m cross join unnest($1::bigint[]) with ordinality v (id, n)
           where (m.task_id, m.first_model_id, m.second_model_id) = ($2::uuid, $3::uuid, $4::uuid)
         returning *
     )
     select d.voter_id, d.id, d.is_first_left from drawn d`,
    [voters, task, first, second, `${day}T12:00:00Z`, stratum],
  );
  expect(cast).toHaveLength(count);
  for (const { voter_id, id, is_first_left } of cast) {
    const [one, other] = is_first_left === true ? ["left", "right"] : ["right", "left"];
    const verdict = { first: one, second: other, tie: "tie", both_bad: "both_bad" }[outcome];
    const at = `${day}T12:01:00Z`;
    await db.rows("select app_private.cast_vote($1, null, $2, $3, null, $4)", [voter_id, id, verdict, at]);
  }
  return voters;
}

/** A day's answers as they are given, and its votes. */
async function play(db: Db, { day, theme, answers, votes }: Played): Promise<Day> {
  const { models, tasks } = await openArena(db.client, { models: 4, sealed: 2, day, theme });
  const { rows: slots } = await db.client.query<{ id: string }>(
    "select id from app_public.tasks where id = any ($1) order by slot",
    [tasks.map(({ id }) => id)],
  );
  const ids = slots.map(({ id }) => id);
  // Failures are no pages: their matches go before anybody votes.
  for (const [m, given] of answers.entries())
    for (const [t, { latency, cost, failed: hasFailed = false }] of given.entries()) {
      const key = [ids[t], models[m]];
      if (hasFailed)
        await db.rows(
          "delete from app_private.matches where task_id = $1 and $2 in (first_model_id, second_model_id)",
          key,
        );
      await db.rows(
        `update app_public.submissions
           set status = case when $5 then 'failed' else 'succeeded' end::app_public.submission_status,
             reason = case when $5 then 'A test.' end, latency_ms = $3, cost_usd = $4,
             html_sha256 = case when not $5 then html_sha256 end, html_bytes = case when not $5 then html_bytes end
           where task_id = $1 and model_id = $2`,
        [...key, latency, cost, hasFailed],
      );
    }
  for (const [t, pairs] of votes.entries())
    for (const [first, second, counts] of pairs)
      for (const [outcome, count] of Object.entries(counts) as [Outcome, number][])
        await vote(db, { task: ids[t + 1], day, first: models[first], second: models[second], outcome, count });
  return { models, ids };
}

interface Figures {
  votes: number;
  win_rate: number | null;
  ties: number;
  quality_floor: number | null;
  tasks: number;
  success_rate: number;
  median_latency_ms: number | null;
  cost_per_answer: string | null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** The middle one, or the mean of the two in the middle. */
function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** The line of one model, from what was put in and nothing else. */
function figuresOf(model: number, days: readonly Played[], hasTies: boolean): Figures {
  const own = { win: 0, loss: 0, tie: 0, both_bad: 0 };
  let tasks = 0;
  for (const pairs of days.flatMap(({ votes }) => votes)) {
    let met = 0;
    for (const [first, second, counts] of pairs) {
      if (first !== model && second !== model) continue;
      const { first: a = 0, second: b = 0, tie = 0, both_bad = 0 } = counts;
      own.win += first === model ? a : b;
      own.loss += first === model ? b : a;
      own.tie += tie;
      own.both_bad += both_bad;
      met += a + b + (hasTies ? tie : 0);
    }
    if (met > 0) tasks++;
  }
  const decided = own.win + own.loss;
  const votes = decided + (hasTies ? own.tie : 0);
  const showings = decided + own.tie + own.both_bad;
  const given = days.flatMap(({ answers }) => answers[model] ?? []);
  const pages = given.filter((answer) => !answer.failed);
  return {
    votes,
    win_rate: votes === 0 ? null : (own.win + (hasTies ? own.tie / 2 : 0)) / votes,
    ties: own.tie,
    quality_floor: showings === 0 ? null : own.both_bad / showings,
    tasks,
    success_rate: pages.length / given.length,
    median_latency_ms: median(pages.flatMap(({ latency }) => latency ?? [])),
    // What failed was paid for as well; to eight places, as it is kept.
    cost_per_answer:
      pages.length === 0
        ? null
        : (Math.round(sum(given.map(({ cost }) => Math.round(Number(cost ?? 0) * 1e8))) / pages.length) / 1e8).toFixed(
            8,
          ),
  };
}

interface Line extends Figures {
  model_id: string;
}

describe("a line of the leaderboard", () => {
  test("holds the figures that follow from votes and answers, on every board, with ties and without", async ({
    db,
  }) => {
    await db.rows(liftLimits);
    const days: Day[] = [];
    for (const day of played) days.push(await play(db, day));
    const { models = [], ids = [] } = days[0] ?? {};
    // None of this is of a board: votes whose models were known, those of a voter who was excluded, and answers to open tasks.
    const [first, second] = models;
    const one = { day: "2026-03-02", first, second, count: 3 };
    for (const outcome of ["first", "tie", "both_bad"] as const) {
      await vote(db, { ...one, task: ids[0], outcome, stratum: "revealed" });
      await vote(db, { ...one, task: ids[1], outcome, stratum: "revealed", day: "2026-03-03" }); // it has closed
      for (const voter of await vote(db, { ...one, task: ids[1], outcome }))
        await db.rows("select app_private.exclude_voter($1, 'a test')", [voter]);
    }
    await openArena(db.client, { models: 4, sealed: 2, day: "2026-03-05", theme: "game" });
    expect(await db.rows("select * from app_private.count_faults")).toEqual([]);
    await db.rows("select app_private.refresh_leaderboards('2026-03-05 00:00:30Z')");
    for (const theme of [null, "game", "music", "tool"])
      for (const hasTies of [true, false]) {
        const closed = played.filter((day) => theme === null || day.theme === theme);
        const lines = await db.rowsAs<Line>(
          anonymous,
          `select model_id, votes, win_rate, ties, quality_floor, tasks, success_rate, median_latency_ms, cost_per_answer
             from app_public.leaderboard where theme is not distinct from $1 and has_ties = $2 and not is_rehearsal`,
          [theme, hasTies],
        );
        const board = [theme, hasTies];
        const shown = models.flatMap((id, m) => (figuresOf(m, closed, true).votes > 0 ? [{ id, m }] : []));
        expect([...board, lines.map(({ model_id }) => model_id).toSorted()]).toEqual([
          ...board,
          shown.map(({ id }) => id).toSorted(),
        ]);
        for (const { id, m } of shown) {
          const { model_id, median_latency_ms, ...line } = lines.find((one) => one.model_id === id) ?? ({} as Line);
          const { median_latency_ms: middle, ...own } = figuresOf(m, closed, hasTies);
          const close = Object.entries(own).map(([name, value]) => [
            name,
            typeof value === "number" && !Number.isInteger(value) ? expect.closeTo(value, 12) : value,
          ]);
          expect({ board, m, model_id, ...line }).toEqual({ board, m, model_id: id, ...Object.fromEntries(close) });
          // Whole milliseconds: a half goes to either side.
          expect([...board, m, Math.abs((median_latency_ms ?? -1) - (middle ?? -1)) <= 0.5]).toEqual([
            ...board,
            m,
            true,
          ]);
        }
      }
  });
});
