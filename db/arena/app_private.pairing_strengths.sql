-- app_private.refresh_pairing() -> [app_private.pairing_strengths] -> vote_anomalies()
create table if not exists app_private.pairing_strengths (
  model_id   uuid constraint pairing_strengths_pkey primary key,
  theta      float8 not null,
  fitted_at  timestamptz not null,
  constraint pairing_strengths_model foreign key (model_id) references app_public.models
);

call app_private.reset_access('app_private.pairing_strengths');
-- No policy and no grant: it holds votes of open tasks, so nobody is shown it before they close.

comment on table app_private.pairing_strengths is 'The last unpublished fit, which steers what is voted on next; it includes tasks that are still open.';
comment on column app_private.pairing_strengths.model_id is 'The model.';
comment on column app_private.pairing_strengths.theta is 'Its strength.';
comment on column app_private.pairing_strengths.fitted_at is 'When the fit was made.';
