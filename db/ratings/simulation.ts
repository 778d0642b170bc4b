// [db/ratings/simulation.ts] -> db/ratings/coverage.test.ts, db/ratings/newcomer.test.ts, bench/ratings/run.ts
// A world of models whose true strength is known, and the same dice on every machine.

/** Numbers in [0, 1), the same for the same seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number of the normal distribution around 0. */
export function normal(roll: () => number, deviation: number): number {
  return deviation * Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
}

/** How often the stronger by `elo` points wins. */
export const winChance = (elo: number): number => 1 / (1 + 10 ** (-elo / 400));

/** The same, when each side's page of the day is better or worse by a deviation of `spread` points. */
export function meanWinChance(elo: number, spread: number): number {
  const deviation = spread * Math.SQRT2;
  let [sum, weights] = [0, 0];
  for (let z = -8; z <= 8; z += 0.05) {
    const weight = Math.exp((-z * z) / 2);
    sum += weight * winChance(elo + z * deviation);
    weights += weight;
  }
  return sum / weights;
}

/** What app_private.fit_board() takes: one entry for each task and pair, positions from 1. */
export interface Counts {
  tasks: number[];
  firsts: number[];
  seconds: number[];
  firstWins: number[];
  ties: number[];
  secondWins: number[];
}

export const fitBoard = "app_private.fit_board($1, $2, $3, $4, $5, $6, $7)";

export function fitArguments(models: number, counts: Counts): unknown[] {
  return [models, counts.tasks, counts.firsts, counts.seconds, counts.firstWins, counts.ties, counts.secondWins];
}

/** Votes on uniformly drawn pairs of pages, where each page differs from its model by `spread`. */
export function playTasks(
  strengths: readonly number[],
  options: { tasks: number; votes: number; spread: number; roll: () => number },
): Counts {
  const { roll } = options;
  const counts: Counts = { tasks: [], firsts: [], seconds: [], firstWins: [], ties: [], secondWins: [] };
  for (let task = 1; task <= options.tasks; task++) {
    const pages = strengths.map((strength) => strength + normal(roll, options.spread));
    const start = counts.tasks.length;
    const chances: number[] = [];
    for (let i = 0; i < pages.length; i++) {
      for (let j = i + 1; j < pages.length; j++) {
        counts.tasks.push(task);
        counts.firsts.push(i + 1);
        counts.seconds.push(j + 1);
        for (const list of [counts.firstWins, counts.ties, counts.secondWins]) list.push(0);
        chances.push(winChance((pages[i] ?? 0) - (pages[j] ?? 0)));
      }
    }
    for (let vote = 0; vote < options.votes; vote++) {
      const pair = Math.floor(roll() * chances.length);
      const wins = roll() < (chances[pair] ?? 0) ? counts.firstWins : counts.secondWins;
      wins[start + pair] = (wins[start + pair] ?? 0) + 1;
    }
  }
  return counts;
}

/** What the ratings tend to as tasks grow: the fit of the votes that are expected of every pair. */
export function expectedCounts(strengths: readonly number[], spread: number): Counts {
  const counts: Counts = { tasks: [], firsts: [], seconds: [], firstWins: [], ties: [], secondWins: [] };
  for (let i = 0; i < strengths.length; i++) {
    for (let j = i + 1; j < strengths.length; j++) {
      const share = meanWinChance((strengths[i] ?? 0) - (strengths[j] ?? 0), spread);
      counts.tasks.push(1);
      counts.firsts.push(i + 1);
      counts.seconds.push(j + 1);
      counts.firstWins.push(1e9 * share);
      counts.ties.push(0);
      counts.secondWins.push(1e9 * (1 - share));
    }
  }
  return counts;
}
