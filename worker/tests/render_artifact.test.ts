// [worker/tests/render_artifact.test.ts] -> worker/tasks/render_artifact.ts, app_public.artifacts
import { Logger, runOnce } from "graphile-worker";
import { addAnswer, addTask, type TestTask } from "../../db/testing/arena.ts";
import { describe, expect, test as base } from "../../db/testing/database.ts";
import { openPool } from "../../db/cluster/connect.ts";
import { silentLog } from "../../process/log.ts";
import type { WorkerDeps } from "../deps.ts";
import { readLibrary } from "../library.ts";
import { pageFor } from "../rehearsal/pages/answer.ts";
import { skills } from "../rehearsal/models.ts";
import type { Renderer, RendererState } from "../render/renderer.ts";
import { makeTestRenderer } from "../render/testing/browser.ts";
import { BrowserBroken, Stopping, type Rendering } from "../render/types.ts";
import renderArtifact from "../tasks/render_artifact.ts";

const webp = Buffer.concat([Buffer.from("RIFF0000WEBP"), Buffer.from("picture")]);
const seen: Rendering = {
  status: "rendered",
  image: webp,
  thumb: webp,
  width: 1280,
  height: 720,
  isBlank: false,
  isMoving: false,
  console: [],
  errors: [],
};
const quiet = new Logger(() => () => undefined);
const ready = { kind: "ready" } as RendererState;

