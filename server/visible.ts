// server/sockets.ts -> [server/visible.ts] -> the subscriber
// A row that the subscriber may not see comes as null: they are told nothing at all, not even that something happened.

interface Result {
  data?: Record<string, unknown> | null;
  errors?: readonly unknown[];
}

function isStream(value: unknown): value is AsyncIterableIterator<Result> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isVisible({ data, errors }: Result): boolean {
  return Boolean(errors?.length) || Object.values(data ?? {}).some((value) => value !== null && value !== undefined);
}

/**
 * A stream of results without the empty ones. Not an async generator: the end of one that waits for its next value would
 * wait as well, and whatever is subscribed to would stay subscribed to.
 */
export function withoutHidden(results: unknown): unknown {
  if (!isStream(results)) return results;
  const visible: AsyncIterableIterator<Result> = {
    [Symbol.asyncIterator]: () => visible,
    async next() {
      for (;;) {
        const result = await results.next();
        if (result.done || isVisible(result.value)) return result;
      }
    },
    return: async (value?: unknown) => (await results.return?.(value)) ?? { done: true, value },
    async throw(error: unknown) {
      if (results.throw) return await results.throw(error);
      throw error;
    },
  };
  return visible;
}
