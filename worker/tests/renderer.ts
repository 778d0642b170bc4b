// tests and benches that render nothing -> [worker/tests/renderer.ts] -> worker/render/renderer.ts
import type { Renderer } from "../render/renderer.ts";

/** A machine without a browser. */
export const noRenderer: Renderer = {
  concurrency: 1,
  load: 0,
  state: () => Promise.resolve({ kind: "missing", reason: "There is no browser here." }),
  render: () => Promise.reject(new Error("There is no browser here.")),
  close: () => Promise.resolve(),
};