/** A renderer of which each page is answered by the next of `answers`. */
function pretend(answers: (Rendering | Error)[], change: Partial<Renderer> = {}): Renderer & { pages: string[] } {
  const pages: string[] = [];
  return {
    concurrency: 1,
    load: 0,
    pages,
    state: async () => ready,
    async render(html) {
      pages.push(html);
      const answer = answers.shift() ?? seen;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
    ...change,
  };
}

const test = base
  .extend("task", { scope: "file" }, ({ pool }): Promise<TestTask> => addTask(pool))
  .extend("work", { scope: "file" }, async ({ database }, { onCleanup }) => {
    const queue = openPool(database.url("autobench_worker"), { name: "worker", max: 4, log: silentLog });
    onCleanup(() => queue.end());
    return async (renderer: Renderer): Promise<void> => {
      const deps = { renderer, log: silentLog } as WorkerDeps;
      await runOnce({ pgPool: queue, taskList: { render_artifact: renderArtifact(deps) }, logger: quiet });
      // runOnce() resolves a little before the end of its last job is written down.
      const held = "select from graphile_worker.jobs where locked_at is not null";
      await expect.poll(async () => (await queue.query(held)).rowCount, { interval: 10, timeout: 5000 }).toBe(0);
    };
  })
  .extend("artifact", { scope: "file" }, ({ pool }) => {
    return async (id: string) => {
      const { rows } = await pool.query("select status, reason from app_public.artifacts where submission_id = $1", [
        id,
      ]);
      const jobs = await pool.query<{ attempts: number; run_at: Date; last_error: string | null }>(
        "select j.attempts, j.run_at, j.last_error from graphile_worker._private_jobs j where j.key = $1",
        [`render:${id}`],
      );
      return { ...(rows[0] as { status: string; reason: string | null }), jobs: jobs.rows };
    };
  });

describe("render_artifact", () => {
  test("keeps what a browser saw; a second run does nothing", async ({ pool, task, work, artifact }) => {
    const { submissionId } = await addAnswer(pool, task, "<h1>one</h1>");
    const renderer = pretend([]);
    await work(renderer);
    expect(await artifact(submissionId)).toEqual({ status: "rendered", reason: null, jobs: [] });
    await pool.query("select graphile_worker.add_job('render_artifact', json_build_object('submissionId', $1::uuid))", [
      submissionId,
    ]);
    await work(renderer);
    expect(renderer.pages).toEqual(["<h1>one</h1>"]);
  });

  test("skips where there is no browser, and says so", async ({ pool, task, work, artifact }) => {
    const { submissionId } = await addAnswer(pool, task, "<h1>two</h1>");
    await work(pretend([], { state: async () => ({ kind: "missing", reason: "There is no browser." }) }));
    expect(await artifact(submissionId)).toEqual({ status: "skipped", reason: "There is no browser.", jobs: [] });
  });

  test("tries a second browser when one goes away, and no third", async ({ pool, task, work, artifact }) => {
    const gone = () => new BrowserBroken("killed", true);
    const [lucky, unlucky] = [await addAnswer(pool, task, "<h1>3</h1>"), await addAnswer(pool, task, "<h1>4</h1>")];
    const renderer = pretend([gone(), seen, gone(), gone()]);
    await work(renderer);
    expect(renderer.pages).toHaveLength(4);
    expect(await artifact(lucky.submissionId)).toMatchObject({ status: "rendered" });
    expect(await artifact(unlucky.submissionId)).toEqual({
      status: "failed",
      reason: "The browser went away twice: killed",
      jobs: [],
    });
  });

  test("comes back later when a browser does not start, and ends at its last try", async ({
    pool,
    task,
    work,
    artifact,
  }) => {
    const { submissionId } = await addAnswer(pool, task, "<h1>5</h1>");
    for (let attempts = 1; attempts <= 5; attempts++) {
      await work(pretend([new BrowserBroken("no memory")]));
      const state = await artifact(submissionId);
      if (attempts === 5) expect(state).toEqual({ status: "failed", reason: "no memory", jobs: [] });
      else expect(state).toMatchObject({ status: "queued", jobs: [{ attempts, last_error: "no memory" }] });
      await pool.query("update graphile_worker._private_jobs set run_at = now() where key = $1", [
        `render:${submissionId}`,
      ]);
    }
  });

  test("is left to another time by a stop, however often: a stop is no try", async ({ pool, task, work, artifact }) => {
    const { submissionId } = await addAnswer(pool, task, "<h1>8</h1>");
    for (let stops = 1; stops <= 6; stops++) {
      await pool.query("update graphile_worker._private_jobs set run_at = now() where key = $1", [
        `render:${submissionId}`,
      ]);
      await work(pretend([new Stopping("stopping")]));
      expect(await artifact(submissionId)).toMatchObject({
        status: "queued",
        jobs: [{ attempts: 0, last_error: null }],
      });
    }
    await pool.query("update graphile_worker._private_jobs set run_at = now()");
    await work(pretend([]));
    expect(await artifact(submissionId)).toMatchObject({ status: "rendered" });
  });

  test("gives its place to others while all browsers are busy", async ({ pool, task, work, artifact }) => {
    const { submissionId } = await addAnswer(pool, task, "<h1>6</h1>");
    const renderer = pretend([], { load: 2 });
    await work(renderer);
    const { status, jobs } = await artifact(submissionId);
    expect([status, renderer.pages, jobs.length]).toEqual(["queued", [], 1]);
    expect(jobs[0]!.run_at.getTime()).toBeGreaterThan(Date.now());
    await pool.query("update graphile_worker._private_jobs set run_at = now()");
    await work(pretend([]));
    expect(await artifact(submissionId)).toMatchObject({ status: "rendered" });
  });

  test("waits while another worker is at it", async ({ pool, task, work, artifact }) => {
    const { submissionId } = await addAnswer(pool, task, "<h1>7</h1>");
    await pool.query("select app_private.claim_artifact($1, '2 minutes')", [submissionId]);
    const renderer = pretend([]);
    await work(renderer);
    expect(await artifact(submissionId)).toMatchObject({ status: "running", jobs: [{ attempts: 0 }] });
    expect(renderer.pages).toEqual([]);
    await pool.query("delete from graphile_worker._private_jobs");
  });
});

test("the rehearsal's pages have pictures that show them", { timeout: 90_000 }, async ({ pool, task, work }) => {
  const renderer = makeTestRenderer();
  const [first, , , second] = readLibrary();
  for (const { title, prompt } of [first!, second!]) {
    for (const skill of skills) await addAnswer(pool, task, pageFor(`${title}\n\n${prompt}`, skill));
  }
  await pool.query(
    "update app_public.artifacts set status = 'failed', reason = 'Before.', rendered_at = now() where status = 'running'",
  );
  await work(renderer);
  await renderer.close();
  const { rows } = await pool.query<{ status: string; is_blank: boolean; bytes: number }>(
    `select a.status, a.is_blank, octet_length(b.bytes) as bytes
       from app_public.artifacts a left join app_private.blobs b on b.sha256 = a.image_sha256
       order by a.created_at desc limit 8`,
  );
  expect(rows.map(({ status, is_blank }) => [status, is_blank])).toEqual(
    Array.from({ length: 8 }, () => ["rendered", false]),
  );
  for (const { bytes } of rows) expect(bytes).toBeGreaterThan(2500);
});
