// [server/blind.test.ts] -> drawBallot, castVote, the second origin, /images/h: blind means blind on the wire
// Everything that a voter receives on a sealed task is recorded, byte for byte, and holds nothing of whose page is whose.
import http from "node:http";
import type pg from "pg";
import { addAnswer, addTask, type TestAnswer, type TestTask } from "../db/testing/arena.ts";
import { everythingOf, readSchema } from "./testing/everything.ts";
import { describe, expect, test as base, type TestServer } from "./testing/server.ts";

const models = 4;
const webp = (text: string) => Buffer.concat([Buffer.from("RIFF0000WEBP"), Buffer.from(text)]);

interface Shown {
  url: string;
  imageUrl: string;
  thumbUrl: string;
}
interface Ballot {
  id: string;
  taskId: string;
  expiresAt: string;
  leftPage: Shown;
  rightPage: Shown;
}

/** Answers of models with names of their own, each with its picture, as the worker leaves them. */
async function answer(pool: pg.Pool, task: TestTask): Promise<TestAnswer[]> {
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
  await pool.query("select app_private.open_matches()");
  return answers;
}

/** Whatever a voter is sent: status line and headers as they came, and the body. */
class Wire {
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
            this.all.push(
              `${url} ${response.statusCode} ${response.rawHeaders.join("\n")}\n${bytes.toString("latin1")}`,
            );
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
    const bytes = await this.send(`${server.url}/graphql`, { body: { query, variables } });
    const { data, errors } = JSON.parse(bytes.toString("utf8")) as { data: T; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }
}

