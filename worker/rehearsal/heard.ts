// worker/rehearsal/openai.ts, anthropic.ts -> [worker/rehearsal/heard.ts] -> worker/rehearsal/speak.ts
// What a call comes down to, whichever protocol carried it, and how a protocol is described to the server.
import type { IncomingHttpHeaders } from "node:http";
import type { Protocol, RehearsalModel } from "./models.ts";

export interface Heard {
  readonly model: string;
  readonly system: string;
  /** The user's messages, in order. */
  readonly user: string;
  /** A JSON schema, `true` for any JSON object, or nothing for free text. */
  readonly format: Readonly<Record<string, unknown>> | true | undefined;
  /** The caller's own limit on what comes back. */
  readonly maxTokens: number | undefined;
}

export interface Said {
  readonly id: string;
  readonly text: string;
  readonly isCut: boolean;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Seconds since 1970, for protocols that say when. */
  readonly at: number;
}

/** The body is not what the protocol asks for; the message says why. */
export class Malformed extends Error {
  readonly parameter: string | undefined;
  constructor(message: string, parameter?: string) {
    super(message);
    this.parameter = parameter;
  }
}

export interface Wire {
  readonly protocol: Protocol;
  readonly path: string;
  /** Header that carries the request's id. */
  readonly idHeader: string;
  isAuthorised(headers: IncomingHttpHeaders): boolean;
  /** Throws Malformed. */
  hear(body: unknown): Heard;
  reply(heard: Heard, said: Said): unknown;
  refuse(status: number, message: string, id: string, parameter?: string): unknown;
  list(models: readonly RehearsalModel[]): unknown;
}

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text of a message: a string, or parts of which the text ones count. */
export function textOf(content: unknown, parameter: string): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw new Malformed(`${parameter}: a string or a list of parts is needed.`, parameter);
  return content
    .filter(isJson)
    .filter((part) => part["type"] === "text")
    .map((part) => (typeof part["text"] === "string" ? part["text"] : ""))
    .join("\n");
}

export function positive(value: unknown, parameter: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new Malformed(`${parameter}: a positive whole number is needed.`, parameter);
}

/** About four characters a token, as in most tokenizers for English. */
export function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
