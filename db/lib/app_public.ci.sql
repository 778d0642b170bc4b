-- [app_public.ci] -> app_public.users.username, app_private.accounts.email
do $$
begin
  create collation app_public.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
exception when duplicate_object then
  null; -- made before: a collation cannot be replaced
end;
$$;
comment on collation app_public.ci is 'Compares text without regard to case: Ada equals ada.';
