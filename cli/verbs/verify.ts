// autobench verify -> [cli/verbs/verify.ts] -> app_private.rating_faults(), app_private.refit_faults(), app_private.ledger_faults
import type pg from "pg";
import { withClient } from "../../db/cluster/connect.ts";
import { openSession, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

interface Fault {
  fault: string;
  subject: string | null;
  stored: string | null;
  found: string | null;
}

/** Each makes something anew from what it was made of, and returns what differs. */
const checks = [
  {
    what: "counts, Elo and hashes",
    sql: "select fault, subject, stored, found from app_private.rating_faults()",
  },
  { what: "boards", sql: "select fault, subject, stored, found from app_private.refit_faults()" },
  {
    what: "ledger of calls",
    sql: "select fault, call_id::text as subject, null as stored, detail as found from app_private.ledger_faults",
  },
  {
    what: "one submission for each task and model",
    sql: "select 'asked twice' as fault, d::text as subject, null as stored, null as found from app_operations.duplicate_submissions d",
  },
] as const;

const verify: Verb = {
  usage: "verify",
  help: [
    "Makes counts, Elo, boards, hashes and the ledger's sums anew, and reports every difference.",
    "",
    "Exits with 1 when there is one. It also says how few votes hold the first place.",
  ].join("\n"),
  async run({ isJson }) {
    const { settings } = openSession(true);
    const owner = (await useRunning(settings)).url("autobench_owner");
    return withClient(owner, async (client) => {
      await client.query("set role autobench_owner");
      // All of it at one instant, whatever is voted meanwhile.
      await client.query("begin isolation level repeatable read read only");
      const sizes = await sizesOf(client);
      const found: (Fault & { check: string })[] = [];
      for (const { what, sql } of checks) {
        const { rows } = await client.query<Fault>(sql);
        found.push(...rows.map((row) => ({ check: what, ...row })));
        if (!isJson) console.log(`${rows.length ? "DIFFERS" : "same   "}  ${what}`);
      }
      const fragility = await firstPlace(client);
      await client.query("commit");
      if (isJson) console.log(JSON.stringify({ ok: !found.length, ...sizes, fragility, faults: found }));
      else console.log([...found.map(sentence), `${summary(sizes)}${fragility ? ` ${fragility}` : ""}`].join("\n"));
      return found.length ? 1 : 0;
    });
  },
};

interface Sizes {
  votes: number;
  counted: number;
  tasks: number;
  snapshots: number;
  calls: number;
}

async function sizesOf(client: pg.Client): Promise<Sizes | undefined> {
  const { rows } = await client.query<Sizes>(
    `select (select count(*)::integer from app_public.votes) as votes,
       (select coalesce(sum(votes), 0)::integer from app_private.pair_counts) as counted,
       (select count(*)::integer from app_private.folded_tasks) as tasks,
       (select count(*)::integer from app_public.rating_snapshots) as snapshots,
       (select count(*)::integer from app_private.llm_calls) as calls`,
  );
  return rows[0];
}

/** A sentence for those who read it, and no check: what goes wrong with it is said in its place. */
export async function firstPlace(client: pg.ClientBase): Promise<string | undefined> {
  let first: { ahead: string; behind: string; votes: number | null; gap: number } | undefined;
  await client.query("savepoint first_place");
  try {
    [first] = (
      await client.query<NonNullable<typeof first>>(
        `select a.slug as ahead, b.slug as behind, f.votes, f.gap
           from app_private.board_fragility(
               is_rehearsal => not exists (select from app_public.rating_snapshots s where not s.is_rehearsal), pairs => 1
             ) f
             join app_public.models a on a.id = f.ahead_id
             join app_public.models b on b.id = f.behind_id`,
      )
    ).rows;
  } catch (error) {
    await client.query("rollback to savepoint first_place");
    return `How few votes hold the first place could not be found: ${error instanceof Error ? error.message : "unknown"}.`;
  }
  if (!first) return undefined;
  const votes = first.votes === null ? "more than 200 votes" : `at most ${first.votes} votes`;
  return `${first.ahead} is ahead of ${first.behind} by ${Math.round(first.gap)} points: ${votes} would have to go to turn that round.`;
}

const sentence = ({ check, fault, subject, stored, found }: Fault & { check: string }): string =>
  [
    `  ${check}: ${fault}`,
    subject,
    stored === null ? undefined : `stored ${stored}`,
    found === null ? undefined : `found ${found}`,
  ]
    .filter((part) => part !== undefined && part !== null)
    .join(", ");

const summary = (sizes: Sizes | undefined): string =>
  sizes
    ? `${sizes.votes} votes, of which ${sizes.counted} count; ${sizes.tasks} closed tasks; ${sizes.snapshots} snapshots; ${sizes.calls} calls.`
    : "";

export default verify;
