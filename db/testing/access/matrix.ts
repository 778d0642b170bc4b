// db/testing/access.ts, catalogue -> [db/testing/access/matrix.ts] -> db/testing/access.test.ts
// The whole matrix: every relation, function and schema of ours, every role, every verb, every column.
import { sources } from "../../generate/sources.ts";
import { type Access, access, type Columns, type Role, roles, schemas } from "../access.ts";
import type { Db } from "../database.ts";

interface Cell {
  kind: "relation" | "function" | "schema";
  name: string;
  role: Role;
  verb: string;
  /** The column, or nothing where the right is one to the whole. */
  column: string | null;
  is_allowed: boolean;
}

const cellsQuery = `
  with seats (role, rolename) as (
    select role, case role when 'public' then role else 'autobench_' || role end from unnest($1::text[]) role
  ), relations as (
    select c.oid, c.oid::regclass::text as name
      from pg_class c
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace::regnamespace::text ~ '^app_'
  )
  select 'relation' as kind, c.name, s.role, v.verb, null as column,
      has_table_privilege(s.rolename, c.oid, v.verb) as is_allowed
    from relations c, seats s,
      unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']) v (verb)
  union all
  select 'relation', c.name, s.role, v.verb, a.attname, has_column_privilege(s.rolename, c.oid, a.attnum, v.verb)
    from relations c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
      seats s, unnest(array['select', 'insert', 'update', 'references']) v (verb)
  union all
  select 'function', p.pronamespace::regnamespace || '.' || p.proname, s.role, 'execute', null,
      has_function_privilege(s.rolename, p.oid, 'execute')
    from pg_proc p, seats s
    where p.pronamespace::regnamespace::text ~ '^app_'
  union all
  select 'schema', n.nspname, s.role, v.verb, null, has_schema_privilege(s.rolename, n.oid, v.verb)
    from pg_namespace n, seats s, unnest(array['usage', 'create']) v (verb)
    where n.nspname ~ '^app_'`;

/** Every cell, as the catalogue has it: with what a role inherits, and with what everybody may. */
export function cells(db: Db): Promise<Cell[]> {
  return db.rows<Cell & Record<string, unknown>>(cellsQuery, [roles]);
}

const relations = new Map(Object.values(access).flatMap((domain) => Object.entries(domain.relations)));
const functions = new Map(Object.values(access).flatMap((domain) => Object.entries(domain.functions)));

/** What the list says of a cell; nothing where it does not know the name. */
export function listed({ kind, name, role, verb, column }: Omit<Cell, "is_allowed">): boolean | undefined {
  if (kind === "schema") return verb === "usage" ? schemas[name]?.includes(role) : name in schemas ? false : undefined;
  if (kind === "function") return functions.get(name)?.includes(role);
  const relation = relations.get(name);
  if (!relation) return undefined;
  const rights: Readonly<Record<string, Columns | true | undefined>> = { ...relation[role] };
  const right = rights[verb];
  if (right === undefined || right === true || right === "*") return right !== undefined;
  return column !== null && right.includes(column);
}

/** Everything in which the list and the catalogue differ, in words that say what to do. */
export function differences(matrix: readonly Cell[]): string[] {
  const found = new Set<string>();
  const unlisted = new Set<string>();
  for (const cell of matrix) {
    const isListed = listed(cell);
    if (isListed === undefined) {
      if (unlisted.has(cell.name)) continue;
      unlisted.add(cell.name);
      found.add(`${cell.name} is new: add ${lineFor(cell, matrix)} to ${fileOf(cell)}, or what it should be`);
    } else if (isListed !== cell.is_allowed) {
      const right = `${cell.role} ${cell.verb} on ${cell.name}${cell.column === null ? "" : ` (${cell.column})`}`;
      found.add(
        isListed
          ? `${right}: listed in ${fileOf(cell)}, but not granted`
          : `${right}: granted, but not listed in ${fileOf(cell)}`,
      );
    }
  }
  const known = new Set(matrix.flatMap(({ name, column }) => [name, `${name} (${column ?? ""})`]));
  const names = [...relations.keys(), ...functions.keys(), ...Object.keys(schemas)];
  for (const name of names) if (!known.has(name)) found.add(`${name} is listed, but does not exist: take its line out`);
  for (const [name, rights] of relations) {
    const columns = Object.values(rights).flatMap((right) => Object.values<Columns | true>({ ...right }));
    for (const column of columns.filter((one) => typeof one === "object").flat()) {
      if (known.has(name) && !known.has(`${name} (${column})`)) found.add(`${name} has no column ${column}`);
    }
  }
  return [...found];
}

/** The line that would say what is granted now. */
function lineFor({ kind, name }: Cell, matrix: readonly Cell[]): string {
  const allowed = matrix.filter((cell) => cell.name === name && cell.is_allowed);
  if (kind !== "relation") return `"${name}": ${JSON.stringify([...new Set(allowed.map(({ role }) => role))])}`;
  const rights: Partial<Record<Role, Record<string, Columns | true>>> = {};
  for (const { role, verb, column } of allowed.toSorted((a) => (a.column === null ? -1 : 1))) {
    const ofRole = (rights[role] ??= {});
    const before = ofRole[verb];
    if (column === null) ofRole[verb] = verb === "delete" ? true : "*";
    else if (typeof before !== "string") ofRole[verb] = [...(Array.isArray(before) ? before : []), column];
  }
  return `"${name}": ${JSON.stringify(rights)}`;
}

function fileOf({ kind, name }: Cell): string {
  if (kind === "schema") return "db/testing/access.ts";
  const inList = (domain: Access): boolean => name in domain.relations || name in domain.functions;
  const domain =
    Object.entries(access).find(([, list]) => inList(list))?.[0] ??
    sources().find((file) => file.name === name)?.domain;
  return `db/testing/access/${domain ?? "<domain>"}.ts`;
}
