// db/ratings/vectors.json -> [db/ratings/ratings.test.ts] -> app_private.bradley_terry(), app_private.pair_gains()
import { type Db, describe, expect, test } from "../testing/database.ts";
import vectors from "./vectors.json" with { type: "json" };

type Matrix = readonly (readonly number[])[];

interface Rated extends Record<string, unknown> {
  position: number;
  theta: number;
  rating: number;
  se_fisher: number;
  se_sandwich: number;
  se: number;
  rank: number;
  rank_low: number;
  rank_high: number;
}

const array = (matrix: Matrix): string => JSON.stringify(matrix).replaceAll("[", "{").replaceAll("]", "}");

const rate = (db: Db, wins: Matrix, ties: Matrix, prior = 1): Promise<Rated[]> =>
  db.rows<Rated>("select * from app_private.bradley_terry($1, $2, $3)", [array(wins), array(ties), prior]);

/** Equal to 1e-5, as the vectors are printed; theta to 1e-9. */
function expectClose(actual: readonly number[], expected: readonly number[], within = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries())
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(within);
}

const figures = ["rating", "se_fisher", "se_sandwich", "se"] as const;
const ranks = ["rank", "rank_low", "rank_high"] as const;

function board(name: string, prior: number) {
  const found = vectors.bradley_terry.find((vector) => vector.name === name && vector.prior_votes === prior);
  if (!found) throw new Error(`no vector ${name}`);
  return found;
}

