// node bench/dispatch/run.ts -> [bench/dispatch/run.ts] -> bench/dispatch/variants.ts
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { embeddedDatabase } from "../../db/cluster/database.ts";
import { startCluster } from "../../db/cluster/embedded.ts";
import { installFromManifest } from "../../db/testing/cluster.ts";
import { ledgerJobs, type Load, type Measured, plain, product, waitingJobs, withLocalQueue } from "./variants.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "10000" },
    ms: { type: "string", default: "500" },
    "in-flight": { type: "string", default: "1000" },
    rounds: { type: "string", default: "2" },
    ledger: { type: "boolean" },
  },
});
const load: Load = { jobs: Number(values.jobs), ms: Number(values.ms), inFlight: Number(values["in-flight"]) };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-dispatch-"));
fs.chmodSync(folder, 0o755);
// On a disk, with every commit forced to it: what the product would do.
const cluster = await startCluster({ folder, settings: { max_connections: 60 } });

async function database(name: string): Promise<{ owner: string; worker: string }> {
  await installFromManifest(cluster, name);
  const made = embeddedDatabase(cluster, name);
  return { owner: cluster.superuserUrl(name), worker: made.url("autobench_worker") };
}

let made = 0;
const queue = async (settings: typeof plain) => waitingJobs((await database(`d${++made}`)).worker, load, settings);
const variants: [string, () => Promise<Measured>][] = [
  ["graphile-worker as it comes", () => queue(plain)],
  ["the product's settings", () => queue(product)],
  ["the product's settings + local queue", () => queue(withLocalQueue(load))],
];
const ledgers: typeof variants = [
  ["answer_task with the whole ledger", async () => ledgerJobs(await database(`d${++made}`), load, product, folder)],
  ["the same + local queue", async () => ledgerJobs(await database(`d${++made}`), load, withLocalQueue(load), folder)],
];

try {
  console.log(
    `${load.jobs} jobs of ${load.ms} ms, ${load.inFlight} in flight: ideal ${((load.jobs * load.ms) / load.inFlight / 1000).toFixed(1)} s`,
  );
  // In turns, so that a busy moment of the machine hits no variant alone; the best round of each counts.
  const best = new Map<string, Measured>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, measure] of values.ledger ? ledgers : variants) {
      const measured = await measure();
      console.log(`round ${round + 1}: ${name} ${(measured.share * 100).toFixed(1)} %`);
      if (measured.share > (best.get(name)?.share ?? 0)) best.set(name, measured);
    }
  }
  for (const [name, { seconds, share, mostInFlight, cpuMicros }] of best) {
    console.log(
      `${name.padEnd(38)} ${(share * 100).toFixed(1).padStart(5)} % of ideal  ${seconds.toFixed(2).padStart(6)} s  ${mostInFlight} at once  ${cpuMicros.toFixed(0)} us of CPU a job`,
    );
  }
} finally {
  await cluster.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
