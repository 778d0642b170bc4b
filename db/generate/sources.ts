// db/manifest.sql, db/<domain>/*.sql -> [db/generate/sources.ts] -> db/generate/tables.ts, db/testing/files.test.ts
// The files that the database is made of: one object each, named as in psql, in the folder of its domain.
import fs from "node:fs";
import path from "node:path";
import { root } from "../../process/environment.ts";

export interface Source {
  /** From the root of the checkout: `db/accounts/app_public.users.sql`. */
  file: string;
  /** The folder in db/: `accounts`. */
  domain: string;
  /** What the file is named for: `app_public.users`, or `schemas` where it is no single object. */
  name: string;
  text: string;
}

const folder = path.join(root, "db");

/** What db/manifest.sql includes, in its order, relative to db/. */
export function includes(manifest = fs.readFileSync(path.join(folder, "manifest.sql"), "utf8")): string[] {
  return [...manifest.matchAll(/^--! include (\S+)$/gm)].map((match) => match[1] ?? "");
}

/** Every SQL file of a domain, in the order of the manifest; those that it forgets come last. */
export function sources(): Source[] {
  const order = includes();
  const place = (file: string): number => (order.includes(file) ? order.indexOf(file) : order.length);
  return fs
    .globSync("*/*.sql", { cwd: folder })
    .filter((file) => !/^(?:testing|generate|generated)\//.test(file))
    .toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((file) => ({
      file: `db/${file}`,
      domain: path.dirname(file),
      name: path.basename(file, ".sql"),
      text: fs.readFileSync(path.join(folder, file), "utf8"),
    }));
}
