// npm start, npm run day -> [cli/rehearsal.ts] -> worker/rehearsal/server.ts, app_private.apply_models()
// Without a key that any model could use, canned models of this machine stand in, so that the whole path can be seen.
import { syncModels } from "../db/cluster/content.ts";
import { type Query, withClient } from "../db/cluster/connect.ts";
import type { Database } from "../db/cluster/database.ts";
import { rehearsalModels, type Role } from "../worker/rehearsal/models.ts";
import { startRehearsal } from "../worker/rehearsal/server.ts";
import type { Session } from "./session.ts";

type Keys = Readonly<Record<string, string>>;

/** Whether there is a key for none of the models. */
export async function isKeyless(client: Query, keys: Keys): Promise<boolean> {
  const { rows } = await client.query<{ api_key_env: string | null }>(
    "select api_key_env from app_private.key_names()",
  );
  return !rows.some(({ api_key_env }) => api_key_env === null || api_key_env in keys);
}

/** Whether a rehearsal is on; its server lives as long as this process. */
export async function rehearseIfKeyless(session: Session, database: Database, keys: Keys): Promise<boolean> {
  if (!(await withClient(database.url("autobench_worker"), (client) => isKeyless(client, keys)))) return false;
  const server = await startRehearsal({ log: (message, data) => session.log.debug(message, data) });
  await session.shutdown.add("rehearsal", () => server.close());
  await syncModels(database.url("autobench_owner"), rehearsalContent(server.url));
  session.log.info("no API key is set: canned rehearsal models stand in", { url: server.url });
  return true;
}

/** The rehearsal's providers, models and roles, in the form of content/models.json. */
export function rehearsalContent(url: string): object {
  const roleOf = (role: Role) => rehearsalModels.filter((model) => model.role === role).map((model) => model.slug);
  return {
    providers: (["openai", "anthropic"] as const).map((protocol) => ({
      name: `rehearsal-${protocol}`,
      protocol,
      base_url: protocol === "openai" ? `${url}/v1` : url,
      max_parallel: 64,
      requests_per_minute: 6000,
      is_rehearsal: true,
    })),
    models: rehearsalModels.map((model) => ({
      slug: model.slug,
      display_name: model.displayName,
      provider: `rehearsal-${model.protocol}`,
      api_model: model.slug,
      family: "rehearsal",
      input_usd_per_million: model.priceIn,
      output_usd_per_million: model.priceOut,
      is_contestant: model.role === "answer",
      is_rehearsal: true,
      note: "Canned: it shows that everything works, not what a model can do.",
    })),
    roles: { write_task: roleOf("write_task"), judge: roleOf("judge"), coach: roleOf("coach") },
    role_priority_from: 1000,
  };
}
