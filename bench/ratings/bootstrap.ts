// [bench/ratings/bootstrap.ts] -> bench/ratings/run.ts
// The usual way to rate with intervals, straightforwardly: minorise and maximise, over and over, on votes drawn with replacement.
import type pg from "pg";

export interface Bootstrapped {
  ratings: number[];
  /** Standard errors, from the spread of the rounds. */
  errors: number[];
  reading: number;
  resampling: number;
  fitting: number;
}

const scale = 400 / Math.LN10;

/** Bradley-Terry strengths by Zermelo's iteration, to a millionth; ties are half a win for either. */
function iterate(points: Float64Array, votes: Float64Array, models: number): number[] {
  let strengths = Array.from({ length: models }, () => 1);
  for (let round = 0; round < 1000; round++) {
    let largest = 0;
    const next = strengths.map((own, i) => {
      let [won, expected] = [0, 0];
      for (let j = 0; j < models; j++) {
        const met = votes[i * models + j] ?? 0;
        if (met > 0) {
          won += points[i * models + j] ?? 0;
          expected += met / (own + (strengths[j] ?? 1));
        }
      }
      const better = won / expected;
      largest = Math.max(largest, Math.abs(Math.log(better / own)));
      return better;
    });
    strengths = next;
    if (largest < 1e-6) break;
  }
  const thetas = strengths.map((strength) => Math.log(strength));
  const mean = thetas.reduce((a, b) => a + b, 0) / models;
  return thetas.map((theta) => 1000 + scale * (theta - mean));
}

export async function bootstrap(
  client: pg.Client,
  options: { models: number; votes: number; rounds: number },
): Promise<Bootstrapped> {
  const { models, votes, rounds } = options;
  let clock = performance.now();
  const lap = (): number => {
    const now = performance.now();
    const spent = (now - clock) / 1000;
    clock = now;
    return spent;
  };
  // A vote as one number: who met whom, and how it ended.
  const cast = new Int32Array(votes);
  let read = 0;
  await client.query("begin");
  await client.query(
    `declare all_votes cursor for select (first - 1) * ${models} + second - 1, outcome from bench.votes`,
  );
  for (;;) {
    const { rows } = await client.query<[number, number]>({ text: "fetch 100000 from all_votes", rowMode: "array" });
    if (!rows.length) break;
    for (const [pair, outcome] of rows) cast[read++] = pair * 3 + outcome;
  }
  await client.query("commit");
  const reading = lap();

  const points = new Float64Array(models * models);
  const met = new Float64Array(models * models);
  const count = (cells: Float64Array): void => {
    points.fill(0);
    met.fill(0);
    for (const [cell, times] of cells.entries()) {
      if (times === 0) continue;
      const pair = Math.floor(cell / 3);
      const [i, j] = [Math.floor(pair / models), pair % models];
      const share = [0.5, 1, 0][cell % 3] ?? 0;
      const [there, back] = [i * models + j, j * models + i];
      points[there] = (points[there] ?? 0) + share * times;
      points[back] = (points[back] ?? 0) + (1 - share) * times;
      met[there] = (met[there] ?? 0) + times;
      met[back] = (met[back] ?? 0) + times;
    }
  };
  const cells = new Float64Array(models * models * 3);
  for (const vote of cast) cells[vote] = (cells[vote] ?? 0) + 1;
  count(cells);
  const ratings = iterate(points, met, models);
  let [resampling, fitting] = [0, lap()];

  const sums = ratings.map(() => 0);
  const squares = ratings.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    cells.fill(0);
    for (let n = 0; n < votes; n++) {
      const vote = cast[Math.floor(Math.random() * votes)] ?? 0;
      cells[vote] = (cells[vote] ?? 0) + 1;
    }
    resampling += lap();
    count(cells);
    for (const [index, rating] of iterate(points, met, models).entries()) {
      const off = rating - (ratings[index] ?? 0);
      sums[index] = (sums[index] ?? 0) + off;
      squares[index] = (squares[index] ?? 0) + off * off;
    }
    fitting += lap();
  }
  const errors = squares.map((square, index) => Math.sqrt((square - (sums[index] ?? 0) ** 2 / rounds) / (rounds - 1)));
  return { ratings, errors, reading, resampling, fitting };
}
