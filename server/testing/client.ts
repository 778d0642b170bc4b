// server/testing/server.ts -> [server/testing/client.ts] -> /graphql over HTTP
import type { RunningServer } from "../main.ts";

export interface AnswerError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; hint?: string; id?: string };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** How long the answer took, in milliseconds. */
  ms: number;
  data?: Record<string, unknown> | null;
  errors?: AnswerError[];
  /** The first error's code. */
  code?: string | undefined;
}

export interface Asking {
  token?: string | undefined;
  variables?: unknown;
  path?: string;
  headers?: Record<string, string>;
}

export type Ask = (document: string, asking?: Asking) => Promise<Answer>;
export type Send = (path: string, init?: RequestInit) => Promise<Answer>;

/** The doors of a running server, as a program on the other side of the wire knows them. */
export function makeClient(server: Pick<RunningServer, "url">): { gql: Ask; send: Send } {
  const send: Send = async (path, init) => {
    const began = performance.now();
    const response = await fetch(`${server.url}${path}`, { redirect: "manual", ...init });
    const text = await response.text();
    const ms = performance.now() - began;
    const body = parsed(text);
    const { data, errors } = body as Pick<Answer, "data" | "errors">;
    return {
      status: response.status,
      headers: response.headers,
      text,
      ms,
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined ? {} : { errors, code: errors[0]?.extensions?.code }),
    };
  };
  return {
    send,
    gql: (document, { token, variables, path = "/graphql", headers } = {}) =>
      send(path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query: document, variables }),
      }),
  };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {}; // not JSON: whoever cares looks at the text
  }
}
