// cli/verbs/doctor.ts -> [cli/doctor/models.ts] -> app_private.contestants()
import { withClient } from "../../db/cluster/connect.ts";
import { loadKeys } from "../../process/environment.ts";
import { isKeyless } from "../rehearsal.ts";
import type { Finding } from "./finding.ts";

/** Who would be asked at the next midnight, and why the others would not. */
export async function examineModels(url: string): Promise<Finding> {
  const keys = loadKeys();
  return withClient(url, async (client) => {
    const isRehearsal = await isKeyless(client, keys);
    const { rows } = await client.query<{ slug: string; is_usable: boolean; reason: string | null }>(
      "select slug, is_usable, reason from app_private.contestants($1::text[], $2)",
      [Object.keys(keys), isRehearsal],
    );
    const usable = rows.filter((row) => row.is_usable);
    const left = rows.filter((row) => !row.is_usable).map(({ slug, reason }) => ` ${slug} is skipped: ${reason}`);
    const first = isRehearsal ? "no API key is set: rehearsal models stand in." : `${usable.length} will be asked.`;
    if (isRehearsal) return { what: "models", state: "ok", detail: first };
    const few = usable.length < 2 ? " Fewer than two have nobody to be compared with: set more keys." : "";
    return { what: "models", state: few || left.length ? "warning" : "ok", detail: first + few + left.join("") };
  });
}
