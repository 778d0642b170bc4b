// db/ratings/simulation.ts -> [db/ratings/coverage.test.ts] -> app_private.fit_board()
// An interval is honest when it holds the truth as often as it says. Pages are made once and voted on a thousand times, so the
// votes on one are not independent: an interval that takes them for it is far too narrow.
import { describe, expect, test } from "../testing/database.ts";
import { dice, expectedCounts, fitArguments, fitBoard, normal, playTasks } from "./simulation.ts";

const models = 12;
const spread = 120;
const runs = 240;
const z = 1.959963984540054;

describe("the published interval", () => {
  test("holds the value that the rating tends to in 92 to 97 of 100 cases", { timeout: 60_000 }, async ({ db }) => {
    const roll = dice(20_261_120);
    const strengths = Array.from({ length: models }, () => normal(roll, 150));
    const truth = await db.rows<{ rating: number }>(
      `select rating from ${fitBoard}`,
      fitArguments(models, expectedCounts(strengths, spread)),
    );
    let [held, naive] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const counts = playTasks(strengths, { tasks: 30, votes: 1000, spread, roll });
      const fit = await db.rows<{ rating: number; se: number; se_sandwich: number }>(
        `select rating, se, se_sandwich from ${fitBoard}`,
        fitArguments(models, counts),
      );
      for (const [index, { rating, se, se_sandwich }] of fit.entries()) {
        const off = Math.abs(rating - (truth[index]?.rating ?? Number.NaN));
        if (off <= z * se) held++;
        if (off <= z * se_sandwich) naive++;
      }
    }
    const percent = (count: number): number => Math.round((1000 * count) / (runs * models)) / 10;
    console.log(`95 % intervals held the truth: by task ${percent(held)} %, by vote ${percent(naive)} %`);
    expect(percent(held)).toBeGreaterThanOrEqual(92);
    expect(percent(held)).toBeLessThanOrEqual(97);
    expect(percent(naive)).toBeGreaterThan(30);
    expect(percent(naive)).toBeLessThan(50);
  });
});
