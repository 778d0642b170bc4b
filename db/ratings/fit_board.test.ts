// db/ratings/vectors.json -> [db/ratings/fit_board.test.ts] -> app_private.fit_board(), app_private.elo_fold()
import { type Db, describe, expect, test } from "../testing/database.ts";
import vectors from "./vectors.json" with { type: "json" };

/** Equal to 1e-5, as the vectors are printed. */
function expectClose(actual: readonly number[], expected: readonly number[], within = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries())
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(within);
}

interface Rated extends Record<string, unknown> {
  rating: number;
  se_fisher: number;
  se_sandwich: number;
  se_task: number | null;
  se: number;
  tasks_met: number;
  votes: number;
}

describe("app_private.fit_board", () => {
  const { rows } = vectors.task_clustered;
  const names = ["A", "B", "C", "D"];
  const entries = (list: readonly (readonly (string | number)[])[]): unknown[] => [
    list.map(([task]) => task),
    list.map(([, i]) => names.indexOf(String(i)) + 1),
    list.map(([, , j]) => names.indexOf(String(j)) + 1),
    list.map((row) => row[3]),
    list.map((row) => row[4]),
    list.map((row) => row[5]),
  ];
  const fit = (db: Db, list: readonly (readonly (string | number)[])[]) =>
    db.rows<Rated>("select * from app_private.fit_board(4, $1, $2, $3, $4, $5, $6)", entries(list));

  test("clusters by task", async ({ db }) => {
    const fitted = await fit(db, rows);
    for (const figure of ["rating", "se_fisher", "se_sandwich", "se_task"] as const) {
      expectClose(
        fitted.map((row) => row[figure] ?? 0),
        vectors.task_clustered[figure],
      );
    }
    expect(fitted.map(({ votes, tasks_met }) => [votes, tasks_met])).toEqual([
      [90, 3],
      [90, 3],
      [90, 3],
      [90, 3],
    ]);
    for (const row of fitted) expect(row.se).toBeGreaterThanOrEqual(Math.max(row.se_task ?? 0, row.se_sandwich));
  });

  test("is the same in whatever order the counts come", async ({ db }) => {
    expectClose(
      (await fit(db, rows.toReversed())).map(({ se }) => se),
      (await fit(db, rows)).map(({ se }) => se),
      1e-9,
    );
  });

  test("has no interval by task from one task", async ({ db }) => {
    const fitted = await fit(db, rows.slice(0, 6));
    expect(fitted.map(({ se_task }) => se_task)).toEqual([null, null, null, null]);
    expect(fitted.every(({ se }) => se > 0)).toBe(true);
  });
});

describe("app_private.elo_fold", () => {
  const { players, games, final } = vectors.online_elo;
  const place = (name: unknown): number => players.indexOf(String(name)) + 1;
  test.for(Object.entries(final))("with K = %s", async ([k, expected], { db }) => {
    const { ratings } = await db.row<{ ratings: number[] }>(
      "select app_private.elo_fold(array_fill(1000::float8, array[4]), $1, $2, $3, $4) as ratings",
      [games.map(([a]) => place(a)), games.map(([, b]) => place(b)), games.map(([, , score]) => score), Number(k)],
    );
    expectClose(ratings, expected);
    expectClose([ratings.reduce((a, b) => a + b, 0)], [4000], 1e-9);
  });
});
