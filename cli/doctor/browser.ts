// autobench doctor -> [cli/doctor/browser.ts] -> worker/render/renderer.ts
import { dataFolder } from "../../db/cluster/database.ts";
import { silentLog } from "../../process/log.ts";
import type { Settings } from "../../process/settings.ts";
import { workerConfig } from "../../worker/config.ts";
import { makeRenderer } from "../../worker/render/renderer.ts";
import type { Finding } from "./finding.ts";

/** Which browser pages are rendered in, found by starting it once, the way the worker would. */
export async function examineBrowser(settings: Settings): Promise<Finding> {
  const renderer = makeRenderer({ ...workerConfig(settings).render, folder: dataFolder(settings), log: silentLog });
  try {
    const state = await renderer.state();
    if (state.kind === "missing") {
      return { what: "browser", state: "warning", detail: `pages are not pictured: ${state.reason}` };
    }
    const { browser, hasNamespace, isSandboxed } = state.plan;
    const detail = [
      `${state.version} (${browser.source}: ${browser.program})`,
      isSandboxed ? "in its sandbox" : "WITHOUT its sandbox, since RENDER_SANDBOX=0 allows it",
      hasNamespace ? "in a network namespace" : "with no network namespace: headers and switches alone keep it in",
    ].join(", ");
    return { what: "browser", state: isSandboxed && hasNamespace ? "ok" : "warning", detail };
  } finally {
    await renderer.close();
  }
}
