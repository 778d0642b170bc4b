// bench/faults/storm.ts -> [bench/faults/provider.ts] -> worker/llm/testing/fault-server.ts
// A provider in all its moods, and its own books: what it billed, for which model and prompt.
import { random } from "../../db/budget/testing/sessions.ts";
import { type FaultServer, type LoggedRequest, startFaultServer } from "../../worker/llm/testing/fault-server.ts";
import type { FaultName } from "../../worker/llm/testing/faults.ts";

/** How often each mood comes, in parts of their sum. Most answers take a while, so that kills meet them under way. */
const moods: Partial<Record<FaultName, number>> = {
  ok_slow: 300,
  ok: 120,
  ok_gzip: 20,
  ok_chunked: 10,
  rate_limited: 40,
  rate_limited_for_a_day: 5,
  status_529: 25,
  status_503_overload: 15,
  status_500: 15,
  status_500_billed: 15,
  status_502: 8,
  status_408: 5,
  reset_after_request: 15,
  reset_after_work: 15,
  reset_in_request: 10,
  close_after_work: 8,
  hang_before_head: 8,
  hang_in_body: 8,
  drip_body: 8,
  reset_in_body: 10,
  cut_by_length: 8,
  garbage: 12,
  half_json: 8,
  text_html: 8,
  empty_content: 8,
  refusal: 12,
  token_limit: 8,
  redirect_307: 8,
  status_400: 8,
  over_8_mib: 3,
  endless_body: 3,
  gzip_bomb: 2,
};

export interface Books {
  requests: number;
  modes: number;
  /** Requests that came whole and are billed, by model and prompt. */
  billed: Map<string, number>;
  /** The same by our attempt's id, where it travels along. */
  billedAttempts: Set<string>;
  unreadable: number;
}

export function startProvider(seed: number): Promise<FaultServer> {
  const next = random(seed);
  const names = Object.entries(moods) as [FaultName, number][];
  const total = names.reduce((sum, [, weight]) => sum + weight, 0);
  const pick = (): FaultName => {
    let at = next() * total;
    for (const [name, weight] of names) if ((at -= weight) < 0) return name;
    return "ok";
  };
  return startFaultServer({ pick });
}

export const keyOf = (model: string, prompt: string): string => `${model}\n${prompt}`;

export function readBooks(log: readonly LoggedRequest[]): Books {
  const books: Books = {
    requests: log.length,
    modes: new Set(log.map((request) => request.fault)).size,
    billed: new Map(),
    billedAttempts: new Set(),
    unreadable: 0,
  };
  for (const request of log) {
    if (!request.billed || request.body === "") continue; // killed while sending: nobody works on half a request
    const key = keyIn(request.body);
    if (key === undefined) books.unreadable++;
    else books.billed.set(key, (books.billed.get(key) ?? 0) + 1);
    const attempt = request.headers["x-client-request-id"];
    if (attempt) books.billedAttempts.add(attempt);
  }
  return books;
}

function keyIn(body: string): string | undefined {
  try {
    const { model, messages } = JSON.parse(body) as { model: string; messages: { content: unknown }[] };
    const content = messages.at(-1)?.content;
    const parts = Array.isArray(content) ? (content as { text?: string }[]).map((part) => part.text ?? "") : [content];
    return keyOf(model, parts.join(""));
  } catch {
    return undefined; // counted: it must not hide a second bill
  }
}
