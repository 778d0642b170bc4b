// [server/blind-errors.test.ts] -> drawBallot, castVote over HTTP and WebSocket: a refusal is as blind as an answer
// Every error that a voter can meet on a sealed task is provoked, and recorded as it came: status line, headers, body, frames.
import type pg from "pg";
import { addTask, type TestAnswer, type TestTask } from "../db/testing/arena.ts";
import type { AnswerError } from "./testing/client.ts";
import { everythingOf, readSchema } from "./testing/everything.ts";
import { describe, expect, test as base } from "./testing/server.ts";
import { answer, type Ballot, expectNothingTold, models, type Said, tellTales, Wire } from "./testing/wire.ts";

const draw = "mutation ($task: UUID) { drawBallot(input: { taskId: $task }) { ballot { id taskId stratum } } }";
const cast =
  "mutation ($id: UUID!, $verdict: BallotVerdict!) { castVote(input: { ballotId: $id, verdict: $verdict }) { vote { ballotId leftModelId } } }";
const verdicts = ["left", "right", "tie", "both_bad"] as const;
const pairs = (models * (models - 1)) / 2;

/** What is said of each refusal, whole: a word more could be of a page. */
const refusals = {
  TB071: ["drawBallot", "That was too many ballots for an hour.", /^Come back after \d{4}-\d\d-\d\d \d\d:00 UTC\.$/],
  TB073: [
    "drawBallot",
    "There is nothing for you to vote on just now.",
    /^Come back when the next tasks have been answered, or look at today's showcase\.$/,
  ],
  TB074: ["castVote", "This is not a ballot of yours.", /^Draw a ballot first\.$/],
  TB075: ["castVote", "This ballot has been used.", /^A vote is final\. Draw another ballot\.$/],
  TB076: ["castVote", "This ballot has expired.", /^Draw another ballot\.$/],
  TB077: [
    "castVote",
    "This task has closed, and its models are revealed.",
    /^Draw another ballot: it will be on a task that is open\.$/,
  ],
  TB078: ["drawBallot", "Nobody knows who is voting.", /^Allow this site's cookie, or sign in\.$/],
} as const;

interface Sealed extends TestTask {
  answers: TestAnswer[];
}

/** Someone with a cookie and a ballot, who asks in one of the two ways. */
interface Visitor {
  wire: Wire;
  ballot: Ballot;
  ask(query: string, variables?: object): Promise<Said<Record<string, unknown> | null>>;
  draw(task?: TestTask): Promise<Ballot>;
  cast(id: string, verdict: (typeof verdicts)[number]): Promise<Said<Record<string, unknown> | null>>;
}

const ways = ["HTTP", "a socket"] as const;
type Way = (typeof ways)[number];

const test = base
  .extend("seal", { scope: "file" }, ({ pool }) => {
    let slot = 1; // the first is the showcase
    return async (): Promise<Sealed> => {
      const task = await addTask(pool, { slot: ++slot, title: "A sealed task" });
      return { ...task, answers: await answer(pool, task) };
    };
  })
  .extend("visit", { scope: "file" }, ({ server }, { onCleanup }) => {
    const open: { close(): Promise<void> }[] = [];
    onCleanup(async () => void (await Promise.all(open.map((socket) => socket.close()))));
    return async (way: Way, task: TestTask): Promise<Visitor> => {
      const wire = new Wire();
      const first = await wire.gql<{ drawBallot: { ballot: Ballot } }>(server, draw, { task: task.id });
      const socket = way === "HTTP" ? undefined : await wire.socket(server);
      if (socket) open.push(socket);
      const ask: Visitor["ask"] = async (query, variables = {}) =>
        socket
          ? ((await socket.ask(query, variables)) as Said<Record<string, unknown>>)
          : wire.ask(server, query, variables);
      const visitor: Visitor = {
        wire,
        ballot: first.drawBallot.ballot,
        ask,
        async draw(of) {
          const { data, errors } = await ask(draw, of && { task: of.id });
          expect(errors).toBeUndefined();
          return (data as { drawBallot: { ballot: Ballot } }).drawBallot.ballot;
        },
        cast: (id, verdict) => ask(cast, { id, verdict }),
      };
      expect(visitor.ballot).toMatchObject({ taskId: task.id, stratum: "sealed" });
      expect(await visitor.draw(task)).toEqual(visitor.ballot); // known by the cookie, in either way
      return visitor;
    };
  });

/** A refusal says its own sentence, its code and its hint, where it was asked for, and nothing else. */
function expectRefusal({ data, errors = [] }: Said<unknown>, code: keyof typeof refusals): void {
  const [field, message, hint] = refusals[code];
  const said: AnswerError = {
    message,
    path: [field],
    extensions: { code, hint: expect.stringMatching(hint) as string },
  };
  expect(errors.map((error) => ({ ...error, locations: undefined }))).toEqual([said]);
  expect(data ?? { [field]: null }).toEqual({ [field]: null });
}

/** What was sent, without what every answer has of its own: when it was sent, and to which operation on a socket. */
const bare = (sent: string): string => sent.replace(/\ndate\n[^\n]+/i, "").replace(/"id":"\d+"/, '"id":""');

/** Asks twice and more, each time of another ballot or with another verdict; all are refused with the same bytes. */
async function refuseAll(
  wire: Wire,
  code: keyof typeof refusals,
  asks: readonly (() => Promise<Said<unknown>>)[],
): Promise<void> {
  const sent = new Set<string>();
  for (const ask of asks) {
    const before = wire.all.length;
    expectRefusal(await ask(), code);
    sent.add(
      wire.all
        .slice(before)
        .filter((bytes) => !bytes.includes('"type":"complete"'))
        .map(bare)
        .join("\n"),
    );
  }
  const [one = "", ...others] = sent;
  expect(others).toEqual([]);
  expect(one).toContain(`"code":"${code}"`); // it was recorded
}

async function expectBlind(pool: pg.Pool, wire: Wire, ...tasks: Sealed[]): Promise<void> {
  const received = wire.all.join("\n\n");
  const tales = await tellTales(
    pool,
    tasks.flatMap(({ answers }) => answers),
  );
  expect(tales.length).toBeGreaterThan(80);
  expectNothingTold(received, tales);
}

/** Lets a coin have fallen the other way: what is said must not depend on it. */
const turn = (pool: pg.Pool, id: string) =>
  pool.query("update app_public.ballots set is_first_left = not is_first_left where id = $1", [id]);

const casts = (visitor: Visitor, id: string) => verdicts.map((verdict) => () => visitor.cast(id, verdict));

/** The hour's ballots are used up: this hour's, and the next one's, should it begin meanwhile. */
const useUp = (pool: pg.Pool, kind: "voter" | "network", ballotId: string) =>
  pool.query(
    `insert into app_private.draw_allowances as a (kind, caller, starts_at, used)
       select d.kind, d.caller, d.starts_at + n * interval '1 hour', 1000000
         from app_private.draw_allowances d cross join generate_series(0, 1) n
         where d.kind = $1 and ($1 = 'network' or d.caller = (select b.voter_id::text from app_public.ballots b where b.id = $2))
       on conflict on constraint draw_allowances_pkey do update set used = excluded.used`,
    [kind, ballotId],
  );

describe.for(ways)("over %s, a voter on a sealed task is told nothing by", (way) => {
  test("TB071: too many ballots in an hour", async ({ pool, seal, visit }) => {
    const [task, other] = [await seal(), await seal()];
    const visitor = await visit(way, task);
    await useUp(pool, "voter", visitor.ballot.id);
    expect(await visitor.draw(task)).toEqual(visitor.ballot); // the open one costs nothing
    expect((await visitor.cast(visitor.ballot.id, "left")).errors).toBeUndefined();
    await refuseAll(visitor.wire, "TB071", [
      () => visitor.ask(draw, { task: task.id }),
      () => visitor.ask(draw, { task: other.id }),
      () => visitor.ask(draw),
    ]);
    await expectBlind(pool, visitor.wire, task, other);
  });

  test("TB074: a ballot of another voter's, or of nobody's", async ({ pool, seal, visit }) => {
    const task = await seal();
    const [visitor, owner] = [await visit(way, task), await visit(way, task)];
    const nobodys = "00000000-0000-4000-8000-000000000000";
    await refuseAll(visitor.wire, "TB074", [...casts(visitor, owner.ballot.id), ...casts(visitor, nobodys)]);
    await turn(pool, owner.ballot.id);
    await refuseAll(visitor.wire, "TB074", casts(visitor, owner.ballot.id));
    expect((await owner.cast(owner.ballot.id, "left")).errors).toBeUndefined();
    await refuseAll(visitor.wire, "TB074", casts(visitor, owner.ballot.id)); // nor that it has been used
    await expectBlind(pool, visitor.wire, task);
  });

  test("TB075: a ballot that was used", async ({ pool, seal, visit }) => {
    const task = await seal();
    const visitor = await visit(way, task);
    const used = visitor.ballot.id;
    const { data } = await visitor.cast(used, "left");
    expect(data).toEqual({ castVote: { vote: { ballotId: used, leftModelId: null } } });
    const next = await visitor.draw(task);
    expect(next.id).not.toBe(used);
    expect((await visitor.cast(next.id, "right")).errors).toBeUndefined();
    await refuseAll(visitor.wire, "TB075", [...casts(visitor, used), ...casts(visitor, next.id)]);
    await turn(pool, used);
    await pool.query("update app_public.ballots set expires_at = served_at where id = $1", [used]);
    await refuseAll(visitor.wire, "TB075", casts(visitor, used)); // as before, though it has expired besides
    await expectBlind(pool, visitor.wire, task);
  });

  test("TB076: a ballot that has expired, by time or for another one", async ({ pool, seal, visit }) => {
    const [task, other] = [await seal(), await seal()];
    const visitor = await visit(way, task);
    const left = visitor.ballot.id;
    const late = (await visitor.draw(other)).id; // gives the first one up
    await pool.query("update app_public.ballots set expires_at = served_at where id = $1", [late]);
    await refuseAll(visitor.wire, "TB076", [...casts(visitor, left), ...casts(visitor, late)]);
    await turn(pool, left);
    await refuseAll(visitor.wire, "TB076", casts(visitor, left));
    await expectBlind(pool, visitor.wire, task, other);
  });

  test("TB077: a task that has closed, also while its boards are published", async ({ pool, seal, visit }) => {
    const task = await seal();
    const visitor = await visit(way, task);
    const { id } = visitor.ballot;
    await pool.query("select app_private.close_task($1)", [task.id]);
    await refuseAll(visitor.wire, "TB077", casts(visitor, id));
    await turn(pool, id);
    await refuseAll(visitor.wire, "TB077", casts(visitor, id));
    const publisher = await pool.connect();
    try {
      await publisher.query("begin");
      await publisher.query("select pg_advisory_xact_lock(app_private.task_lock($1))", [task.id]);
      await refuseAll(visitor.wire, "TB077", casts(visitor, id));
    } finally {
      await publisher.query("rollback");
      publisher.release();
    }
    await expectBlind(pool, visitor.wire, task);
    // The search finds what is there: by now the names are everybody's.
    await visitor.ask("query ($id: UUID!) { task(id: $id) { submissions(first: 9) { nodes { model { slug } } } } }", {
      id: task.id,
    });
    await expect(expectBlind(pool, visitor.wire, task)).rejects.toThrow(/^model-\S+ was sent/);
  });
});

test("TB071 of a network says as little as of a voter", async ({ start, pool, seal }) => {
  const task = await seal();
  const proxied = await start({ TRUST_PROXY: "1" });
  const from = { "x-forwarded-for": "203.0.113.7" };
  const wire = new Wire();
  const { data } = await wire.ask<{ drawBallot: { ballot: Ballot } }>(proxied, draw, { task: task.id }, from);
  await useUp(pool, "network", data.drawBallot.ballot.id);
  const neighbour = new Wire();
  await refuseAll(neighbour, "TB071", [() => neighbour.ask(proxied, draw, { task: task.id }, from)]);
  await expectBlind(pool, neighbour, task);
  const stranger = new Wire();
  const elsewhere = { "x-forwarded-for": "198.51.100.7" };
  expect((await stranger.ask(proxied, draw, { task: task.id }, elsewhere)).errors).toBeUndefined();
});

test("over a socket a voter receives no more than over HTTP, from the first ballot to TB073", async ({
  server,
  pool,
  seal,
  visit,
}) => {
  const task = await seal();
  const visitor = await visit("a socket", task);
  const schema = await readSchema(server.gql);
  const [drawn, voted] = [everythingOf(schema, "DrawnBallot", 2), everythingOf(schema, "VoteResult", 2)];
  const drawAll = `mutation ($task: UUID) { drawBallot(input: { taskId: $task }) { ballot ${drawn} } }`;
  const castAll = `mutation ($id: UUID!, $verdict: BallotVerdict!) { castVote(input: { ballotId: $id, verdict: $verdict }) { vote ${voted} } }`;
  const seen = new Set<string>();
  for (let round = 0; round < pairs; round++) {
    const { data, errors } = await visitor.ask(drawAll, { task: task.id });
    expect(errors).toBeUndefined();
    const { id } = (data as { drawBallot: { ballot: Ballot } }).drawBallot.ballot;
    const vote = await visitor.ask(castAll, { id, verdict: verdicts[round % 4] });
    expect(vote).toMatchObject({ data: { castVote: { vote: { ballotId: id, leftModel: null, rightModel: null } } } });
    seen.add(id);
  }
  expect(seen.size).toBe(pairs);
  await refuseAll(visitor.wire, "TB073", [() => visitor.ask(draw, { task: task.id })]);
  expect(visitor.wire.all.filter((bytes) => bytes.includes("leftVotes"))).toHaveLength(pairs); // frames were recorded
  await expectBlind(pool, visitor.wire, task);
});

test("TB078 on a socket that came without a cookie", async ({ server, pool, seal }) => {
  const task: Sealed = await seal();
  const wire = new Wire();
  const socket = await wire.socket(server);
  const ask = async () => (await socket.ask(draw, { task: task.id })) as Said<unknown>;
  await refuseAll(wire, "TB078", [ask, ask]);
  await socket.close();
  expect(wire.all[0]).toMatch(/ 101 Switching Protocols\n/);
  expect(wire.all.at(-1)).toMatch(/^1005 /);
  await expectBlind(pool, wire, task);
});
