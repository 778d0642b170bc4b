// worker/llm/exchange.ts -> [worker/llm/transport-failure.ts] -> worker/llm/error-classes.ts

import type { ErrorClass } from "./error-classes.ts";

/** How far the request had come, and who stopped it, if somebody did. */
export type Progress = { sent: boolean; hasHead: boolean; stoppedBy: "deadline" | "caller" | null };

const beforeSending: [RegExp, ErrorClass][] = [
  [/^(?:ENOTFOUND|EAI_)/, "dns_failed"],
  [/^ECONNREFUSED$/, "connection_refused"],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/, "unreachable"],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, "connect_timeout"],
  [/^(?:EPROTO$|ERR_TLS|ERR_SSL|CERT_|ERR_OSSL)|CERT|UNABLE_TO_|HOSTNAME_MISMATCH/, "tls_failed"],
];

const beforeHead: [RegExp, ErrorClass][] = [
  [/^UND_ERR_HEADERS_TIMEOUT$/, "deadline_passed"],
  [/^(?:HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/, "bad_http"],
];

const inBody: [RegExp, ErrorClass][] = [
  [/^UND_ERR_BODY_TIMEOUT$/, "body_deadline"],
  // zlib, brotli and zstd: the bytes came whole and mean nothing.
  [/^(?:Z_|ERR_?_|ERR_BROTLI|ERR_ZLIB|ZSTD_)/, "undecodable_body"],
];

/**
 * Names what went wrong on the way. Before sending every failure is proof of innocence, whatever its code;
 * after sending none is.
 */
export function transportFailure(code: string | null, progress: Progress): ErrorClass {
  if (!progress.sent) {
    if (progress.stoppedBy === "deadline") return "deadline_before_send";
    if (progress.stoppedBy === "caller") return "aborted_before_send";
    return lookUp(beforeSending, code) ?? "connect_failed";
  }
  if (!progress.hasHead) {
    if (progress.stoppedBy === "deadline") return "deadline_passed";
    if (progress.stoppedBy === "caller") return "aborted_after_send";
    return lookUp(beforeHead, code) ?? "connection_lost";
  }
  if (progress.stoppedBy === "deadline") return "body_deadline";
  if (progress.stoppedBy === "caller") return "body_aborted";
  return lookUp(inBody, code) ?? "body_cut";
}

function lookUp(table: [RegExp, ErrorClass][], code: string | null): ErrorClass | undefined {
  return code === null ? undefined : table.find(([pattern]) => pattern.test(code))?.[1];
}

/**
 * The system's or undici's own word, which hides behind "fetch failed" and, with two addresses, in a list of errors;
 * where there is none (undici's HTTP parser), the name of the innermost error.
 */
export function errorCode(error: unknown): string | null {
  let current = error;
  let name: string | null = null;
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    if ("code" in current && typeof current.code === "string") return current.code;
    name = current.name;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return name;
}
