// server/routes/home.ts -> [server/gallery/read.ts] -> app_public.tasks, submissions, models, artifacts
// One day of the arena as a visitor may see it: what is sealed is not there.
import type pg from "pg";
import { asVisitor } from "../visitor.ts";

export interface Entry {
  model: string;
  provider: string;
  isRehearsal: boolean;
  status: "queued" | "running" | "succeeded" | "failed" | "in_doubt";
  reason: string | null;
  latencyMs: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  picture: "queued" | "running" | "rendered" | "skipped" | "failed" | null;
  pictureReason: string | null;
  imageUrl: string | null;
  thumbUrl: string | null;
  liveUrl: string | null;
  isBlank: boolean | null;
  isMoving: boolean | null;
  errors: string[] | null;
}

export interface GalleryTask {
  slot: number;
  title: string;
  prompt: string;
  isOpen: boolean;
  isSealed: boolean;
  closesAt: string;
  entries: Entry[];
}

export interface Gallery {
  day: string;
  isToday: boolean;
  before: string | null;
  after: string | null;
  tasks: GalleryTask[];
}

const sql = `
  with shown as (
    select max(t.challenge_date) as day
      from app_public.tasks t
      where t.challenge_date <= coalesce($1::date, (now() at time zone 'utc')::date)
  )
  select d.day::text, d.day = (now() at time zone 'utc')::date as "isToday",
      (select max(t.challenge_date)::text from app_public.tasks t where t.challenge_date < d.day) as before,
      (select min(t.challenge_date)::text from app_public.tasks t where t.challenge_date > d.day) as after,
      (
        select jsonb_agg(jsonb_build_object(
            'slot', t.slot, 'title', t.title, 'prompt', t.prompt_text, 'isOpen', t.closes_at > now(),
            'isSealed', not t.is_showcase and t.closes_at > now(), 'closesAt', t.closes_at,
            'entries', coalesce((
              select jsonb_agg(jsonb_build_object(
                  'model', m.display_name, 'provider', m.provider, 'isRehearsal', m.is_rehearsal, 'status', s.status,
                  'reason', s.reason, 'latencyMs', s.latency_ms, 'outputTokens', s.output_tokens, 'costUsd', s.cost_usd,
                  'picture', a.status, 'pictureReason', a.reason, 'isBlank', a.is_blank, 'isMoving', a.is_moving,
                  'errors', a.errors, 'imageUrl', app_public.artifacts_image_url(a),
                  'thumbUrl', app_public.artifacts_thumb_url(a), 'liveUrl', app_public.artifacts_live_url(a)
                ) order by m.display_name, m.id)
                from app_public.submissions s
                  inner join app_public.models m on m.id = s.model_id
                  left join app_public.artifacts a on a.submission_id = s.id
                where s.task_id = t.id
            ), '[]')
          ) order by t.slot)
          from app_public.tasks t
          where t.challenge_date = d.day
      ) as tasks
    from shown d
    where d.day is not null`;

/** The newest day not after the given one; nothing when there is none. */
export async function readGallery(pool: pg.Pool, sandbox: string, day?: string): Promise<Gallery | undefined> {
  const [row] = await asVisitor<Gallery>(pool, sql, [day ?? null], { "app.sandbox_url": sandbox });
  return row;
}
