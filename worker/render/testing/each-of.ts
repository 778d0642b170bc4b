// [worker/render/testing/each-of.ts] -> worker/render/hostile.test.ts, server/hostile.test.ts, bench/render/run.ts

/** Runs `work` on each item, a few at a time. */
export async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const take = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, take));
}
