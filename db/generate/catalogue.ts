// db/generate/{relations,functions,types}.sql -> [db/generate/catalogue.ts] -> db/generate/{tables,erd}.ts
// What the database says of itself, in the shape that the documents need.
import fs from "node:fs";
import path from "node:path";
import { withClient } from "../cluster/connect.ts";
import { sources } from "./sources.ts";
import type { Installed } from "./write.ts";

export interface Column {
  name: string;
  type: string;
  is_required: boolean;
  is_key: boolean;
  is_generated: boolean;
  default: string | null;
  comment: string;
}

export interface Reference {
  name: string;
  target: string;
  columns: string[];
  is_required: boolean;
  /** Whether a row of the target has at most one row here. */
  is_unique: boolean;
  on_delete: string;
}

export interface Policy {
  name: string;
  verb: string;
  roles: string[];
  is_restrictive: boolean;
  using: string | null;
  check: string | null;
}

export interface Relation {
  name: string;
  kind: "table" | "view" | "materialized view" | "foreign table";
  comment: string;
  columns: Column[];
  rules: { name: string; definition: string }[];
  refers: Reference[];
  policies: Policy[];
  /** No columns means the whole relation. */
  grants: { role: string; verb: string; columns: string[] | null }[];
  triggers: { name: string; when: string; function: string }[];
  reads: string[];
}

export interface Routine {
  name: string;
  signature: string;
  /** Nothing for a procedure. */
  result: string | null;
  is_definer: boolean;
  comment: string;
  callers: string[];
}

export interface NamedType {
  name: string;
  definition: string;
  comment: string;
}

export interface Catalogue {
  relations: Relation[];
  functions: Routine[];
  types: NamedType[];
}

export async function readCatalogue(database: Installed): Promise<Catalogue> {
  return withClient(database.superuserUrl, async (client) => ({
    relations: (await client.query<Relation>(query("relations.sql"))).rows,
    functions: (await client.query<Routine>(query("functions.sql"))).rows,
    types: (await client.query<NamedType>(query("types.sql"))).rows,
  }));
}

function query(file: string): string {
  return fs.readFileSync(path.join(import.meta.dirname, file), "utf8");
}

/** The domains in the order of the manifest, each with what its files make. */
export function byDomain<T extends { name: string }>(objects: readonly T[]): Map<string, T[]> {
  const domains = new Map<string, T[]>();
  const files = sources();
  for (const { domain } of files) domains.set(domain, []);
  for (const object of objects) {
    const domain = files.find(({ name }) => name === object.name)?.domain ?? "in no file";
    domains.set(domain, [...(domains.get(domain) ?? []), object]);
  }
  return domains;
}

/** A comment without the tags that are meant for the GraphQL server. */
export function words(comment: string): string {
  return comment
    .split("\n")
    .filter((line) => !line.startsWith("@"))
    .join(" ")
    .trim();
}

/** A type as we write it. */
export function shortType(type: string): string {
  return type.replace("timestamp with time zone", "timestamptz").replace("character varying", "varchar");
}
