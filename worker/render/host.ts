// worker/render/lane.ts -> [worker/render/host.ts] -> worker/render/visit.ts
// A process of its own, with nothing in its environment: what a page floods or breaks here is not the worker. One page at
// a time; it ends when its worker does.
import { lookAt, openBrowser } from "./visit.ts";
import type { HostMessage, VisitJob } from "./types.ts";

const tell = (message: HostMessage): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined); // a worker that has gone needs no answer
};

async function visit(job: VisitJob): Promise<void> {
  let context;
  try {
    context = await openBrowser(job);
  } catch (error) {
    return tell({ kind: "broken", reason: reasonOf(error) });
  }
  const closed = new Promise<void>((resolve) => void context.once("close", () => resolve()));
  try {
    tell({ kind: "launched", version: context.browser()?.version() ?? "unknown" });
    tell({ kind: "done", rendering: await lookAt(context, job) });
  } catch (error) {
    tell({ kind: "broken", reason: reasonOf(error) });
  }
  await closed; // the lane ends the browser
}

/** Of what the browser wrote, the line that says why; playwright's own words are long. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").map((line) => line.replace(/^.*\[err\] /, "").trim());
  return (
    lines.find((line) => /sandbox|FATAL|permission denied|not permitted|failed to|error while/i.test(line)) ??
    lines[0] ??
    ""
  ).slice(0, 300);
}

process.on("message", (job: VisitJob) => {
  void visit(job).then(() => tell({ kind: "idle" }));
});
process.on("disconnect", () => process.exit(0));
