// worker/llm/openai-reply.ts, worker/llm/anthropic-reply.ts -> [worker/llm/json-shape.ts]

/** JSON from a stranger, asked for one thing at a time. */
export function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function field(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A number of tokens, or null: nothing else may reach the bill. */
export function tokens(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A stranger's identifier, cut to what one looks like. */
export function identifier(value: unknown): string | null {
  return typeof value === "string" && /^[\w.:/=+-]{1,200}$/.test(value) ? value : null;
}

/** Text that Postgres can hold: it knows neither NUL nor half of a surrogate pair. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** The text of a list of parts, as both protocols write an answer; parts of other kinds (thoughts, tools) are none. */
export function textOfParts(parts: unknown[]): string {
  return parts
    .map((part) => (field(part, "type") === "text" ? field(part, "text") : ""))
    .filter((text) => typeof text === "string")
    .join("");
}
