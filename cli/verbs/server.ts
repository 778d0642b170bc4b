// autobench server -> [cli/verbs/server.ts] -> server/main.ts
import { serverConfig } from "../../server/config.ts";
import { startServer } from "../../server/main.ts";
import { openSession, requireSchema, runUntilSignal, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

const server: Verb = {
  usage: "server",
  help: "Runs the server alone, on a database that is already migrated. Any number may run.",
  async run({ isJson }) {
    const session = openSession(isJson);
    const { settings, log, shutdown } = session;
    const config = serverConfig(settings);
    return runUntilSignal(session, async () => {
      const database = await useRunning(settings);
      await requireSchema(database, "autobench_server");
      const running = await startServer(config, database, log);
      await shutdown.add("server", () => running.close());
      const { url, sandboxUrl } = running;
      log.info("the server is up", { url });
      if (isJson) console.log(JSON.stringify({ ok: true, url, graphql: `${url}/graphql`, sandbox: sandboxUrl }));
    });
  },
};

export default server;
