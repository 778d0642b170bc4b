// npm start -> [cli/verbs/start.ts] -> db/cluster, worker/main.ts, server/main.ts
import { externalDatabase } from "../../db/cluster/database.ts";
import { migrate } from "../../db/cluster/migrate.ts";
import { serverConfig } from "../../server/config.ts";
import { startServer } from "../../server/main.ts";
import { workerConfig } from "../../worker/config.ts";
import { startWorker } from "../../worker/main.ts";
import { migrateExternal, openSession, requireReachable, runUntilSignal, startEmbedded } from "../session.ts";
import type { Verb } from "../verb.ts";

const start: Verb = {
  usage: "start [--dev]",
  help: "Runs everything in one process: database, migrations, worker and server.\n\n  --dev   development: serves the GraphiQL explorer",
  options: { dev: { type: "boolean" } },
  async run({ values, isJson }) {
    const session = openSession(isJson);
    const { settings, log, shutdown } = session;
    const isDevelopment = values["dev"] === true;
    // All settings are read before anything is started: a wrong one costs nothing.
    const [forServer, forWorker] = [serverConfig(settings, isDevelopment), workerConfig(settings)];
    const began = performance.now();
    return runUntilSignal(session, async () => {
      const external = externalDatabase(settings);
      let url: string | undefined;
      const database = external ?? (await startEmbedded(session, "autobench start", () => (url ? { url } : {})));
      log.info("the database is up", { kind: external ? "DATABASE_URL" : "embedded" });
      if (external) await migrateExternal(session, external);
      else await migrate(database, log);
      log.info("the schema is current");
      if (external) await requireReachable(database, "autobench_server");
      const worker = await startWorker(forWorker, database, log);
      await shutdown.add("worker", () => worker.stop());
      const server = await startServer(forServer, database, log);
      await shutdown.add("server", () => server.close());
      ({ url } = server);
      log.info("ready", { seconds: Math.round(performance.now() - began) / 1000 });
      if (isJson) console.log(JSON.stringify({ ok: true, url, graphql: `${url}/graphql`, sandbox: server.sandboxUrl }));
      else console.log(welcome(url, forServer.identity.kind === "local", forServer.hasGraphiql));
    });
  },
};

function welcome(url: string, hasSignIn: boolean, hasGraphiql: boolean): string {
  const lines = [
    ["Site", url],
    ["GraphQL", `${url}/graphql`],
    ...(hasGraphiql ? [["Explorer", `${url}/graphiql`]] : []),
    ...(hasSignIn ? [["Sign in", `${url}/sign-in`]] : []),
    ["Database", "npx autobench url"],
  ];
  return `\n${lines.map(([name = "", what]) => `  ${name.padEnd(10)}${what}`).join("\n")}\n\n  Ctrl-C stops everything.\n`;
}

export default start;
