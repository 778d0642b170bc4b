// cli/doctor/* -> [cli/doctor/finding.ts] -> cli/verbs/doctor.ts
import { reasonOf } from "../verb.ts";

export interface Finding {
  what: string;
  state: "ok" | "warning" | "problem";
  /** What was found and, where it is not well, what to do. */
  detail: string;
}

/** What `look` finds, or the reason why it cannot. */
export async function check(what: string, look: () => Promise<string> | string): Promise<Finding> {
  try {
    return { what, state: "ok", detail: await look() };
  } catch (error) {
    return { what, state: "problem", detail: reasonOf(error) };
  }
}
