// db/generate/{tables,erd}.ts -> [db/generate/documents.test.ts] -> db/generated/tables.md, db/generated/erd.md
// A schema small enough to see at once what the documents make of it.
import { withClient } from "../cluster/connect.ts";
import { describe, expect, test } from "../testing/database.ts";
import { erd } from "./erd.ts";
import { tables } from "./tables.ts";

const schema = `
  set role autobench_owner;
  create type app_public.verdict as enum ('left', 'right');
  comment on type app_public.verdict is 'Which side was preferred.';
  create table app_public.duels (id bigint generated always as identity constraint duels_pkey primary key);
  create table app_public.votes (
    id uuid constraint votes_pkey primary key,
    duel_id bigint constraint votes_duel references app_public.duels on delete cascade,
    voter_id uuid not null constraint votes_voter references app_public.users,
    verdict app_public.verdict not null default 'left',
    constraint votes_one_per_voter unique (voter_id)
  );
  comment on table app_public.votes is E'@behavior -insert\\nOne vote | one row.';
  comment on column app_public.votes.verdict is E'@name side\\nLeft | right.';
  alter table app_public.votes enable row level security;
  create policy insert_own on app_public.votes for insert to autobench_member
    with check (voter_id = (select app_public.current_user_id()));
  create policy update_own on app_public.votes for update to autobench_member
    using (voter_id = (select app_public.current_user_id()) or (duel_id is null)) with check (duel_id is not null);
  create policy select_all on app_public.votes for select to autobench_anon, autobench_member using (true);
  grant insert (duel_id, verdict) on app_public.votes to autobench_member;
  grant delete on app_public.votes to autobench_member;
  create view app_public.recent with (security_invoker, security_barrier) as select id from app_public.votes;
  create trigger _500_count after insert or delete on app_public.votes
    for each row execute function app_private.tg_users__notify();
`;

describe("the documents", () => {
  test("say what there is, in words", async ({ database }) => {
    await withClient(database.superuserUrl, (client) => client.query(schema));
    const text = await tables(database);
    const chapter = text.slice(text.indexOf("### app_public.votes"));
    for (const line of [
      String.raw`One vote | one row.`,
      String.raw`| verdict | app_public.verdict | not null, default ${"`'left'::app_public.verdict`"} | Left \| right. |`,
      "- `votes_one_per_voter`: `UNIQUE (voter_id)`",
      "- `app_public.duels` (duel_id)",
      "- autobench_member may delete",
      "- autobench_member may insert (duel_id, verdict)",
      "- `insert_own`: autobench_member may insert rows where `voter_id = app_public.current_user_id()`",
      "- `update_own`: autobench_member may update the rows where " +
        "`(voter_id = app_public.current_user_id()) OR (duel_id IS NULL)`, as long as then `duel_id IS NOT NULL`",
      "- `select_all`: autobench_anon and autobench_member may select every row",
      "- `_500_count` after insert or delete: `app_private.tg_users__notify()`",
    ]) {
      expect(chapter.split("\n")).toContain(line);
    }
    expect(text).toContain("- `app_public.votes` (duel_id), which goes with it");
    expect(text).toContain("A view of `app_public.votes`.");
    expect(text).toContain("- `app_public.verdict`, one of left, right. Which side was preferred.");
    expect(text, "what has no file is not lost").toContain("## in no file");
  });

  test("draw how many rows refer to one", async ({ database }) => {
    const text = await erd(database);
    for (const line of [
      '  app_public__votes["app_public.votes"] {',
      "    bigint duel_id FK",
      "    uuid voter_id FK, UK",
      '  app_public__duels |o--o{ app_public__votes : "duel_id"',
      '  app_public__users ||--o| app_public__votes : "voter_id"',
    ]) {
      expect(text.split("\n")).toContain(line);
    }
  });
});
