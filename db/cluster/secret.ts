// db/cluster/embedded.ts, db/cluster/database.ts -> [db/cluster/secret.ts] -> files that only we may read
import { randomBytes } from "node:crypto";
import fs from "node:fs";

/**
 * The secret in `file`, which is made by `make` when there is none yet. It appears whole or not at all, and once: of two
 * processes that make it at the same time, both get the one that came first.
 */
export function keepSecret(file: string, make: () => string): string {
  const kept = readSecret(file);
  if (kept) return kept;
  const half = `${file}.${randomBytes(6).toString("hex")}`;
  fs.writeFileSync(half, make(), { mode: 0o600, flag: "wx" });
  try {
    if (kept === "") fs.rmSync(file); // of a machine that went down while it was written
    fs.linkSync(half, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    fs.rmSync(half);
  }
  return readSecret(file) ?? "";
}

function readSecret(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : undefined;
}
