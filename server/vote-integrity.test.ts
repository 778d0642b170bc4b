// [server/vote-integrity.test.ts] -> excludeVoter, restoreVoter, excludeNetwork, restoreNetwork, voteFlags, voteHealths, exclusions
// How operators judge votes, as their API offers it: who may, what moves, what is written down, and what they can read back.
import type pg from "pg";
import { liftLimits, makeVoters, openArena } from "../db/arena/testing/arena.ts";
import type { Answer } from "./testing/client.ts";
import { describe, expect, test as base } from "./testing/server.ts";

const path = "/operations/graphql";

interface Door {
  field: string;
  document: string;
  /** What operator_log calls it. */
  action: string;
}

const door = (verb: "exclude" | "restore", what: "Voter" | "Network"): Door => {
  const [argument, type] = what === "Voter" ? ["voterId", "BigInt"] : ["network", "String"];
  const field = verb + what;
  return {
    field,
    document: `mutation ($who: ${type}!, $reason: String!) { ${field}(input: { ${argument}: $who, reason: $reason }) { votes } }`,
    action: `${verb}_${what.toLowerCase()}`,
  };
};
const pairs = [
  { what: "a voter", exclude: door("exclude", "Voter"), restore: door("restore", "Voter") },
  { what: "a network", exclude: door("exclude", "Network"), restore: door("restore", "Network") },
] as const;
const doors = pairs.flatMap(({ exclude, restore }) => [exclude, restore]);
const lists = {
  voteFlags: "{ voteFlags(first: 9) { nodes { id voterId network modelId votes eValue flaggedAt seenAt } } }",
  voteHealths: "{ voteHealths(first: 9) { nodes { hourAt received counted share isAlarm } } }",
  exclusions: "{ exclusions(first: 9) { nodes { id voterId network isExcluded reason votes operatorId at } } }",
} as const;

const farm = "0f".repeat(16);
const home = "a1".repeat(16);

/** Sealed votes at noon of a day past: each voter from their network, each so often, always for the model with the lesser id. */
async function cast(pool: pg.Pool, voter: string, network: string, votes: number, at: string): Promise<void> {
  for (let n = 0; n < votes; n++)
    await pool.query(
      `select app_private.cast_vote($1, decode($2, 'hex'), b.id,
           (case when b.is_first_left then 'left' else 'right' end)::app_public.verdict, null, $3)
         from app_private.draw_ballot($1, null, null, $3) b`,
      [voter, network, at],
    );
}

interface Scene {
  ada: string;
  eve: string;
  first: string;
  /** When the hour of the votes began. */
  hour: string;
}

const test = base.extend("scene", { scope: "file" }, async ({ pool }): Promise<Scene> => {
  const { models } = await openArena(pool, { models: 2, sealed: 12 });
  await pool.query(liftLimits);
  const [ada = "", eve = ""] = await makeVoters(pool, 2);
  const { rows } = await pool.query<{ hour: Date }>("select date_trunc('hour', now(), 'utc') as hour");
  const hour = (rows[0]?.hour ?? new Date()).toISOString();
  await cast(pool, ada, home, 4, hour);
  await cast(pool, eve, farm, 7, hour);
  return { ada, eve, first: models[0] ?? "", hour };
});

/** All that an exclusion moves. */
async function counted(pool: pg.Pool): Promise<{ votes: number; uncounted: number; faults: number }> {
  const { rows } = await pool.query<{ votes: number; uncounted: number; faults: number }>(
    `select sum(c.votes)::integer as votes, sum(c.uncounted)::integer as uncounted,
         (select count(*)::integer from app_private.count_faults) as faults
       from app_private.pair_counts c`,
  );
  return rows[0] ?? { votes: -1, uncounted: -1, faults: -1 };
}
const counting = (votes: number) => ({ votes, uncounted: 11 - votes, faults: 0 });
const nodes = ({ data, errors }: Answer, list: string): Record<string, unknown>[] => {
  expect(errors).toBeUndefined();
  return (data as Record<string, { nodes: Record<string, unknown>[] }>)[list]?.nodes ?? [];
};
/** Everything that was ever written down of operators. */
const written = async (pool: pg.Pool) =>
  (
    await pool.query<Record<string, unknown>>(
      "select operator_id, action, subject, reason from app_private.operator_log order by id",
    )
  ).rows;

