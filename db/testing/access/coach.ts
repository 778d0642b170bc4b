// db/coach -> [db/testing/access/coach.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const coach: Access = {
  relations: {
    "app_public.queue_jobs": {
      member: { select: ["id", "user_id", "kind", "status", "note", "next_problem_id", "created_at", "finished_at"] },
      operator: {
        select: [
          "id",
          "user_id",
          "kind",
          "status",
          "note",
          "next_problem_id",
          "attempts",
          "error",
          "batch_id",
          "run_at",
          "created_at",
          "finished_at",
        ],
      },
    },
  },
  functions: {
    "app_private.claim_coach_batch": ["worker"],
    "app_private.coach_has_work": ["worker"],
    "app_private.coach_prompt": ["worker"],
    "app_private.coach_summary": [],
    "app_private.give_up_coach_batch": ["worker"],
    "app_private.open_coach_batches": ["worker"],
    "app_private.record_coach_notes": ["worker"],
    "app_private.tg_users__leave_coach": [],
    "app_public.request_coaching": ["member", "operator"],
  },
};
