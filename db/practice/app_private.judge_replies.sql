-- judge_answer -> app_private.record_judging() -> [app_private.judge_replies] -> app_public.verdicts, app_operations.judge_versions
create table if not exists app_private.judge_replies (
  call_id         bigint constraint judge_replies_pkey primary key,
  subject_id      uuid not null,
  purpose         text not null,
  user_id         uuid,
  verdict_id      uuid,
  round           integer not null,
  model_id        uuid not null,
  prompt_version  text not null,
  rubric_hash     bytea not null,
  state           text not null,
  score           integer,
  reasoning       text,
  feedback        text,
  has_leaked      boolean not null default false,
  raw             text,
  reason          text,
  tokens          integer not null default 0,
  cost_usd        numeric(14, 8) not null default 0,
  latency_ms      integer,
  created_at      timestamptz not null default now(),
  constraint judge_replies_call foreign key (call_id) references app_private.llm_calls,
  constraint judge_replies_user foreign key (user_id) references app_public.users on delete cascade,
  constraint judge_replies_verdict foreign key (verdict_id) references app_public.verdicts on delete cascade,
  constraint judge_replies_model foreign key (model_id) references app_public.models,
  constraint judge_replies_once unique (subject_id, round),
  constraint judge_replies_purpose_known check (purpose in ('answer', 'check', 'rejudge')),
  constraint judge_replies_round_in_range check (round between 1 and 3),
  constraint judge_replies_state_known check (state in ('scored', 'unscored', 'in_doubt')),
  constraint judge_replies_score_in_range check (score between 0 and 100),
  constraint judge_replies_scored_whole check ((state = 'scored') = (score is not null) and (state = 'scored') = (reason is null)),
  constraint judge_replies_texts_bounded check (
    char_length(reasoning) <= 20000 and char_length(feedback) <= 4000 and char_length(raw) <= 40000 and char_length(reason) <= 500
  ),
  constraint judge_replies_figures_not_negative check (tokens >= 0 and cost_usd >= 0 and latency_ms >= 0)
);
create index if not exists judge_replies_user_id_idx on app_private.judge_replies (user_id);
create index if not exists judge_replies_verdict_id_idx on app_private.judge_replies (verdict_id);
create index if not exists judge_replies_model_id_idx on app_private.judge_replies (model_id);
create index if not exists judge_replies_prompt_version_idx on app_private.judge_replies (prompt_version, purpose);

call app_private.reset_access('app_private.judge_replies');
create policy select_all on app_private.judge_replies for select to autobench_operator
  using (true);
grant select on app_private.judge_replies to autobench_operator;
-- No write: record_judging() is the door. No member reads it: the reasoning goes through the rubric line by line.

comment on table app_private.judge_replies is 'What the judge said in each round, as it came and as it was read: the evidence behind a verdict.';
comment on column app_private.judge_replies.call_id is 'The call.';
comment on column app_private.judge_replies.subject_id is 'The answer, or the judging of a run.';
comment on column app_private.judge_replies.purpose is 'answer: the first judging. check: an example. rejudge: an answer once more.';
comment on column app_private.judge_replies.user_id is 'Whose answer it is.';
comment on column app_private.judge_replies.verdict_id is 'The verdict that was made of it, if it decided.';
comment on column app_private.judge_replies.round is 'Which round it was.';
comment on column app_private.judge_replies.model_id is 'The model.';
comment on column app_private.judge_replies.prompt_version is 'What the model was told.';
comment on column app_private.judge_replies.rubric_hash is 'SHA-256 of the rubric that it was given.';
comment on column app_private.judge_replies.state is 'scored, unscored, or in_doubt: it was asked, and nobody knows what came of it.';
comment on column app_private.judge_replies.score is '0 to 100.';
comment on column app_private.judge_replies.reasoning is 'What it said before the score.';
comment on column app_private.judge_replies.feedback is 'What it would have the member told.';
comment on column app_private.judge_replies.has_leaked is 'Whether its feedback was kept back for saying too much.';
comment on column app_private.judge_replies.raw is 'The reply as it came.';
comment on column app_private.judge_replies.reason is 'Why it has no score.';
comment on column app_private.judge_replies.tokens is 'Tokens read and written.';
comment on column app_private.judge_replies.cost_usd is 'What it cost.';
comment on column app_private.judge_replies.latency_ms is 'How long it took.';
comment on column app_private.judge_replies.created_at is 'When it was recorded.';