/** What would tell whose page is whose: ids in every spelling, names, and the figures that belong to an answer. */
async function tellTales(pool: pg.Pool, answers: readonly TestAnswer[]): Promise<string[]> {
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
         (s.latency_ms::text, null), (s.output_tokens::text, null), (s.cost_usd::text, null), ('0.0123', null),
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

const test = base
  .extend("task", { scope: "file" }, ({ pool }) => addTask(pool, { slot: 2, title: "A sealed task" }))
  .extend("answers", { scope: "file" }, ({ pool, task }) => answer(pool, task));

describe("a voter on a sealed task", () => {
  test("receives nothing that tells whose page is whose", async ({ server, pool, task, answers }) => {
    const wire = new Wire();
    const schema = await readSchema(server.gql);
    const drawn = everythingOf(schema, "DrawnBallot", 2);
    const voted = everythingOf(schema, "VoteResult", 2);
    for (const part of ["submissions", "ballots", "title", "voteCount", "leftPage"]) expect(drawn).toContain(part);
    for (const part of ["leftModel", "ratings", "bothBadVotes"]) expect(voted).toContain(part);

    for (let round = 0; round < 6; round++) {
      const verdict = ["left", "right", "tie", "both_bad"][round % 4];
      const { drawBallot } = await wire.gql<{ drawBallot: { ballot: Ballot } }>(
        server,
        `mutation { drawBallot(input: {}) { ballot ${drawn} } }`,
      );
      const { ballot } = drawBallot;
      expect(ballot.taskId).toBe(task.id);
      for (const { url, imageUrl, thumbUrl } of [ballot.leftPage, ballot.rightPage]) {
        expect((await wire.send(url, { headers: { "sec-fetch-dest": "iframe" } })).toString("utf8")).toMatch(
          /<h1>Page [abcd]</,
        );
        await wire.send(url); // opened by itself
        expect((await wire.send(`${server.url}${imageUrl}`)).toString("latin1")).toMatch(/^RIFF0000WEBPlarge \d$/);
        expect((await wire.send(`${server.url}${thumbUrl}`)).toString("latin1")).toMatch(/^RIFF0000WEBPsmall \d$/);
      }
      await wire.gql(server, `query ($id: UUID!) { ballot(id: $id) ${everythingOf(schema, "Ballot", 2)} }`, {
        id: ballot.id,
      });
      await wire.gql(
        server,
        `mutation ($id: UUID!, $verdict: BallotVerdict!) { castVote(input: { ballotId: $id, verdict: $verdict }) { vote ${voted} } }`,
        { id: ballot.id, verdict },
      );
      await wire.gql(server, `query ($id: UUID!) { task(id: $id) ${everythingOf(schema, "Task", 2)} }`, {
        id: task.id,
      });
      await wire.gql(server, `{ votes(first: 100) { nodes ${everythingOf(schema, "Vote", 1)} } }`);
    }
    await expect(wire.gql(server, "mutation { drawBallot(input: {}) { ballot { id } } }")).rejects.toThrow("TB073");
    const lists = Object.entries({
      submissions: "Submission",
      artifacts: "Artifact",
      submissionCodes: "SubmissionCode",
      leaderboard: "Standing",
      headToHead: "Meeting",
      ratingSnapshots: "RatingSnapshot",
    });
    for (const [list, type] of lists)
      await wire.gql(server, `{ ${list}(first: 20) { nodes ${everythingOf(schema, type, 1)} } }`);
    for (const path of [
      "/",
      "/leaderboard",
      "/arena",
      "/api/latest_challenge",
      "/api/votes.csv",
      "/api/leaderboard.csv",
    ])
      await wire.send(`${server.url}${path}`);

    const received = wire.all.join("\n\n");
    expect(received).toContain("A sealed task"); // it was recorded
    expect(wire.all.length).toBeGreaterThan(80);
    for (const tale of await tellTales(pool, answers)) expect(received.includes(tale), `${tale} was sent`).toBe(false);
    // The search finds what is there: once the task has closed, the same question is answered with names.
    await pool.query("update app_public.submissions set revealed_at = now() where task_id = $1", [task.id]);
    const open = await wire.gql(server, `query ($id: UUID!) { task(id: $id) ${everythingOf(schema, "Task", 2)} }`, {
      id: task.id,
    });
    const told = JSON.stringify(open);
    expect(answers.filter(({ modelId, slug }) => told.includes(modelId) && told.includes(slug))).not.toEqual([]);
    await pool.query(
      "update app_public.submissions s set revealed_at = t.closes_at from app_public.tasks t where t.id = s.task_id and t.id = $1",
      [task.id],
    );
  });

  test("is shown each page under names of one ballot alone, on either side alike", async ({
    server,
    pool,
    answers,
  }) => {
    const names = new Set<string>();
    let firstLeft = 0;
    const voters = 40;
    for (let n = 0; n < voters; n++) {
      const wire = new Wire();
      const { drawBallot } = await wire.gql<{ drawBallot: { ballot: Ballot } }>(
        server,
        "mutation { drawBallot(input: {}) { ballot { id leftPage { url imageUrl thumbUrl } rightPage { url imageUrl thumbUrl } } } }",
      );
      const { leftPage, rightPage } = drawBallot.ballot;
      for (const url of [...Object.values(leftPage), ...Object.values(rightPage)]) names.add(String(url).slice(-64));
      const { rows } = await pool.query<{ is_first_left: boolean }>(
        "select is_first_left from app_public.ballots where id = $1",
        [drawBallot.ballot.id],
      );
      firstLeft += Number(rows[0]?.is_first_left);
    }
    expect(names.size).toBe(6 * voters);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
    // A fair coin of 40: outside of 7 to 33 once in 15,000 runs.
    expect(Math.abs(firstLeft - voters / 2)).toBeLessThan(14);
    expect(answers).toHaveLength(models);
  });

  test("opens nothing with a name of a ballot that has expired", async ({ server, pool }) => {
    const wire = new Wire();
    const { drawBallot } = await wire.gql<{ drawBallot: { ballot: Ballot } }>(
      server,
      "mutation { drawBallot(input: {}) { ballot { id leftPage { url imageUrl } } } }",
    );
    const { url, imageUrl } = drawBallot.ballot.leftPage;
    expect((await wire.send(url, { headers: { "sec-fetch-dest": "iframe" } })).toString()).toContain("<h1>Page");
    await pool.query(
      "update app_private.handles set created_at = created_at - interval '2 hours', expires_at = now() - interval '1 second' where ballot_id = $1",
      [drawBallot.ballot.id],
    );
    expect((await wire.send(url, { headers: { "sec-fetch-dest": "iframe" } })).toString()).toBe(
      "There is no such page.\n",
    );
    expect((await wire.send(`${server.url}${imageUrl}`)).toString()).toContain("TB063");
  });
});
