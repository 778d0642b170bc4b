-- app_private.ledger_faults -> [app_operations.ledger_faults] -> ledgerFaults (operators' GraphQL)
create or replace view app_operations.ledger_faults with (security_invoker, security_barrier) as
  select f.fault, f.call_id, f.detail
    from app_private.ledger_faults f;

revoke all on app_operations.ledger_faults from public, autobench_operator;
grant select on app_operations.ledger_faults to autobench_operator;

comment on view app_operations.ledger_faults is 'What must never be in the ledger of model calls: always empty.';
comment on column app_operations.ledger_faults.fault is 'What is wrong.';
comment on column app_operations.ledger_faults.call_id is 'The call, if it is about one.';
comment on column app_operations.ledger_faults.detail is 'The particulars.';
