// autobench migrate -> [cli/verbs/migrate.ts] -> db/cluster/migrate.ts
import { externalDatabase } from "../../db/cluster/database.ts";
import { migrate } from "../../db/cluster/migrate.ts";
import { committedMigrations } from "../../server/routes/health.ts";
import { migrateExternal, openSession, runningEmbedded, startEmbedded } from "../session.ts";
import type { Verb } from "../verb.ts";

const migrateVerb: Verb = {
  usage: "migrate",
  help: [
    "Brings the database to this version's schema; creates the roles first where this login may.",
    "",
    "With DATABASE_URL it works on that database; else on the embedded one, running or not.",
  ].join("\n"),
  async run({ isJson }) {
    const session = openSession(isJson);
    const { settings, log, shutdown } = session;
    try {
      const external = externalDatabase(settings);
      if (external) await migrateExternal(session, external);
      else await migrate((await runningEmbedded(settings)) ?? (await startEmbedded(session, "autobench migrate")), log);
    } finally {
      await shutdown.stop();
    }
    const migrations = committedMigrations();
    if (isJson) console.log(JSON.stringify({ ok: true, migrations }));
    else console.log(`The schema is current (${migrations.at(-1) ?? "no migration yet"}).`);
    return 0;
  },
};

export default migrateVerb;
