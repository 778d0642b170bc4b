// autobench server -> [cli/verbs/server.ts] -> server/main.ts
import { serverConfig } from "../../server/config.ts";
import { startServer } from "../../server/main.ts";
import { openSession, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

const server: Verb = {
  usage: "server",
  help: "Runs the server alone, on a database that is already migrated.",
  async run({ isJson }) {
    const { settings, log, shutdown } = openSession(isJson);
    const config = serverConfig(settings);
    const running = await startServer(config, await useRunning(settings), log);
    await shutdown.add("server", () => running.close());
    log.info("the server is up", { url: running.url });
    await shutdown.untilSignal();
    return 0;
  },
};

export default server;
