// errcode, @error, server/ -> [db/testing/errors.test.ts] -> docs/errors.md
// Every error that a person can cause has a code, a row in docs/errors.md, and a hint that says what to do.
import fs from "node:fs";
import path from "node:path";
import { root } from "../../process/environment.ts";
import { sources } from "../generate/sources.ts";
import { type Db, describe, expect, test } from "./database.ts";

/** What a function could raise by what it calls, but never does: it has ruled the case out before. */
const ruledOut: Readonly<Record<string, readonly string[]>> = {
  // Only pages that came and do not name their makers are in matches.
  "app_private.draw_ballot": ["TB061", "TB062"],
};

const codes = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");
const inSql = sources().flatMap(({ text }) => codes(text, /(?:errcode = '|@error )(TB\w{3})\b/g));
const inServer = fs
  .globSync("server/**/*.ts", { cwd: root, exclude: (name) => name.endsWith(".test.ts") })
  .flatMap((file) => codes(fs.readFileSync(path.join(root, file), "utf8"), /["'`](TB\w{3})["'`]/g));
const inTable = codes(fs.readFileSync(path.join(root, "docs/errors.md"), "utf8"), /^\| (TB\w{3}) \|/gm);

const unique = (list: readonly string[]): string[] => [...new Set(list)].toSorted();

describe("docs/errors.md", () => {
  test("has a row for each code, and a code for each row", () => {
    expect(inSql.length).toBeGreaterThan(10);
    expect(inTable).toEqual(unique([...inSql, ...inServer]));
  });
});

describe("an error", () => {
  test("comes with a hint wherever it is raised", () => {
    let raisedHere = 0;
    let commented = 0;
    for (const { file, text } of sources()) {
      for (const [statement] of text.matchAll(/raise exception (?:'(?:[^']|'')*'|[^';])*;/g)) {
        raisedHere++;
        expect(statement, `an exception in ${file}`).toMatch(/errcode = 'TB\w{3}'/);
        expect(statement, `an exception in ${file}`).toMatch(/hint = /);
      }
      for (const [comment] of text.matchAll(/comment on constraint[^;]*?@error(?:[^']|'')*'/g)) {
        commented++;
        expect(comment, `a constraint in ${file}`).toMatch(/@error TB\w{3}\\n[^\\]+\\nHint: \S/);
      }
    }
    const text = sources()
      .map((source) => source.text)
      .join("\n");
    expect([raisedHere, commented]).toEqual([
      text.match(/\braise exception\b/g)?.length,
      text.match(/@error\b/g)?.length,
    ]);
  });
});

interface Routine {
  name: string;
  body: string;
  comment: string;
  is_api: boolean;
}

const routines = (db: Db): Promise<(Routine & Record<string, unknown>)[]> =>
  db.rows(`
  select pronamespace::regnamespace || '.' || proname as name, concat(prosrc, pg_get_function_sqlbody(oid)) as body,
      coalesce(obj_description(oid, 'pg_proc'), '') as comment,
      pronamespace::regnamespace::text <> 'app_private' as is_api
    from pg_proc
    where pronamespace::regnamespace::text ~ '^app_'`);

/** The codes that a function raises, itself or through the functions of ours that it calls. */
function raised(name: string, all: ReadonlyMap<string, Routine>, seen: ReadonlySet<string> = new Set()): string[] {
  const body = all.get(name)?.body.replaceAll(/--.*/g, "") ?? "";
  if (seen.has(name)) return [];
  const called = codes(body, /\b(app_\w+\.\w+)\(/g).flatMap((other) => raised(other, all, new Set([...seen, name])));
  return unique([...codes(body, /errcode = '(TB\w{3})'/g), ...called]).filter(
    (code) => !ruledOut[name]?.includes(code),
  );
}

describe("a function's comment", () => {
  test("ends with the codes that it raises itself, and names none that there is not", async ({ db }) => {
    for (const { name, body, comment } of await routines(db)) {
      const listed = codes(/ Errors: .*/.exec(comment)?.[0] ?? "", /\b(TB\w{3})\b/g);
      expect(inTable, `codes of ${name}`).toEqual(expect.arrayContaining(listed));
      expect(listed, `codes of ${name}`).toEqual(expect.arrayContaining(unique(codes(body, /errcode = '(TB\w{3})'/g))));
    }
  });

  test("of the API names also what the functions that it calls raise", async ({ db }) => {
    const all = new Map((await routines(db)).map((routine) => [routine.name, routine]));
    expect(raised("app_public.erase_me", all)).toEqual(["TB001", "TB002", "TB014", "TB091"]);
    for (const { name, comment } of [...all.values()].filter((routine) => routine.is_api)) {
      const missing = raised(name, all).filter((code) => !comment.includes(code));
      expect(missing, `codes that the comment on ${name} leaves out`).toEqual([]);
    }
  });
});
