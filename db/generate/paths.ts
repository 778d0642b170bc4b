// db/manifest.sql, migrations/ -> [db/generate/paths.ts] -> db/generate/check.ts
// Two ways to the same database: db/ is installed as it is now, or history is replayed. That both end in the same place
// is what lets db/ be trusted: it says how the database is, not how it might have been meant.
import fs from "node:fs";
import path from "node:path";
import { compile, watch } from "graphile-migrate";
import { migrationsFolder } from "../cluster/develop.ts";
import { embeddedDatabase } from "../cluster/database.ts";
import { withClient } from "../cluster/connect.ts";
import type { Cluster } from "../cluster/embedded.ts";
import { compileManifest, migrate, migrateSettings, settlePools } from "../cluster/migrate.ts";
import { prepareCluster } from "../cluster/roles.ts";
import type { Log } from "../../process/log.ts";
import { compareObjects } from "./compare.ts";
import { readDump } from "./dump.ts";
import type { Installed } from "./write.ts";

/** A database made by the migrations, committed and in hand, the way a running installation gets them. */
export async function installFromMigrations(cluster: Cluster, name: string, log: Log): Promise<void> {
  const database = embeddedDatabase(cluster, name);
  await prepareCluster(cluster.superuserUrl("postgres"), database, name);
  await migrate(database, log);
  await watch(await migrateSettings(database.url("autobench_owner"), log), true); // once: just what is in hand
  await settlePools();
}

/** Why the manifest could not be installed, with the file of db/ in which it happened where Postgres says where. */
export async function explainFailure(error: Error & { position?: string }): Promise<string[]> {
  const before = (await compileManifest()).slice(0, Number(error.position ?? 0));
  const file = [...before.matchAll(/^--! Included (\S+)$/gm)].at(-1)?.[1];
  return [file === undefined ? error.message : `db/${file}: ${error.message}`];
}

/** migrations/current with its includes. */
export async function compileCurrent(): Promise<string> {
  const folder = path.join(migrationsFolder, "current");
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const texts = files.toSorted().map((name) => fs.readFileSync(path.join(folder, name), "utf8"));
  return compileSql(texts.join("\n"));
}

/** SQL with its `--! include` lines replaced by the files of db/. */
export function compileSql(sql: string): Promise<string> {
  return compile({ migrationsFolder, connectionString: "postgres://unused/unused" }, sql);
}

/** How two databases differ: in any object of the schema, or in the rows that installing brings with it. */
export async function comparePaths(migrations: Installed, manifest: Installed): Promise<string[]> {
  const [left, right] = await Promise.all([everything(migrations), everything(manifest)]);
  return compareObjects(left, right, { left: "migrations/", right: "db/" });
}

async function everything(database: Installed): Promise<Map<string, string>> {
  const [dump, rows] = await Promise.all([readDump(database), readRows(database)]);
  return new Map([...dump, ...rows]);
}

/** The rows that came with the schema, by table: without ids and instants, which each database makes up for itself. */
async function readRows(database: Installed): Promise<Map<string, string>> {
  return withClient(database.superuserUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string; columns: string }>(`
      select c.oid::regclass::text as name,
          string_agg(format('%L, t.%I', a.attname, a.attname), ', ' order by a.attname) as columns
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind = 'r' and c.relnamespace::regnamespace::text ~ '^app_'
          and a.atttypid not in ('uuid'::regtype, 'timestamptz'::regtype)
        group by c.oid`);
    const found = new Map<string, string>();
    for (const { name, columns } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `select json_build_object(${columns})::text as row from ${name} t order by 1`,
      );
      if (rows.length) found.set(`ROWS ${name}`, rows.map(({ row }) => row).join("\n"));
    }
    return found;
  });
}
