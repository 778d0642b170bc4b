// npm start -> [cli/verbs/start.ts] -> db/cluster, worker/main.ts, server/main.ts
import type { Database } from "../../db/cluster/database.ts";
import { serverConfig } from "../../server/config.ts";
import { startServer } from "../../server/main.ts";
import { boardTable } from "../board.ts";
import { dayTable, pairsSentence, runDay } from "../day.ts";
import { openSession, runUntilSignal, type Session } from "../session.ts";
import type { Verb } from "../verb.ts";
import { startWork } from "../work.ts";

const start: Verb = {
  usage: "start [--dev]",
  help: "Runs everything in one process: database, migrations, worker and server.\n\n  --dev   development: serves the GraphiQL explorer",
  options: { dev: { type: "boolean" } },
  async run({ values, isJson }) {
    const session = openSession(isJson);
    const { settings, log, shutdown } = session;
    const isDevelopment = values["dev"] === true;
    const forServer = serverConfig(settings, isDevelopment); // a wrong setting costs nothing: nothing runs yet
    const began = performance.now();
    return runUntilSignal(session, async () => {
      let url: string | undefined;
      const { database } = await startWork(session, "autobench start", () => (url ? { url } : {}));
      const server = await startServer(forServer, database, log);
      await shutdown.add("server", () => server.close());
      ({ url } = server);
      log.info("ready", { seconds: Math.round(performance.now() - began) / 1000 });
      if (isJson) console.log(JSON.stringify({ ok: true, url, graphql: `${url}/graphql`, sandbox: server.sandboxUrl }));
      else console.log(welcome(url, forServer.identity.kind === "local", forServer.hasGraphiql));
      await showToday(session, database, isJson);
    });
  },
};

/** Today's cycle, shown as it comes. What goes wrong in it is told, and stops nothing else. */
async function showToday({ log, shutdown }: Session, database: Database, isJson: boolean): Promise<void> {
  try {
    const onProgress = (progress: string) => log.info("today", { progress });
    const { rows, board } = await runDay({
      database,
      requestedBy: "start",
      onProgress,
      signal: shutdown.signal,
      limitMs: 3_600_000,
    });
    if (!isJson) console.log(`\n${dayTable(rows)}\n\n  ${pairsSentence(rows)}\n\n${boardTable(board)}\n`);
  } catch (error) {
    if (!shutdown.isStopping) log.error("today's cycle did not come to its end", { error });
  }
}

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
