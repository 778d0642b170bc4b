// app_public.submissions -> [worker/tasks/render_artifact.ts] -> worker/render/renderer.ts -> app_private.record_artifact() -> app_public.artifacts
import type { JobHelpers, Task } from "graphile-worker";
import type { WorkerDeps } from "../deps.ts";
import { BrowserBroken, type Rendering, Stopping } from "../render/types.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Opens a submission's page in a browser and keeps the picture. */
      render_artifact: { submissionId: string };
    }
  }
}

/** Longer than a page can take, from the claim to the record. */
const lease = "2 minutes";

/**
 * Claims the page in SQL, looks at it outside any transaction, records what was seen. A second run of one that has its end
 * does nothing; one of a page that another browser is at comes back when the lease is over. Whatever the page does to the
 * browser, the artifact gets an end.
 */
const renderArtifact =
  (deps: WorkerDeps): Task<"render_artifact"> =>
  async ({ submissionId }, helpers) => {
    const { renderer } = deps;
    // A job that waits for a browser would hold a place that a model's answer needs.
    if (renderer.load >= renderer.concurrency * 2) return comeBack(helpers, submissionId, 2000);
    const { rows } = await helpers.query<{ verdict: string; html: string | null }>(
      "select * from app_private.claim_artifact($1::uuid, $2::interval)",
      [submissionId, lease],
    );
    const [claim] = rows;
    if (claim?.verdict === "wait") return comeBack(helpers, submissionId, 30_000);
    if (claim?.verdict !== "render" || claim.html === null) return;
    try {
      await record(helpers, submissionId, await look(deps, claim.html, helpers.abortSignal));
    } catch (error) {
      if (error instanceof Stopping) {
        // No fault of anybody's, and no try of the page's: it is rendered another time.
        await record(helpers, submissionId, { status: "queued" });
        return comeBack(helpers, submissionId, 1000);
      }
      // The browser could not be started: the next run may have more luck.
      const isLast = helpers.job.attempts >= helpers.job.max_attempts;
      const reason = error instanceof Error ? error.message : "unknown";
      await record(helpers, submissionId, isLast ? { status: "failed", reason } : { status: "queued" });
      if (!isLast) throw error;
    }
  };

type Outcome = Rendering | { status: "skipped" | "failed"; reason: string } | { status: "queued" };

/** A browser that goes away under a page gets a second chance: it may have been the machine. */
async function look(deps: WorkerDeps, html: string, signal: AbortSignal | undefined): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const state = await deps.renderer.state();
    if (state.kind === "missing") return { status: "skipped", reason: state.reason };
    try {
      return await deps.renderer.render(html, signal);
    } catch (error) {
      if (!(error instanceof BrowserBroken) || !error.isLaunched) throw error;
      deps.log.warn("a browser went away under a page", { reason: error.message, tries });
      if (tries === 2) return { status: "failed", reason: `The browser went away twice: ${error.message}` };
    }
  }
}

async function record(helpers: JobHelpers, submissionId: string, outcome: Outcome): Promise<void> {
  const { image, thumb, ...facts } = { image: null, thumb: null, ...outcome };
  await helpers.query("select app_private.record_artifact($1::uuid, $2::jsonb, $3::bytea, $4::bytea)", [
    submissionId,
    JSON.stringify(facts),
    image && Buffer.from(image),
    thumb && Buffer.from(thumb),
  ]);
}

async function comeBack(helpers: JobHelpers, submissionId: string, ms: number): Promise<void> {
  await helpers.addJob(
    "render_artifact",
    { submissionId },
    { runAt: new Date(Date.now() + ms), jobKey: `render:${submissionId}`, maxAttempts: 5, priority: 10 },
  );
}

export default renderArtifact;
