// npm start -> [cli/verbs/start.ts] -> db/cluster, worker/main.ts, server/main.ts
import { serverConfig } from "../../server/config.ts";
import { startServer } from "../../server/main.ts";
import { dayTable, runDay } from "../day.ts";
import { openSession } from "../session.ts";
import type { Verb } from "../verb.ts";
import { startWork } from "../work.ts";

const start: Verb = {
  usage: "start [--dev]",
  help: "Runs everything in one process: database, migrations, worker and server.\n\n  --dev   development: the GraphiQL explorer, debug log",
  options: { dev: { type: "boolean" } },
  async run({ values, isJson }) {
    const session = openSession(isJson);
    const { settings, log, shutdown } = session;
    const isDevelopment = values["dev"] === true;
    const forServer = serverConfig(settings, isDevelopment); // a wrong setting costs nothing: nothing runs yet
    const stopping = new AbortController();
    const until = shutdown.untilSignal(() => stopping.abort());
    const began = performance.now();
    let url: string | undefined;
    try {
      const { database } = await startWork(session, "autobench start", () => (url ? { url } : {}));
      const server = await startServer(forServer, database, log);
      await shutdown.add("server", () => server.close());
      ({ url } = server);
      log.info("ready", { seconds: Math.round(performance.now() - began) / 1000 });
      if (isJson) console.log(JSON.stringify({ ok: true, url, graphql: `${url}/graphql`, sandbox: server.sandboxUrl }));
      else console.log(welcome(url, forServer.identity.kind === "local", forServer.hasGraphiql));
      await runDay({
        database,
        requestedBy: "start",
        onProgress: (sentence) => log.info("today", { progress: sentence }),
        signal: stopping.signal,
        limitMs: 3_600_000,
      }).then(
        (rows) => (isJson ? undefined : console.log(`\n${dayTable(rows)}\n`)),
        (error: unknown) =>
          shutdown.isStopping ? undefined : log.error("today's cycle did not come to its end", { error }),
      );
    } catch (error) {
      await shutdown.stop();
      throw error;
    }
    await until;
    log.info("stopped");
    return 0;
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
