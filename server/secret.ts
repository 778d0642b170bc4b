// server/routes/cron.ts, server/routes/metrics.ts -> [server/secret.ts]
import { createHash, timingSafeEqual } from "node:crypto";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Says whether a text is one of the secrets, in a time that tells neither which nor how much of it was right. */
export function makeSecretCheck(secrets: readonly string[]): (given: string | undefined) => boolean {
  const wanted = secrets.map(digest);
  return (given = "") => {
    const own = digest(given);
    return wanted.map((secret) => timingSafeEqual(secret, own)).includes(true);
  };
}
