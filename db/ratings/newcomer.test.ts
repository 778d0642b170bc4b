// db/ratings/simulation.ts -> [db/ratings/newcomer.test.ts] -> app_private.pair_gains(), app_private.bradley_terry()
// A model that joins a settled field is to be placed soon: pairs are drawn by what a vote on them would tell.
import { type Db, describe, expect, test } from "../testing/database.ts";
import { dice, normal, winChance } from "./simulation.ts";

const models = 16;
const tieShare = 0.25;
const settledVotes = 6000;
/** Votes between two fits: the steering fit runs once a minute. */
const batch = 20;

interface Pair {
  first: number;
  second: number;
  gain: number;
}

const literal = (matrix: readonly (readonly number[])[]): string =>
  JSON.stringify(matrix).replaceAll("[", "{").replaceAll("]", "}");

/** Votes until the newcomer's standard error is below 25 points, when pairs are drawn by `weigh`. */
async function votesUntilPlaced(
  db: Db,
  seed: number,
  weigh: (pair: Pair, all: readonly Pair[]) => number,
): Promise<number> {
  const roll = dice(seed);
  const strengths = Array.from({ length: models }, () => normal(roll, 130));
  const wins = strengths.map(() => strengths.map(() => 0));
  const ties = strengths.map(() => strengths.map(() => 0));
  const add = (matrix: number[][], i: number, j: number): void => {
    const row = matrix[i];
    if (row) row[j] = (row[j] ?? 0) + 1;
  };
  const vote = (i: number, j: number): void => {
    if (roll() < tieShare) {
      add(ties, i, j);
      add(ties, j, i);
    } else if (roll() < winChance((strengths[i] ?? 0) - (strengths[j] ?? 0))) add(wins, i, j);
    else add(wins, j, i);
  };
  for (let n = 0; n < settledVotes; n++) {
    const i = Math.floor(roll() * (models - 1));
    vote(i, (i + 1 + Math.floor(roll() * (models - 2))) % (models - 1));
  }
  for (let votes = 0; ; votes += batch) {
    const counts = [literal(wins), literal(ties)];
    const { se } = await db.row<{ se: number }>(
      "select se from app_private.bradley_terry($1, $2) where position = $3",
      [...counts, models],
    );
    if (se < 25) return votes;
    const pairs = await db.rows<Pair & Record<string, unknown>>(
      "select g.* from app_private.fit_strengths($1, $2) f, app_private.pair_gains(f.theta, f.inverse) g",
      counts,
    );
    const weights = pairs.map((pair) => weigh(pair, pairs));
    const total = weights.reduce((a, b) => a + b, 0);
    for (let n = 0; n < batch; n++) {
      let left = roll() * total;
      const pair = pairs[weights.findIndex((weight) => (left -= weight) < 0)] ?? pairs[0];
      if (pair) vote(pair.first - 1, pair.second - 1);
    }
  }
}

describe("a newcomer to a settled field of 16", () => {
  test("is placed to 25 points within 400 votes", { timeout: 60_000 }, async ({ db }) => {
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    const [steered, uniform]: [number[], number[]] = [[], []];
    for (let seed = 1; seed <= 8; seed++) {
      steered.push(
        await votesUntilPlaced(
          db,
          seed,
          ({ gain }, all) => (0.8 * gain) / all.reduce((sum, pair) => sum + pair.gain, 0) + 0.2 / all.length,
        ),
      );
      if (seed <= 3) uniform.push(await votesUntilPlaced(db, seed, () => 1));
    }
    console.log(
      `votes until a newcomer is placed: ${mean(steered)} on average (${steered.join(", ")}); uniform ${mean(uniform)}`,
    );
    expect(Math.max(...steered)).toBeLessThanOrEqual(400);
    expect(mean(uniform)).toBeGreaterThan(2 * mean(steered));
  });
});