describe("nobody else", () => {
  test("excludes, restores or reads the lists: not a visitor, not a member, nor anybody elsewhere", async ({
    server,
    scene,
    pool,
    member,
    operator,
  }) => {
    const [mia, root] = [await member(), await operator()];
    const asks = [
      ...doors.map(({ field, document }) => ({
        document,
        variables: { who: field.endsWith("Voter") ? scene.eve : farm, reason: "why not" },
      })),
      ...Object.values(lists).map((document) => ({ document, variables: {} })),
    ];
    for (const { document, variables } of asks) {
      const visitor = await server.gql(document, { path, variables });
      expect([document, visitor.status, visitor.code]).toEqual([document, 401, "TB001"]);
      const hers = await server.gql(document, { path, variables, token: mia.token });
      expect([document, hers.status, hers.code]).toEqual([document, 403, "TB004"]);
      expect([visitor.data, hers.data]).toEqual([undefined, undefined]);
      // On the people's API there is no such field, for nobody.
      for (const token of [undefined, mia.token, root.token])
        expect((await server.gql(document, { variables, token })).code).toBe("TB030");
    }
    expect(await counted(pool)).toEqual(counting(11));
    expect(await written(pool)).toEqual([]);
  });

  test("stays in once their role is taken", async ({ server, scene, pool, operator }) => {
    const { id, token } = await operator();
    const { document } = pairs[0].exclude;
    await pool.query("update app_private.accounts set role = 'member' where user_id = $1", [id]);
    const refused = await server.gql(document, { path, token, variables: { who: scene.eve, reason: "a grudge" } });
    expect([refused.status, refused.code]).toEqual([403, "TB004"]);
    expect(await counted(pool)).toEqual(counting(11));
  });
});

describe.for(pairs)("an operator takes $what out and puts it back", ({ what, exclude, restore }) => {
  test("once each, with a reason; it moves the counts and is written down", async ({
    server,
    scene,
    pool,
    operator,
  }) => {
    const root = await operator();
    const isVoter = what === "a voter";
    const who = isVoter ? scene.eve : farm;
    const nobody = isVoter ? "999999" : "ff".repeat(16);
    const call = ({ document }: Door, reason: string, whom = who) =>
      server.gql(document, { path, token: root.token, variables: { who: whom, reason } });
    const before = await written(pool);

    expect((await call(restore, "never was out")).code).toBe("TB079");
    expect((await call(exclude, "nobody at all", nobody)).code).toBe("TB079");
    for (const reason of ["", "no", "   x   ", "x".repeat(1001)]) {
      const refused = await call(exclude, reason);
      expect([refused.code, refused.data]).toEqual(["TB017", { [exclude.field]: null }]);
    }
    expect(await counted(pool)).toEqual(counting(11));
    expect(await written(pool)).toEqual(before); // what was refused is not there

    expect((await call(exclude, "votes as a machine")).data).toEqual({ [exclude.field]: { votes: 7 } });
    expect(await counted(pool)).toEqual(counting(4));
    const twice = await call(exclude, "once more");
    expect([twice.code, twice.data]).toEqual(["TB079", { [exclude.field]: null }]);
    expect((await call(restore, "ab")).code).toBe("TB017");
    expect(await counted(pool)).toEqual(counting(4));

    const health = await server.gql(lists.voteHealths, { path, token: root.token });
    expect(nodes(health, "voteHealths")).toEqual([
      { hourAt: expect.any(String), received: 11, counted: 4, share: 4 / 11, isAlarm: false },
    ]);

    expect((await call(restore, "it was a person")).data).toEqual({ [restore.field]: { votes: 7 } });
    expect(await counted(pool)).toEqual(counting(11));
    expect((await call(restore, "once more")).code).toBe("TB079");

    const entry = { operator_id: root.id, subject: who };
    expect(await written(pool)).toEqual([
      ...before,
      { ...entry, action: exclude.action, reason: "votes as a machine" },
      { ...entry, action: restore.action, reason: "it was a person" },
    ]);
    const all = nodes(await server.gql(lists.exclusions, { path, token: root.token }), "exclusions");
    const line = {
      id: expect.stringMatching(/^\d+$/),
      at: expect.stringMatching(/^\d{4}-/),
      voterId: isVoter ? who : null,
      network: isVoter ? null : who,
      votes: 7,
      operatorId: root.id,
    };
    expect(all.filter(({ operatorId }) => operatorId === root.id)).toEqual([
      { ...line, isExcluded: true, reason: "votes as a machine" },
      { ...line, isExcluded: false, reason: "it was a person" },
    ]);
  });
});

