// content/ -> [db/cluster/content.ts] -> app_private.apply_models(), app_private.apply_prompts(), app_private.apply_problems()
// Takes what operators edit into the database: planned first, then applied, in one transaction.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { root } from "../../process/environment.ts";
import { ExplainedError } from "../../process/explained.ts";
import { withClient } from "./connect.ts";
import { readProblems, type Registry } from "./problems.ts";

export interface Change {
  kind: string;
  name: string;
  change: string;
}

export interface Prompt {
  role: string;
  version: string;
  system: string;
  template: string;
}

const folder = path.join(root, "content");

export function readModels(): Record<string, unknown> {
  const file = path.join(folder, "models.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`content/models.json cannot be read: ${error instanceof Error ? error.message : "unknown"}`, {
      cause: error,
    });
  }
}

/** content/prompts/<role>/<version>.md: a front block, then the parts "## system" and "## user". */
export function readPrompts(): Prompt[] {
  const base = path.join(folder, "prompts");
  return readdirSync(base)
    .toSorted()
    .flatMap((role) =>
      readdirSync(path.join(base, role))
        .filter((name) => name.endsWith(".md"))
        .toSorted()
        .map((name) => {
          const text = readFileSync(path.join(base, role, name), "utf8");
          const [, system, template] = /\n## system\n([\s\S]*?)\n## user\n([\s\S]*)$/.exec(text) ?? [];
          if (!system?.trim() || !template?.trim()) {
            throw new Error(`content/prompts/${role}/${name}: the parts "## system" and "## user" are needed.`);
          }
          return { role, version: path.basename(name, ".md"), system: system.trim(), template: template.trim() };
        }),
    );
}

export type Part = "models" | "problems";

export interface SyncOptions {
  isPlan?: boolean;
  onlyIfChanged?: boolean;
  /** What is synced; everything unless said. Prompts go with the models. */
  parts?: readonly Part[];
  /** Retires also more than a fifth of the problems. */
  isForced?: boolean;
  /** Where content/problems is. */
  problems?: string;
}

/** Brings the database to what content/ says and returns what changed; `isPlan` takes everything back again. */
export async function syncContent(ownerUrl: string, options: SyncOptions = {}): Promise<Change[]> {
  const parts = options.parts ?? ["models", "problems"];
  // Everything is read before anything is asked of the database: a fault in a file changes nothing.
  const registry = parts.includes("problems")
    ? readProblems(options.problems ?? path.join(folder, "problems"))
    : undefined;
  const others = parts.includes("models")
    ? { models: JSON.stringify(readModels()), prompts: JSON.stringify(readPrompts()) }
    : undefined;
  return inOwnersTransaction(ownerUrl, options.isPlan === true, async (client) => {
    const changes: Change[] = [];
    if (others) changes.push(...(await syncModelsAndPrompts(client, others, options)));
    if (registry) changes.push(...(await syncProblems(client, registry, options)));
    return changes;
  });
}

async function syncModelsAndPrompts(
  client: pg.Client,
  { models, prompts }: { models: string; prompts: string },
  options: SyncOptions,
): Promise<Change[]> {
  const changes: Change[] = [];
  if (!options.onlyIfChanged || (await isNew(client, "prompts", prompts))) {
    const { rows } = await client.query<{ role: string; version: string; change: string }>(
      "select * from app_private.apply_prompts($1::jsonb)",
      [prompts],
    );
    changes.push(...rows.map((row) => ({ kind: "prompt", name: `${row.role}/${row.version}`, change: row.change })));
    await remember(client, "prompts", prompts);
  }
  if (!options.onlyIfChanged || (await isNew(client, "models", models))) {
    changes.push(...(await applyModels(client, models)));
    await remember(client, "models", models);
  }
  return changes;
}

async function syncProblems(client: pg.Client, registry: Registry, options: SyncOptions): Promise<Change[]> {
  const text = JSON.stringify(registry);
  if (options.onlyIfChanged && !(await isNew(client, "problems", text))) return [];
  try {
    const { rows } = await client.query<Change>("select * from app_private.apply_problems($1::jsonb, $2)", [
      text,
      options.isForced === true,
    ]);
    await remember(client, "problems", text);
    return rows;
  } catch (error) {
    const { code, hint } = error as { code?: string; hint?: string };
    if (!(error instanceof Error) || !code?.startsWith("TB")) throw error;
    throw new ExplainedError(`${error.message} ${hint ?? ""}`.trim(), { cause: error });
  }
}

/** Providers, models and roles that are not in content/: those of the rehearsal, whose address is new at every start. */
export function syncModels(ownerUrl: string, models: object): Promise<Change[]> {
  return inOwnersTransaction(ownerUrl, false, (client) => applyModels(client, JSON.stringify(models)));
}

async function applyModels(client: pg.Client, models: string): Promise<Change[]> {
  return (await client.query<Change>("select * from app_private.apply_models($1::jsonb)", [models])).rows;
}

function inOwnersTransaction<T>(
  ownerUrl: string,
  isPlan: boolean,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return withClient(ownerUrl, async (client) => {
    await client.query("begin");
    await client.query("set local role autobench_owner");
    const result = await work(client);
    await client.query(isPlan ? "rollback" : "commit");
    return result;
  });
}

const hashOf = (text: string) => createHash("sha256").update(text).digest();

async function isNew(client: pg.Client, kind: string, text: string): Promise<boolean> {
  const { rows } = await client.query<{ hash: Buffer }>("select hash from app_private.content_syncs where kind = $1", [
    kind,
  ]);
  return !rows[0]?.hash.equals(hashOf(text));
}

async function remember(client: pg.Client, kind: string, text: string): Promise<void> {
  await client.query(
    `insert into app_private.content_syncs (kind, hash) values ($1, $2)
       on conflict on constraint content_syncs_pkey do update set hash = excluded.hash, applied_at = now()`,
    [kind, hashOf(text)],
  );
}
