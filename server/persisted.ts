// web/operations/*.graphql -> [server/persisted.ts] -> server/guard/document-guard.ts, GET /graphql/<name>
// Documents that were agreed on beforehand: known by name or by the SHA-256 of their text.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../process/environment.ts";
import { RequestError } from "./errors.ts";

export interface PersistedOperations {
  /** The document that a request means: the one it names, or the one it brings when free ones are allowed. */
  textOf(body: { query?: unknown; documentId?: unknown }, isPersistedOnly: boolean): string | undefined;
  byName(name: string): string | undefined;
  names(): readonly string[];
}

export const operationsFolder = path.join(root, "web", "operations");

export function readPersistedOperations(folder = operationsFolder): PersistedOperations {
  const byName = new Map<string, string>();
  const byHash = new Map<string, string>();
  for (const file of existsSync(folder) ? readdirSync(folder).toSorted() : []) {
    if (!file.endsWith(".graphql")) continue;
    const text = readFileSync(path.join(folder, file), "utf8");
    byName.set(path.basename(file, ".graphql"), text);
    byHash.set(createHash("sha256").update(text).digest("hex"), text);
  }
  const texts = new Set(byName.values());
  return {
    byName: (name) => byName.get(name),
    names: () => [...byName.keys()],
    textOf(body, isPersistedOnly) {
      if (typeof body.documentId === "string" && body.documentId !== "") {
        const text = byName.get(body.documentId) ?? byHash.get(body.documentId.replace(/^sha256:/, ""));
        if (!text) throw new RequestError(400, "TB030", "There is no such persisted document.", "See web/operations.");
        return text;
      }
      const text = typeof body.query === "string" ? body.query : undefined;
      if (isPersistedOnly && !(text !== undefined && texts.has(text))) {
        throw new RequestError(
          400,
          "TB030",
          "Only persisted documents are answered here.",
          "Send a documentId of web/operations.",
        );
      }
      return text;
    },
  };
}
