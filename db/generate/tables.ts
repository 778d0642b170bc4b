// db/generate/write.ts -> [db/generate/tables.ts] -> db/generated/tables.md
// Every table, view, function and type in words: what it is for, who may do what with it, and what hangs on it.
import {
  byDomain,
  type Column,
  type NamedType,
  type Policy,
  readCatalogue,
  type Relation,
  type Routine,
  shortType,
  words,
} from "./catalogue.ts";
import type { Installed } from "./write.ts";

export async function tables(database: Installed): Promise<string> {
  const catalogue = await readCatalogue(database);
  const relations = byDomain(catalogue.relations);
  const types = byDomain(catalogue.types);
  const functions = byDomain(catalogue.functions);
  const names = new Set([...relations.keys(), ...types.keys(), ...functions.keys()]);
  const domains = [...names].map((domain) =>
    [
      `## ${domain}`,
      ...(relations.get(domain) ?? []).map((relation) => aboutRelation(relation, catalogue.relations)),
      ...list(`### Types of ${domain}`, (types.get(domain) ?? []).map(aboutType)),
      ...list(`### Functions of ${domain}`, (functions.get(domain) ?? []).map(aboutFunction)),
    ].join("\n\n"),
  );
  const head = `# What is in the database

In the order of db/manifest.sql, one chapter for each folder of db/. Made by \`npm run db:generate\`.
An operator may do all that a member may; the owner of everything, autobench_owner, is left out.`;
  return `${[head, ...domains].join("\n\n")}\n`;
}

function aboutRelation(relation: Relation, all: readonly Relation[]): string {
  const { name, kind, comment, columns, rules, refers, reads, triggers } = relation;
  const referredBy = all.flatMap((other) =>
    other.refers
      .filter(({ target }) => target === name)
      .map((reference) => `\`${other.name}\` (${reference.columns.join(", ")}), which ${reference.on_delete}`),
  );
  const origin = reads.length ? ` of ${reads.map(code).join(", ")}` : "";
  return [
    `### ${name}`,
    `${kind === "table" ? "" : `A ${kind}${origin}. `}${words(comment)}`,
    ["| column | type | | what it holds |", "| --- | --- | --- | --- |", ...columns.map(aboutColumn)].join("\n"),
    ...list(
      "Rules:",
      rules.map((rule) => `\`${rule.name}\`: \`${rule.definition}\``),
    ),
    ...list(
      "Refers to:",
      refers.map(({ target, columns: own }) => `\`${target}\` (${own.join(", ")})`),
    ),
    ...list("Referred to by:", referredBy),
    ...grants(relation),
    ...list("Rows that they see or touch:", relation.policies.map(aboutPolicy)),
    ...list(
      "Triggers:",
      triggers.map((trigger) => `\`${trigger.name}\` ${trigger.when.toLowerCase()}: \`${trigger.function}()\``),
    ),
  ].join("\n\n");
}

function aboutColumn(column: Column): string {
  const isRequired = column.is_required || /^@notNull\b/m.test(column.comment);
  const initial = column.default === null ? "" : `default ${code(column.default)}`;
  const notes = [column.is_key ? "key" : isRequired ? "not null" : "", column.is_generated ? "generated" : initial];
  const cells = [column.name, shortType(column.type), notes.filter(Boolean).join(", "), words(column.comment)];
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}

function grants({ grants: given }: Relation): string[] {
  if (!given.length) return ["Granted to nobody: functions alone read and write it."];
  const lines = given.map(
    ({ role, verb, columns }) => `${role} may ${verb}${columns ? ` (${columns.join(", ")})` : ""}`,
  );
  return list("Granted:", lines);
}

function aboutPolicy({ name, roles, verb, using, check, is_restrictive: isRestrictive }: Policy): string {
  const who = roles.join(" and ");
  const rows = using === null || using === "true" ? "every row" : `the rows where ${condition(using)}`;
  const may = isRestrictive ? "may at most" : "may";
  if (verb === "insert") return `\`${name}\`: ${who} ${may} insert rows where ${condition(check ?? "false")}`;
  const result = check === null || check === using ? "" : `, as long as then ${condition(check)}`;
  return `\`${name}\`: ${who} ${may} ${verb} ${rows}${result}`;
}

/** An expression as it stands in the file, rather than as Postgres prints it. */
function condition(expression: string): string {
  const plain = expression.replaceAll(/\( SELECT (app_\w+\.\w+\(\)) AS \w+\)/g, "$1").replaceAll(/\s+/g, " ");
  return code(isWrapped(plain) ? plain.slice(1, -1) : plain);
}

/** Whether the first parenthesis closes with the last letter. */
function isWrapped(text: string): boolean {
  let depth = 0;
  for (const letter of text.slice(0, -1)) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (depth === 0) return false;
  }
  return text.endsWith(")");
}

function aboutType({ name, definition, comment }: NamedType): string {
  return `\`${name}\`, ${definition}. ${words(comment)}`;
}

function aboutFunction({ signature, result, is_definer: isDefiner, comment, callers }: Routine): string {
  const what = result === null ? "" : ` gives \`${shortType(result)}\``;
  const who = callers.length ? `for ${callers.join(", ")}` : "for other functions";
  return `\`${shortType(signature)}\`${what}; ${who}${isDefiner ? ", with its owner's rights" : ""}. ${words(comment)}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length ? [`${title}\n\n${lines.map((line) => `- ${line}`).join("\n")}`] : [];
}
