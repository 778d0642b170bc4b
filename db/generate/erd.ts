// db/generate/write.ts -> [db/generate/erd.ts] -> db/generated/erd.md
// One diagram for each domain: its tables with their keys and references, and the tables elsewhere that it refers to.
import { byDomain, readCatalogue, type Reference, type Relation, shortType } from "./catalogue.ts";
import type { Installed } from "./write.ts";

export async function erd(database: Installed): Promise<string> {
  const { relations } = await readCatalogue(database);
  const tables = relations.filter(({ kind }) => kind === "table");
  const parts = [...byDomain(tables)]
    .filter(([, own]) => own.length)
    .map(([domain, own]) => `## ${domain}\n\n\`\`\`mermaid\nerDiagram\n${diagram(own)}\n\`\`\`\n`);
  const head = "# How the tables hang together\n\nOne diagram for each folder of db/. Made by `npm run db:generate`.\n";
  return [head, ...parts].join("\n");
}

function diagram(tables: readonly Relation[]): string {
  const references = tables.flatMap((table) => table.refers.map((reference) => line(table, reference)));
  return [...tables.map(entity), ...references].join("\n");
}

/** Mermaid takes no point in a name, but any text as its label. */
const idOf = (name: string): string => name.replace(".", "__");

function entity({ name, columns, refers, rules }: Relation): string {
  const lines = columns.map((column) => {
    const marks = [
      column.is_key ? "PK" : "",
      refers.some((reference) => reference.columns.includes(column.name)) ? "FK" : "",
      rules.some(({ definition }) => definition === `UNIQUE (${column.name})`) ? "UK" : "",
    ].filter(Boolean);
    const type = shortType(column.type)
      .replace(/^app_\w+\./, "")
      .replaceAll(/[^\w[\]()-]+/g, "_");
    return `    ${type} ${column.name}${marks.length ? ` ${marks.join(", ")}` : ""}`;
  });
  return `  ${idOf(name)}["${name}"] {\n${lines.join("\n")}\n  }`;
}

function line(table: Relation, reference: Reference): string {
  const parent = reference.is_required ? "||" : "|o";
  const child = reference.is_unique ? "o|" : "o{";
  return `  ${idOf(reference.target)} ${parent}--${child} ${idOf(table.name)} : "${reference.columns.join(", ")}"`;
}
