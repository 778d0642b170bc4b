// npm run check:db -> [db/generate/check.ts] -> db/generate/paths.ts, write.ts, programs.ts
// What must hold of the database before a change goes in, each on one throw-away cluster, one line for each step.
import fs from "node:fs";
import path from "node:path";
import { createLog } from "../../process/log.ts";
import { migrationsFolder } from "../cluster/develop.ts";
import { installFromManifest, startThrowAwayCluster } from "../testing/cluster.ts";
import { comparePaths, compileCurrent, explainFailure, installFromMigrations } from "./paths.ts";
import { dblint, squawk } from "./programs.ts";
import { compareAll, generatedFolder, installed } from "./write.ts";

interface Step {
  title: string;
  remedy: string;
  /** What is wrong, in words; nothing when all is well. */
  find: () => Promise<string[]>;
}

const cluster = await startThrowAwayCluster();
const manifest = installed(cluster, "by_manifest");
const log = createLog({ level: "error", isPlain: true });

const steps: readonly Step[] = [
  {
    title: "db/manifest.sql installs an empty database",
    remedy: "Mend the file that it names; in the manifest it stands after what it needs.",
    find: () => installFromManifest(cluster, "by_manifest").then(() => [], explainFailure),
  },
  {
    title: "migrations/ and db/manifest.sql make the same database",
    remedy: `db/ is what the database should be. Include each changed file in migrations/current/1-current.sql, after
    what cannot be replayed; an object that is gone needs its drop there. Before the first release there is one
    migration, which includes everything: npm run db:uncommit && npm run db:commit`,
    find: async () => {
      await installFromMigrations(cluster, "by_migrations", log);
      return comparePaths(installed(cluster, "by_migrations"), manifest);
    },
  },
  {
    title: "db/generated is up to date",
    remedy: "npm run db:generate, and commit what it writes.",
    find: () => compareAll(generatedFolder, manifest),
  },
  {
    title: "the migrations hold up nobody (squawk)",
    remedy: "Rewrite the statement as the rule says, or say above it why not: -- squawk-ignore <rule>",
    find: lintMigrations,
  },
  {
    title: "the schema passes dblint",
    remedy: "Mend the object's file in db/, or give the reason in db/generate/dblint.jsonc.",
    find: () => dblint(manifest.superuserUrl),
  },
];

/** Squawk on what is committed, and on what would be committed now. */
async function lintMigrations(): Promise<string[]> {
  const folder = path.join(migrationsFolder, "committed");
  const files = fs.readdirSync(folder).map((name) => ({
    name: `migrations/committed/${name}`,
    sql: fs.readFileSync(path.join(folder, name), "utf8"),
  }));
  const current = { name: "migrations/current", sql: await compileCurrent() };
  return (await Promise.all([...files, current].map(({ name, sql }) => squawk(name, sql)))).flat();
}

try {
  for (const { title, remedy, find } of steps) {
    const start = performance.now();
    const problems = await find().catch((error: Error) => [error.message]);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${problems.length ? "✗" : "✓"} ${title} (${seconds} s)`);
    if (!problems.length) continue;
    for (const problem of problems) console.log(`    ${problem.replaceAll("\n", "\n    ")}`);
    console.log(`  What to do: ${remedy}`);
    process.exitCode = 1;
    if (find === steps[0]?.find) break; // without a database there is nothing to look at
  }
} finally {
  await cluster.stop();
}
