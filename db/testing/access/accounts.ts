// db/accounts -> [db/testing/access/accounts.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

const ownProfile = ["username", "full_name", "avatar_url", "is_listed"];

export const accounts: Access = {
  relations: {
    "app_public.users": {
      anon: { select: "*" },
      member: { select: "*", update: ownProfile },
      operator: { select: "*", update: ownProfile },
    },
    // Who somebody is to the identity provider (issuer, subject, email, provider_profile) is nobody's to read.
    "app_private.accounts": {
      operator: { select: ["user_id", "role", "banned_at", "ban_reason", "created_at"] },
    },
    "app_private.erased_subjects": {},
    "app_private.operator_log": { operator: { select: "*" } },
    "app_private.time_zone_changes": {},
    "app_private.webhook_messages": {},
    "app_operations.accounts": { operator: { select: "*" } },
    "app_operations.operator_log": { operator: { select: "*" } },
  },
  functions: {
    "app_public.current_user_id": ["anon", "member", "operator"],
    "app_public.erase_me": ["member", "operator"],
    "app_public.export_my_data": ["member", "operator"],
    "app_public.me": ["anon", "member", "operator"],
    "app_public.set_time_zone": ["member", "operator"],
    "app_operations.ban_user": ["operator"],
    "app_operations.lift_ban": ["operator"],
    "app_private.accept_webhook": ["server"],
    "app_private.ensure_account": [],
    "app_private.erase_account": [],
    "app_private.forget_subject": [],
    "app_private.log_operator": [],
    "app_private.provider_profile": [],
    "app_private.require_member": [],
    "app_private.require_operator": [],
    "app_private.sign_in": ["server"],
    "app_private.subject_hash": [],
    "app_private.sync_profile": [],
    "app_private.tg_users__limit_updates": [],
    "app_private.tg_users__notify": [],
  },
};
