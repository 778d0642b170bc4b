// db/testing/arena.ts -> [server/testing/wire.ts] -> server/blind.test.ts, server/blind-errors.test.ts
// What a voter receives, byte for byte, and a search of it for whatever would tell whose page is whose.
import http from "node:http";
import type pg from "pg";
import { addAnswer, type TestAnswer, type TestTask } from "../../db/testing/arena.ts";
import { expect } from "../../db/testing/database.ts";
import type { AnswerError } from "./client.ts";
import type { TestServer } from "./server.ts";
import { TestSocket } from "./socket.ts";

export const models = 4;
const webp = (text: string) => Buffer.concat([Buffer.from("RIFF0000WEBP"), Buffer.from(text)]);

export interface Shown {
  url: string;
  imageUrl: string;
  thumbUrl: string;
}
export interface Ballot {
  id: string;
  taskId: string;
  expiresAt: string;
  leftPage: Shown;
  rightPage: Shown;
}

/**
 * Answers of models with names of their own, each with its picture, as the worker leaves them. Their figures are long and of
 * no other answer: four digits alone would now and then be found in a random name.
 */
export async function answer(pool: pg.Pool, task: TestTask): Promise<TestAnswer[]> {
  const answers: TestAnswer[] = [];
  for (let n = 1; n <= models; n++) {
    const one = await addAnswer(pool, task, `<!doctype html><h1>Page ${"abcd"[n - 1]}</h1>`, {
      name: `Wolpertinger ${n}`,
    });
    await pool.query("select app_private.claim_artifact($1, '1 minute')", [one.submissionId]);
    await pool.query("select app_private.record_artifact($1, $2, $3, $4)", [
      one.submissionId,
      '{"status":"rendered","width":1280,"height":720,"isBlank":false,"isMoving":true}',
      webp(`large ${n}`),
      webp(`small ${n}`),
    ]);
    answers.push(one);
  }
  await pool.query(
    `update app_public.submissions s
       set latency_ms = 910293840 + u.n, input_tokens = 610293840 + u.n, output_tokens = 710293840 + u.n, cost_usd = 0.81029384 + u.n
       from unnest($1::uuid[]) with ordinality u (id, n)
       where s.id = u.id`,
    [answers.map(({ submissionId }) => submissionId)],
  );
  await pool.query("select app_private.open_matches()");
  return answers;
}

export interface Said<T> {
  data: T;
  errors?: AnswerError[];
}

/** Whatever a voter is sent: status line and headers as they came, and the body. */
export class Wire {
  readonly all: string[] = [];
  cookie = "";

  send(url: string, options: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Buffer> {
    const { body, headers = {} } = options;
    return new Promise((resolve, reject) => {
      const own = {
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
      };
      const request = http.request(
        url,
        { method: body ? "POST" : "GET", headers: { ...own, ...headers }, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const bytes = Buffer.concat(chunks);
            const line = `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`;
            this.all.push([url, line, ...response.rawHeaders, bytes.toString("latin1")].join("\n"));
            const [cookie] = response.headers["set-cookie"] ?? [];
            if (cookie) this.cookie = cookie.split(";")[0] ?? "";
            resolve(bytes);
          });
        },
      );
      request.on("error", reject).end(body ? JSON.stringify(body) : undefined);
    });
  }

  async gql<T>(server: TestServer, query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.ask<T>(server, query, variables);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async ask<T>(
    server: TestServer,
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<Said<T>> {
    const bytes = await this.send(`${server.url}/graphql`, { body: { query, variables }, headers });
    return JSON.parse(bytes.toString("utf8")) as Said<T>;
  }

  /** A socket that has said who it is by the cookie, whose upgrade and frames are recorded too. */
  async socket(server: TestServer): Promise<TestSocket> {
    return TestSocket.open(server.url, {
      headers: this.cookie ? { cookie: this.cookie } : {},
      heard: (bytes) => void this.all.push(bytes),
    });
  }
}

/** What would tell whose page is whose: ids in every spelling, names, and the figures that belong to an answer. */
export async function tellTales(pool: pg.Pool, answers: readonly TestAnswer[]): Promise<string[]> {
  const { rows } = await pool.query<{ text: string; bytes: Buffer | null; is_exact: boolean }>(
    `with s as (
       select s.*, m.slug, m.display_name, m.provider, m.family, m.api_model, a.image_sha256, a.thumb_sha256
         from app_public.submissions s
           join app_public.models m on m.id = s.model_id
           join app_public.artifacts a on a.submission_id = s.id
         where s.id = any ($1)
     )
     select distinct x.text, x.bytes
       from s, lateral (values
         (s.id::text, uuid_send(s.id)), (s.model_id::text, uuid_send(s.model_id)), (encode(s.html_sha256, 'hex'), s.html_sha256),
         (encode(s.image_sha256, 'hex'), s.image_sha256), (encode(s.thumb_sha256, 'hex'), s.thumb_sha256),
         (s.slug, null), (s.display_name, null), (s.provider, null), (s.family, null), (s.api_model, null),
         (s.latency_ms::text, null), (s.input_tokens::text, null), (s.output_tokens::text, null), (s.cost_usd::text, null),
         (to_char(s.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'), null),
         (to_char(s.finished_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'), null)
       ) x (text, bytes)`,
    [answers.map(({ submissionId }) => submissionId)],
  );
  return rows.flatMap(({ text, bytes }) => [
    text,
    ...(bytes
      ? [text.replaceAll("-", ""), bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("latin1")]
      : []),
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
  ]);
}

/** Fails with the first thing found in what was sent that tells whose page is whose. */
export function expectNothingTold(received: string, tales: readonly string[]): void {
  for (const tale of tales) expect(received.includes(tale), `${tale} was sent`).toBe(false);
}
