// autobench url -> [cli/verbs/url.ts] -> psql
import { openSession, useRunning } from "../session.ts";
import type { Verb } from "../verb.ts";

const url: Verb = {
  usage: "url",
  help: 'Prints the owner\'s connection string, for psql: psql "$(npx autobench url)"',
  async run({ isJson }) {
    const { settings } = openSession(true);
    const address = (await useRunning(settings)).url("autobench_owner");
    console.log(isJson ? JSON.stringify({ ok: true, url: address }) : address);
    return 0;
  },
};

export default url;