describe("what an operator reads", () => {
  test("says how many votes of each hour count, and raises an alarm when too few do", async ({
    server,
    scene,
    pool,
    operator,
  }) => {
    const root = await operator();
    const [mal = ""] = await makeVoters(pool, 1, "mal");
    // Nine more, of an hour that has 20 then: 13 count when hers do not.
    await cast(pool, mal, home, 9, scene.hour);
    const read = async () => nodes(await server.gql(lists.voteHealths, { path, token: root.token }), "voteHealths");
    const [all, ...older] = await read();
    expect(older).toEqual([]);
    expect(all).toEqual({ hourAt: all?.["hourAt"], received: 20, counted: 20, share: 1, isAlarm: false });
    expect(Date.parse(String(all?.["hourAt"]))).toBe(Date.parse(scene.hour));
    const variables = { who: scene.eve, reason: "votes as a machine" };
    await server.gql(pairs[0].exclude.document, { path, token: root.token, variables });
    expect(await read()).toEqual([{ ...all, counted: 13, share: 0.65, isAlarm: true }]);
    await server.gql(pairs[0].restore.document, { path, token: root.token, variables });
    expect(await read()).toEqual([all]);
  });

  test("flags voters and networks by the ids that exclude them", async ({ server, scene, pool, operator }) => {
    const root = await operator();
    const at = { path, token: root.token };
    expect(nodes(await server.gql(lists.voteFlags, at), "voteFlags")).toEqual([]);
    const flag = { first: scene.first, flagged: "2026-05-04T03:02:01.000Z", seen: "2026-05-05T03:02:01.000Z" };
    await pool.query(
      `insert into app_private.vote_flags (voter_id, network_hash, model_id, votes, e_value, flagged_at, seen_at)
         values ($1, null, $3, 7, 4096.5, $4, $5), (null, decode($2, 'hex'), $3, 9, 1e6, $4, $5)`,
      [scene.eve, farm, flag.first, flag.flagged, flag.seen],
    );
    const flags = nodes(await server.gql(lists.voteFlags, at), "voteFlags");
    const shown = flags.map(({ flaggedAt, seenAt, ...rest }) => ({
      ...rest,
      times: [flaggedAt, seenAt].map((time) => new Date(String(time)).toISOString()),
    }));
    const line = { id: expect.stringMatching(/^\d+$/), modelId: scene.first, times: [flag.flagged, flag.seen] };
    expect(shown).toEqual([
      { ...line, voterId: scene.eve, network: null, votes: 7, eValue: 4096.5 },
      { ...line, voterId: null, network: farm, votes: 9, eValue: 1e6 },
    ]);
    for (const { voterId, network } of flags) {
      const { exclude, restore } = pairs[network === null ? 0 : 1];
      const variables = { who: network ?? voterId, reason: "as it was flagged" };
      expect((await server.gql(exclude.document, { ...at, variables })).data).toEqual({
        [exclude.field]: { votes: 7 },
      });
      expect((await server.gql(restore.document, { ...at, variables })).errors).toBeUndefined();
    }
  });

  test("a network that is no hash is told to be no value, and nothing of it is written down", async ({
    server,
    scene,
    pool,
    operator,
  }) => {
    const { token } = await operator();
    const before = await written(pool);
    for (const { document } of [pairs[1].exclude, pairs[1].restore])
      for (const who of ["xyz", "abc"])
        expect((await server.gql(document, { path, token, variables: { who, reason: "a typo" } })).code).toBe("TB035");
    expect(await written(pool)).toEqual(before);
    expect(scene.eve).not.toBe("");
    expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
