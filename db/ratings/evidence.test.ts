// db/ratings/vectors.json -> [db/ratings/evidence.test.ts] -> app_private.e_value(), app_private.fragility()
import { describe, expect, test } from "../testing/database.ts";
import vectors from "./vectors.json" with { type: "json" };

const array = (matrix: readonly (readonly number[])[]): string =>
  JSON.stringify(matrix).replaceAll("[", "{").replaceAll("]", "}");

describe("app_private.e_value", () => {
  test.for(
    vectors.anomaly.cases.map((one) => [`${one.scores.join(" ")} where ${one.expected} was expected`, one] as const),
  )("%s", async ([, { scores, expected, e_value }], { db }) => {
    const row = await db.row<{ e: number }>(
      "select app_private.e_value(sum(ln(1 + s - e)), sum(ln(1 - s + e))) as e from unnest($1::float8[], $2::float8[]) v (s, e)",
      [scores, scores.map(() => expected)],
    );
    expect(Math.abs(row.e / e_value - 1)).toBeLessThan(1e-8);
  });

  test("stays finite after ten thousand votes", async ({ db }) => {
    const row = await db.row<{ e: number }>(
      "select app_private.e_value(10000 * ln(1.5::float8), 10000 * ln(0.5::float8)) as e",
    );
    expect(row.e).toBeGreaterThan(1e290);
    expect(row.e).toBeLessThan(Infinity);
  });
});

describe("app_private.fragility", () => {
  const board = (name: string) =>
    vectors.bradley_terry.find((vector) => vector.name === name && vector.prior_votes === 1);
  test.for(vectors.fragility.cases)("of $of", async ({ of, votes, one_step }, { db }) => {
    const { wins, ties } = board(of) ?? { wins: [], ties: [] };
    expect(await db.row("select * from app_private.fragility($1, $2, 1, 2)", [array(wins), array(ties)])).toEqual({
      votes,
      one_step,
    });
  });

  test("is none between models that are not in this order, and unknown above the limit", async ({ db }) => {
    const { wins, ties } = board("V1") ?? { wins: [], ties: [] };
    expect(await db.row("select votes from app_private.fragility($1, $2, 2, 1)", [array(wins), array(ties)])).toEqual({
      votes: 0,
    });
    expect(
      await db.row("select votes from app_private.fragility($1, $2, 1, 2, most => 39)", [array(wins), array(ties)]),
    ).toEqual({ votes: null });
  });
});
