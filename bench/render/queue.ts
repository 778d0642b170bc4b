// bench/render/run.ts -> [bench/render/queue.ts] -> worker/tasks/render_artifact.ts, app_public.artifacts
// The queue at work while processes of its browsers are killed: every page has an end, and no job is left.
import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Logger, run } from "graphile-worker";
import { openPool } from "../../db/cluster/connect.ts";
import { embeddedDatabase } from "../../db/cluster/database.ts";
import { startCluster } from "../../db/cluster/embedded.ts";
import { addAnswer, addTask } from "../../db/testing/arena.ts";
import { installFromManifest } from "../../db/testing/cluster.ts";
import { silentLog } from "../../process/log.ts";
import type { WorkerDeps } from "../../worker/deps.ts";
import type { Renderer } from "../../worker/render/renderer.ts";
import renderArtifact from "../../worker/tasks/render_artifact.ts";

/** Renders that many submissions through the queue; `kill` is called again and again until all are at an end. */
export async function renderQueue(renderer: Renderer, count: number, kill: () => void): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "autobench-queue-"));
  chmodSync(folder, 0o755);
  const cluster = await startCluster({ folder });
  const url = await installFromManifest(cluster, "renders").then(() => embeddedDatabase(cluster, "renders"));
  const owner = openPool(cluster.superuserUrl("renders"), { name: "bench", max: 2, log: silentLog });
  const queue = openPool(url.url("autobench_worker"), { name: "worker", max: 4, log: silentLog });
  const killer = new AbortController();
  try {
    const task = await addTask(owner);
    for (let n = 0; n < count; n++) {
      const page = `<h1>${n}</h1><script>setInterval(()=>document.title=Math.random(),5)</script>`;
      await addAnswer(owner, task, page, { name: `Model ${n}` });
    }
    const taskList = { render_artifact: renderArtifact({ renderer, log: silentLog } as WorkerDeps) };
    const preset = { worker: { concurrentJobs: renderer.concurrency, pollInterval: 200 } };
    const logger = new Logger(() => () => undefined);
    const runner = await run({ pgPool: queue, taskList, logger, noHandleSignals: true, preset });
    const killing = (async () => {
      while (!killer.signal.aborted) {
        await delay(Math.random() * 2000);
        kill();
      }
    })();
    const state = async () => {
      const { rows } = await owner.query<{ status: string; pages: number }>(
        `select status::text, count(*)::int as pages from app_public.artifacts group by status
           union all select 'jobs left', count(*)::int from graphile_worker.jobs
           order by 1`,
      );
      return Object.fromEntries(rows.map(({ status, pages }) => [status, pages]));
    };
    for (let waited = 0; waited < count * 20; waited++) {
      const { queued = 0, rendering = 0, "jobs left": jobs = 0 } = await state();
      if (!queued && !rendering && !jobs) break;
      // Who waits for a later try is let in sooner.
      await owner.query("update graphile_worker._private_jobs set run_at = now() where locked_at is null");
      await delay(1000);
    }
    killer.abort();
    await killing;
    await runner.stop();
    const { rows } = await owner.query("select from app_public.artifacts where status = 'failed' and reason is null");
    return `${JSON.stringify(await state())}, ${rows.length} failed without a reason`;
  } finally {
    killer.abort();
    await queue.end();
    await owner.end();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
