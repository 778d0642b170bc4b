// everything -> [process/log.ts] -> standard output
// A message is a constant sentence; what varies goes beside it, so that logs can be searched and never carry a secret.

export type Level = "error" | "warn" | "info" | "debug";
export type LogData = Record<string, unknown>;
export type Log = Record<Level, (sentence: string, data?: LogData) => void>;

const order: readonly Level[] = ["error", "warn", "info", "debug"];
const secretKey = /password|secret|token|authorization|cookie|api_?key|jwt/i;
/** A password in an address, a bearer token, a bare JWT, a provider's or webhook's key. */
const secretText =
  /(?<=\b\w+:\/\/[^:@/\s]*:)[^@\s]+(?=@)|(?<=\bBearer\s+)\S+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:sk|whsec)[-_][\w-]{8,}/g;

export function createLog(options: { level: Level; write?: (line: string) => void; isPlain?: boolean }): Log {
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const emit =
    (level: Level) =>
    (sentence: string, data: LogData = {}) => {
      if (order.indexOf(level) > order.indexOf(options.level)) return;
      const hidden = hide(data) as LogData;
      const at = new Date().toISOString();
      write(
        options.isPlain
          ? plainLine(at, level, sentence, hidden)
          : JSON.stringify({ at, level, message: sentence, ...hidden }),
      );
    };
  return { error: emit("error"), warn: emit("warn"), info: emit("info"), debug: emit("debug") };
}

/** A log that keeps nothing, for callers that give none. */
export const silentLog: Log = createLog({ level: "error", write: () => undefined });

function plainLine(at: string, level: Level, sentence: string, data: LogData): string {
  const rest = Object.entries(data).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [at.slice(11, 19), level === "info" ? "" : level.toUpperCase(), sentence, ...rest].filter(Boolean).join(" ");
}

/** What may be logged of a value: secrets by name and by shape are hidden, errors keep their message and code. */
export function hide(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replace(secretText, "[hidden]").slice(0, 2000);
  if (value instanceof Error) {
    const { code } = value as Error & { code?: string };
    return { message: hide(value.message), ...(code ? { code } : {}) };
  }
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
  if (depth > 4) return "[deep]";
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => hide(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? "[hidden]" : hide(item, depth + 1)]),
  );
}
