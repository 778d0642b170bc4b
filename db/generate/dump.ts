// db/cluster/pg-dump.ts -> [db/generate/dump.ts] -> db/generated/schema.sql, db/generate/check.ts
// A schema as pg_dump writes it, taken apart into its objects and rid of all that varies without meaning anything.
import { dumpDatabase } from "../cluster/pg-dump.ts";
import type { Installed } from "./write.ts";

/** What pg_dump prints of each object, by its kind and name: `FUNCTION app_public.me()`. */
export type Dump = ReadonlyMap<string, string>;

const flags = ["--schema-only", "--exclude-schema=graphile_worker", "--exclude-schema=graphile_migrate"];

export async function readDump(database: Pick<Installed, "superuserUrl">): Promise<Dump> {
  return parseDump(await dumpDatabase(database.superuserUrl, flags));
}

const heading = /^--\n-- Name: (?<name>.*); Type: (?<type>.*); Schema: (?<schema>.*); Owner:.*\n--\n/gm;

export function parseDump(text: string): Dump {
  const headings = [...text.matchAll(heading)];
  const dump = new Map<string, string>();
  headings.forEach((match, index) => {
    const { name = "", type = "", schema = "-" } = match.groups ?? {};
    const end = headings[index + 1]?.index ?? text.lastIndexOf("--\n-- PostgreSQL database dump complete");
    const key = `${type} ${schema === "-" ? "" : `${schema}.`}${name}`;
    const body = normalise(type, text.slice(match.index + match[0].length, end));
    dump.set(key, dump.has(key) ? `${dump.get(key)}\n${body}` : body);
  });
  if (!dump.size) throw new Error("The dump is empty: pg_dump wrote nothing that names an object.");
  return dump;
}

/** Settings of the session and the one owner say nothing; the order of grants is the order in which they were made. */
function normalise(type: string, body: string): string {
  const lines = body
    .trim()
    .split("\n")
    .filter(
      (line) =>
        !/^(?:SET default_(?:tablespace|table_access_method) = |ALTER .* OWNER TO autobench_owner;$)/.test(line),
    );
  if (type === "ACL")
    lines.sort((a, b) => Number(b.startsWith("REVOKE")) - Number(a.startsWith("REVOKE")) || (a < b ? -1 : 1));
  return lines
    .join("\n")
    .trim()
    .replaceAll(/\n{3,}/g, "\n\n");
}

/** The whole schema as one file. */
export async function schema(database: Installed): Promise<string> {
  const objects = [...(await readDump(database)).values()];
  const head = '-- The whole schema as pg_dump writes it. Made by "npm run db:generate"; the source is db/.';
  return `${[head, ...objects].join("\n\n")}\n`;
}
