-- db/roles.sql -> [extensions] -> app_private.known_task(), app_private.similar_task(), app_private.network_hash(), app_private.battle_seats
-- In a schema of their own, so that no name of theirs mixes with ours.
create schema if not exists extensions;
comment on schema extensions is 'Extensions of Postgres that this schema uses.';
create extension if not exists btree_gist with schema extensions;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists pgcrypto with schema extensions;
revoke all on schema extensions from public;
