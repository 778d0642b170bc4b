// everything -> [process/log.ts] -> standard output
// A message is a constant sentence; what varies goes beside it, so that logs can be searched and never carry a secret.

export type Level = "error" | "warn" | "info" | "debug";
export type LogData = Record<string, unknown>;
export type Log = Record<Level, (sentence: string, data?: LogData) => void>;

const order: readonly Level[] = ["error", "warn", "info", "debug"];
const longestLine = 16_000;

export function createLog(options: { level: Level; write?: (line: string) => void; isPlain?: boolean }): Log {
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const emit =
    (level: Level) =>
    (sentence: string, data: LogData = {}) => {
      if (order.indexOf(level) > order.indexOf(options.level)) return;
      write(escapeControls(lineOf({ at: new Date().toISOString(), level, message: String(hide(sentence)) }, data)));
    };
  const lineOf = (head: Head, data: LogData): string => {
    const format = options.isPlain ? plainLine : jsonLine;
    try {
      const hidden = hide(data) as LogData;
      const line = format(head, hidden);
      return line.length <= longestLine
        ? line
        : format(head, { cut: JSON.stringify(hidden).slice(0, longestLine / 4) });
    } catch {
      return format(head, { cut: "the data of this line cannot be shown" }); // such as a getter that throws
    }
  };
  return { error: emit("error"), warn: emit("warn"), info: emit("info"), debug: emit("debug") };
}

/** A log that keeps nothing, for callers that give none. */
export const silentLog: Log = createLog({ level: "error", write: () => undefined });

interface Head {
  at: string;
  level: Level;
  message: string;
}

function jsonLine(head: Head, data: LogData): string {
  return JSON.stringify({ ...head, ...data, ...head }); // in this order: nothing in the data stands over the head
}

function plainLine({ at, level, message }: Head, data: LogData): string {
  const rest = Object.entries(data).map(
    ([key, value]) => `${key}=${typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`,
  );
  const line = [at.slice(11, 19), level === "info" ? "" : level.toUpperCase(), message, ...rest];
  return line.filter(Boolean).join(" ");
}

/** What a terminal would act on, or take for the end of the line, is written as JSON writes it. */
function escapeControls(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** What a value is called when it is a secret. A number or a flag under such a name (`tokens: 12`) is none. */
const secretKey =
  /passw(or)?d|passphrase|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|credential|jwt/i;

/** What a secret looks like inside a text. */
const secretTexts: readonly RegExp[] = [
  /(?<=\b\w+:\/\/[^:@/\s"]*:)(?!\d{1,5}\/)[^\s"]+(?=@)/g, // the password in an address
  /(?<=(?:passw(?:or)?d|pwd|secret|token|api[-_]?key)(?:=|"\s*:\s*"))[^\s"'&,;]+/gi, // password=..., "password": "..."
  /(?<=\bBearer\s+)(?=\S*[\dA-Z])\S+/g,
  /(?<=\bbearer\s+)(?=\S*[\dA-Z])\S+/g,
  /(?<=\b[Bb]asic\s+)(?=\S*[\dA-Z])[\w+/=-]{8,}/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, // a bare JWT
  /\b(?:sk|gsk|rk|whsec|xai|pplx|hf|ghp|gho|r8)[-_][\w+/=-]{8,}/g, // keys of providers and webhooks
  /\bAIza[\w-]{30,}/g,
];

function hideText(text: string): string {
  let shown = text.slice(0, 20_000);
  for (const secret of secretTexts) shown = shown.replace(secret, "[hidden]");
  return shown.slice(0, 2000);
}

/** What may be logged of a value: secrets by name and by shape are hidden, errors keep message, code and cause. */
export function hide(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return hideText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > 4) return "[deep]";
  if (value instanceof Error) return hideError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof URL) return hideText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return hide([...value], depth);
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => hide(item, depth + 1));
  const entries = Object.entries(value).slice(0, 50);
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const isSecret = secretKey.test(key) && item !== null && (typeof item === "string" || typeof item === "object");
      return [key, isSecret ? "[hidden]" : hide(item, depth + 1)];
    }),
  );
}

function hideError(error: Error & { code?: unknown }, depth: number): LogData {
  // An AggregateError, which a refused connection is, says nothing itself.
  const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
  const messages = new Set(parts.map((part) => (part instanceof Error ? part.message : String(part))));
  return {
    message: hideText(error.message || [...messages].join("; ")),
    ...(error.code === undefined ? {} : { code: hide(error.code, depth + 1) }),
    ...(error.cause === undefined ? {} : { cause: hide(error.cause, depth + 1) }),
  };
}
