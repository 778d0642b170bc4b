// worker/llm/read-reply.ts -> [worker/llm/retry-after.ts] -> llm_calls.next_try_at

/** A hostile or mistaken provider parks nothing for longer than this. */
export const longestWaitMs = 3_600_000;
const shortestWaitMs = 1000;

/**
 * How long a provider asks us to wait, or null if it does not say. No clock is read: a date is compared with the reply's
 * own date, so that a stored reply means the same later and a wrong clock here does no harm.
 */
export function retryAfterMs(headers: { [name: string]: string }): number | null {
  const inMs = number(headers["retry-after-ms"]);
  if (inMs !== null) return clampWait(inMs);
  const header = headers["retry-after"]?.trim();
  if (header === undefined || header === "") return null;
  const seconds = number(header);
  if (seconds !== null) return clampWait(seconds * 1000);
  const at = Date.parse(header);
  if (Number.isNaN(at)) return null;
  const sentAt = Date.parse(headers.date ?? "");
  return Number.isNaN(sentAt) ? longestWaitMs : clampWait(at - sentAt);
}

export function clampWait(ms: number): number {
  return Math.round(Math.min(Math.max(ms, shortestWaitMs), longestWaitMs));
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\s*-?\d{1,15}(?:\.\d{1,9})?\s*$/.test(text) ? Number(text) : null;
}