describe("app_private.bradley_terry", () => {
  test.for(
    vectors.bradley_terry.map((vector) => [`${vector.name}, ${vector.prior_votes} prior votes`, vector] as const),
  )("%s", async ([, vector], { db }) => {
    const rows = await rate(db, vector.wins, vector.ties, vector.prior_votes);
    expect(rows.map(({ position }) => position)).toEqual(vector.wins.map((_, index) => index + 1));
    expectClose(
      rows.map(({ theta }) => theta),
      vector.theta,
      1e-9,
    );
    for (const figure of figures)
      expectClose(
        rows.map((row) => row[figure]),
        vector[figure],
      );
    for (const rank of ranks) expect(rows.map((row) => row[rank])).toEqual(vector[rank]);
    const { likelihood } = await db.row<{ likelihood: number }>(
      "select likelihood from app_private.fit_strengths($1, $2, $3)",
      [array(vector.wins), array(vector.ties), vector.prior_votes],
    );
    expectClose([likelihood], [vector.loglik_penalised]);
  });

  test("leaves ties out when they are left out", async ({ db }) => {
    const { wins } = board("V2", 0);
    const none = wins.map((row) => row.map(() => 0));
    expectClose(
      (await rate(db, wins, none, vectors.tie_skip.prior_votes)).map(({ rating }) => rating),
      vectors.tie_skip.rating,
    );
  });

  test("does not depend on the order of the models", async ({ db }) => {
    const { wins, ties } = board("V2", 1);
    const order = [2, 0, 3, 1];
    const moved = (matrix: Matrix): Matrix => order.map((i) => order.map((j) => matrix[i]?.[j] ?? 0));
    const before = await rate(db, wins, ties);
    const after = await rate(db, moved(wins), moved(ties));
    for (const figure of figures) {
      expectClose(
        after.map((row) => row[figure]),
        order.map((i) => before[i]?.[figure] ?? 0),
        1e-9,
      );
    }
  });

  test("halves the variance when all counts are doubled", async ({ db }) => {
    const { wins, ties } = board("V2", 0);
    const twice = (matrix: Matrix): Matrix => matrix.map((row) => row.map((count) => 2 * count));
    const [before, after] = [await rate(db, wins, ties, 0), await rate(db, twice(wins), twice(ties), 0)];
    for (const figure of ["se_fisher", "se_sandwich", "se"] as const) {
      expectClose(
        after.map((row) => row[figure] ** 2),
        before.map((row) => row[figure] ** 2 / 2),
        1e-6,
      );
    }
    expectClose(
      after.map(({ rating }) => rating),
      before.map(({ rating }) => rating),
      1e-8,
    );
  });

  test("leaves the others' differences alone when a model joins that nobody met", async ({ db }) => {
    const { wins, ties } = board("V1", 1);
    const joined = (matrix: Matrix): Matrix => [...matrix.map((row) => [...row, 0]), [0, 0, 0, 0, 0]];
    const [before, after] = [await rate(db, wins, ties), await rate(db, joined(wins), joined(ties))];
    expectClose(
      after.slice(0, 4).map(({ theta }) => theta),
      before.map(({ theta }) => theta),
      1e-9,
    );
  });

  test("takes one vote for no certainty: its models share a rank", async ({ db }) => {
    const one = await rate(
      db,
      [
        [0, 1],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    );
    expect(one.map(({ rank }) => rank)).toEqual([1, 1]);
    expect(one[0]?.rating).toBeGreaterThan(one[1]?.rating ?? 0);
    const many = await rate(
      db,
      [
        [0, 30],
        [3, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    );
    expect(many.map(({ rank }) => rank)).toEqual([1, 2]);
  });

  test("gives equal models equal ratings, and few models ratings at all", async ({ db }) => {
    const equal = await rate(
      db,
      [
        [0, 5, 5],
        [5, 0, 5],
        [5, 5, 0],
      ],
      [
        [0, 2, 2],
        [2, 0, 2],
        [2, 2, 0],
      ],
    );
    expectClose(
      equal.map(({ rating }) => rating),
      [1000, 1000, 1000],
      1e-9,
    );
    expect(await rate(db, [[0]], [[0]])).toMatchObject([{ rating: 1000, rank: 1, rank_low: 1, rank_high: 1 }]);
    expect(await rate(db, [], [])).toEqual([]);
  });

  test("refuses a board that is not connected, unless prior votes connect it", async ({ db }) => {
    for (const name of ["V3", "V4"]) {
      const { wins, ties } = board(name, 1);
      await db.rows("savepoint s");
      await expect(rate(db, wins, ties, 0)).rejects.toMatchObject({
        code: "TB070",
        hint: expect.stringContaining("prior_votes"),
      });
      await db.rows("rollback to s");
    }
    const nearly = await rate(db, board("V3", 1).wins, board("V3", 1).ties, 0.5);
    expectClose(
      nearly.map(({ rating }) => rating),
      [1767.345941, 1032.757556, 967.242444, 232.654059],
    );
  });

  test.for([
    ["a row too few", [[0, 1]], [[0, 0]]],
    [
      "a negative count",
      [
        [0, -1],
        [1, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "ties that differ",
      [
        [0, 1],
        [1, 0],
      ],
      [
        [0, 1],
        [2, 0],
      ],
    ],
    [
      "ties of another size",
      [
        [0, 1],
        [1, 0],
      ],
      [[0]],
    ],
  ] as const)("refuses %s", async ([, wins, ties], { db }) => {
    await expect(rate(db, wins, ties)).rejects.toMatchObject({ code: "TB072" });
  });

  test("finds the parts of a board", async ({ db }) => {
    const { wins, ties } = board("V4", 1);
    expect(await db.row("select app_private.board_components($1, $2) as parts", [array(wins), array(ties)])).toEqual({
      parts: [1, 1, 2, 2],
    });
  });

  test.for([2, 7, 8, 9, 16, 23])("inverts the information of %i models", async (size, { db }) => {
    const counts = (seed: number): Matrix =>
      Array.from({ length: size }, (_, i) =>
        Array.from({ length: size }, (_, j) => (i === j ? 0 : ((i * 7 + j * 3) % 5) + seed)),
      );
    const ties = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => (i === j ? 0 : (i + j) % 4)),
    );
    const wins = counts(1);
    const fit = await db.row<{ theta: number[]; inverse: number[]; steps: number }>(
      "select theta, inverse, steps from app_private.fit_strengths($1, $2)",
      [array(wins), array(ties)],
    );
    expect(fit.steps).toBeLessThan(10);
    const stride = Math.ceil(size / 8) * 8;
    const at = (matrix: Matrix, i: number, j: number): number => matrix[i]?.[j] ?? 0;
    const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
    const theta = (i: number): number => fit.theta[i] ?? 0;
    const information = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => {
        const weight = (k: number): number =>
          (at(wins, i, k) + at(wins, k, i) + at(ties, i, k)) *
          logistic(theta(i) - theta(k)) *
          logistic(theta(k) - theta(i));
        if (i !== j) return -weight(j);
        const own = logistic(theta(i)) * logistic(-theta(i));
        return Array.from({ length: size }, (_, k) => (k === i ? 0 : weight(k))).reduce((a, b) => a + b, own);
      }),
    );
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const product = Array.from(
          { length: size },
          (_, k) => at(information, i, k) * (fit.inverse[k * stride + j] ?? 0),
        );
        expectClose([product.reduce((a, b) => a + b, 0)], [i === j ? 1 : 0], 1e-9);
      }
    }
  });
});

describe("app_private.pair_gains", () => {
  test("is what one more vote takes from the sum of variances", async ({ db }) => {
    const { wins, ties } = board("V1", 1);
    const sum = async (extra?: readonly [number, number]): Promise<number> => {
      // Half a win each way moves no rating, and adds exactly the information of one vote.
      const p = extra ? 1 / (1 + Math.exp((rated[extra[1]]?.theta ?? 0) - (rated[extra[0]]?.theta ?? 0))) : 0;
      const more = wins.map((row, i) =>
        row.map(
          (count, j) =>
            count + (i === extra?.[0] && j === extra[1] ? p : i === extra?.[1] && j === extra[0] ? 1 - p : 0),
        ),
      );
      return (await rate(db, more, ties)).reduce((total, row) => total + (row.se_fisher / (400 / Math.LN10)) ** 2, 0);
    };
    const rated = await rate(db, wins, ties);
    const before = await sum();
    const gains = await db.rows<{ first: number; second: number; gain: number }>(
      "select g.* from app_private.fit_strengths($1, $2) f, app_private.pair_gains(f.theta, f.inverse) g",
      [array(wins), array(ties)],
    );
    expect(gains).toHaveLength(6);
    for (const { first, second, gain } of gains) {
      expectClose([gain], [before - (await sum([first - 1, second - 1]))], 1e-9);
    }
  });
});
