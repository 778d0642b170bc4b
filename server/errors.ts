// SQL errors, refused requests -> [server/errors.ts] -> clients
// What a caller is told of an error: a sentence, a code of docs/errors.md and a hint; never SQL, a stack or a path.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { isSafeError } from "postgraphile/grafast";
import { GraphQLError } from "postgraphile/graphql";
import type { Log } from "../process/log.ts";

/** A request that is refused before it reaches GraphQL, or a plain HTTP door's answer. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  constructor(status: number, code: string, message: string, hint?: string) {
    super(message);
    this.name = "RequestError";
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

export interface PublicError {
  message: string;
  code: string;
  hint?: string | undefined;
  /** What a program needs to go on: the row as it stands, or when to come again. */
  details?: Readonly<Record<string, unknown>> | undefined;
}

/** The rules that a person can break, by constraint name: their comments in SQL hold code, sentence and hint. */
export type ConstraintErrors = ReadonlyMap<string, PublicError>;

export async function readConstraintErrors(pool: pg.Pool): Promise<ConstraintErrors> {
  const { rows } = await pool.query<{ conname: string; comment: string }>(
    `select c.conname, obj_description(c.oid, 'pg_constraint') as comment
       from pg_constraint c
       where obj_description(c.oid, 'pg_constraint') like '%@error %'`,
  );
  const errors = new Map<string, PublicError>();
  for (const { conname, comment } of rows) {
    const [, code, message, hint] = /@error (TB\w{3})\n([^\n]+)(?:\nHint: ([^\n]+))?/.exec(comment) ?? [];
    if (code && message) errors.set(conname, { code, message, hint });
  }
  return errors;
}

interface SqlError {
  code: string;
  message: string;
  hint?: string;
  detail?: string;
  constraint?: string;
}

/** Of an error of ours, a detail that is a JSON object is meant for the caller; one in words is for the log alone. */
function detailsOf(detail: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (!detail?.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(detail);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isSqlError(error: unknown): error is SqlError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === "string";
}

const away = new Set(
  "ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH 57P01 57P02 57P03 53300".split(
    " ",
  ),
);
/** What the driver says of a pool that is full or closing, and of connections that broke; these errors have no code. */
const awayText =
  /timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable|after calling end on the pool/;
const tooSlow = new Set(["57014", "55P03", "25P03", "25P04"]);

/** What may be said of an error, or nothing when it is ours to look into. */
export function publicError(error: unknown, constraints: ConstraintErrors = new Map()): PublicError | undefined {
  if (error instanceof RequestError) return { message: error.message, code: error.code, hint: error.hint };
  if (error instanceof Error && awayText.test(error.message)) {
    return { message: "The database is busy or away.", code: "TB033", hint: "Try again in a moment." };
  }
  if (!isSqlError(error)) return undefined;
  if (/^TB\w{3}$/.test(error.code)) {
    const details = detailsOf(error.detail);
    return { message: error.message, code: error.code, hint: error.hint, ...(details && { details }) };
  }
  const rule = error.constraint === undefined ? undefined : constraints.get(error.constraint);
  if (rule) return rule;
  if (error.code === "42501") {
    return { message: "You may not do this.", code: "TB004", hint: "Sign in, or ask somebody who may." };
  }
  if (tooSlow.has(error.code)) {
    return { message: "This took too long and was stopped.", code: "TB032", hint: "Ask for less at once." };
  }
  if (away.has(error.code) || error.code.startsWith("08")) {
    return { message: "The database is busy or away.", code: "TB033", hint: "Try again in a moment." };
  }
  if (error.code.startsWith("22") || error.code === "23502") {
    return { message: "One of the values does not have the right form.", code: "TB035", hint: "Check the arguments." };
  }
  return undefined;
}

export const statuses: Readonly<Record<string, number>> = {
  TB001: 401,
  TB002: 403,
  TB003: 401,
  TB004: 403,
  TB005: 401,
  TB006: 429,
  TB032: 503,
  TB033: 503,
};

/** The same as an HTTP answer, or nothing when it is ours to look into. */
export function requestErrorOf(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  const known = publicError(error);
  return known && new RequestError(statuses[known.code] ?? 400, known.code, known.message, known.hint);
}

/** The same, for a caller that has nothing else to say: what is ours to look into is thrown on. */
export function toRequestError(error: unknown): RequestError {
  const known = requestErrorOf(error);
  if (known) return known;
  throw error;
}

/** What GraphQL itself or the library has to say of a request: all of it may be said, and gets one of our codes. */
function ordinary(message: string, extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (typeof extensions["code"] === "string") return { ...extensions };
  if (/took too long to plan|timeout exceeded/i.test(message)) return { code: "TB032", hint: "Ask for less at once." };
  return { code: "TB035", hint: "Check the arguments." };
}

/** grafserv's maskError: passes on what a caller may know, and hides the rest behind a random id that the log explains. */
export function makeMaskError(options: { constraints: ConstraintErrors; log: Log; hidesSuggestions: boolean }) {
  return (error: GraphQLError): GraphQLError => {
    const { originalError: cause, nodes, path, source, positions } = error;
    const place = { nodes, path, source, positions };
    if (!cause || cause instanceof GraphQLError || isSafeError(cause)) {
      const [said, given] =
        cause && isSafeError(cause) ? [cause.message, cause.extensions] : [error.message, error.extensions];
      const message = options.hidesSuggestions ? said.replace(/ Did you mean .*$/s, "") : said;
      return new GraphQLError(message, { ...place, extensions: ordinary(message, given ?? {}) });
    }
    const known = publicError(cause, options.constraints);
    if (known) {
      const { message, ...extensions } = known;
      return new GraphQLError(message, { ...place, extensions });
    }
    const id = randomUUID();
    options.log.error("a request failed inside", { id, error: cause, stack: cause.stack, path: path?.join(".") });
    return new GraphQLError("Something went wrong here.", { ...place, extensions: { code: "TB000", id } });
  };
}
