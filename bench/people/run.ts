// node bench/people/run.ts -> [bench/people/run.ts] -> bench/people/{load,founding}.sql, bench/people/measure.ts
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { startCluster } from "../../db/cluster/embedded.ts";
import { installFromManifest } from "../../db/testing/cluster.ts";
import { measureAll } from "./measure.ts";

const { values } = parseArgs({
  options: {
    members: { type: "string", default: "1000000" },
    answers: { type: "string", default: "5000000" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string", default: "8" },
    explain: { type: "boolean", default: false },
  },
});
const size = {
  members: Number(values.members),
  answers: Number(values.answers),
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
  clients: Number(values.clients),
  explain: values.explain,
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-people-"));
fs.chmodSync(folder, 0o755);
// On a disk, with every commit forced to it: what the product would do.
const cluster = await startCluster({
  folder,
  settings: { max_connections: 60, shared_buffers: "2GB", max_wal_size: "8GB", work_mem: "64MB", jit: "off" },
});

async function script(client: pg.Client, file: string): Promise<void> {
  const text = fs.readFileSync(path.join(import.meta.dirname, file), "utf8");
  const sql = text.replaceAll(":members", String(size.members)).replaceAll(":answers", String(size.answers));
  const began = performance.now();
  await client.query(sql);
  console.log(`${file} ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

try {
  await installFromManifest(cluster, "people");
  const url = cluster.superuserUrl("people");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  console.log(`${size.members} members, ${size.answers} answers, load ${os.loadavg()[0]?.toFixed(1)}`);
  await script(client, "load.sql");
  await script(client, "founding.sql");
  await client.query("discard temp");
  await client.query("vacuum (analyze)");
  await client.query("checkpoint");
  await measureAll(url, client, size);
  await client.end();
} finally {
  await cluster.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
