// db/generate/{tables,erd}.ts -> [db/generate/documents.test.ts] -> db/generated/tables.md, db/generated/erd.md
// A schema small enough to see at once what the documents make of it.
import { withClient } from "../cluster/connect.ts";
import { describe, expect, test } from "../testing/database.ts";
import { erd } from "./erd.ts";
import { tables } from "./tables.ts";

const schema = `
  set role autobench_owner;
  create type app_public.leaning as enum ('left', 'right');
  comment on type app_public.leaning is 'Which side was preferred.';
  create table app_public.duels (id bigint generated always as identity constraint duels_pkey primary key);
  create table app_public.cheers (
    id uuid constraint cheers_pkey primary key,
    duel_id bigint constraint cheers_duel references app_public.duels on delete cascade,
    voter_id uuid not null constraint cheers_voter references app_public.users,
    leaning app_public.leaning not null default 'left',
    constraint cheers_one_per_voter unique (voter_id)
  );
  comment on table app_public.cheers is E'@behavior -insert\\nOne cheer | one row.';
  comment on column app_public.cheers.leaning is E'@name side\\nLeft | right.';
  alter table app_public.cheers enable row level security;
  create policy insert_own on app_public.cheers for insert to autobench_member
    with check (voter_id = (select app_public.current_user_id()));
  create policy update_own on app_public.cheers for update to autobench_member
    using (voter_id = (select app_public.current_user_id()) or (duel_id is null)) with check (duel_id is not null);
  create policy select_all on app_public.cheers for select to autobench_anon, autobench_member using (true);
  grant insert (duel_id, leaning) on app_public.cheers to autobench_member;
  grant delete on app_public.cheers to autobench_member;
  create view app_public.recent with (security_invoker, security_barrier) as select id from app_public.cheers;
  create trigger _500_count after insert or delete on app_public.cheers
    for each row execute function app_private.tg_users__notify();
`;

describe("the documents", () => {
  test("say what there is, in words", async ({ database }) => {
    await withClient(database.superuserUrl, (client) => client.query(schema));
    const text = await tables(database);
    const chapter = text.slice(text.indexOf("### app_public.cheers"));
    for (const line of [
      String.raw`One cheer | one row.`,
      String.raw`| leaning | app_public.leaning | not null, default ${"`'left'::app_public.leaning`"} | Left \| right. |`,
      "- `cheers_one_per_voter`: `UNIQUE (voter_id)`",
      "- `app_public.duels` (duel_id)",
      "- autobench_member may delete",
      "- autobench_member may insert (duel_id, leaning)",
      "- `insert_own`: autobench_member may insert rows where `voter_id = app_public.current_user_id()`",
      "- `update_own`: autobench_member may update the rows where " +
        "`(voter_id = app_public.current_user_id()) OR (duel_id IS NULL)`, as long as then `duel_id IS NOT NULL`",
      "- `select_all`: autobench_anon and autobench_member may select every row",
      "- `_500_count` after insert or delete: `app_private.tg_users__notify()`",
    ]) {
      expect(chapter.split("\n")).toContain(line);
    }
    expect(text).toContain("- `app_public.cheers` (duel_id), which goes with it");
    expect(text).toContain("A view of `app_public.cheers`.");
    expect(text).toContain("- `app_public.leaning`, one of left, right. Which side was preferred.");
    expect(text, "what has no file is not lost").toContain("## in no file");
  });

  test("draw how many rows refer to one", async ({ database }) => {
    const text = await erd(database);
    for (const line of [
      '  app_public__cheers["app_public.cheers"] {',
      "    bigint duel_id FK",
      "    uuid voter_id FK, UK",
      '  app_public__duels |o--o{ app_public__cheers : "duel_id"',
      '  app_public__users ||--o| app_public__cheers : "voter_id"',
    ]) {
      expect(text.split("\n")).toContain(line);
    }
  });
});
