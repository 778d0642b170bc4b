// [cli/manual.test.ts] -> README.md, db/README.md
// What the documents tell people to type is typed here, in their order, and answers as they say.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type pg from "pg";
import { openPool } from "../db/cluster/connect.ts";
import { silentLog } from "../process/log.ts";
import { root } from "../process/environment.ts";
import { describe, expect, test as base } from "./testing/autobench.ts";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, body = ""]) => body);

/** Each block under its first line. */
const titled = (all: string[]) => all.map((block) => [block.split("\n")[0]?.slice(0, 60) ?? "", block] as const);

/** As much of curl as the documents use: not every machine has it. */
const curl = `#!${process.execPath}
const headers = { "content-type": "application/x-www-form-urlencoded" };
const args = process.argv.slice(2);
const [flag, url] = [args.shift(), args.shift()];
const request = { method: "GET", headers };
for (let [option, value] = args.splice(0, 2); option; [option, value] = args.splice(0, 2)) {
  if (option === "-H") headers[value.split(": ")[0]] = value.slice(value.indexOf(": ") + 2);
  else if (option === "-d") Object.assign(request, { method: "POST", body: value });
  else throw new Error("unknown option " + option);
}
if (flag !== "-s") throw new Error("-s and the address come first");
fetch("http://" + url, request).then(async (response) => process.stdout.write(await response.text()));
`;

interface Running {
  owner: pg.Pool;
  /** Runs shell with the documents' address replaced by that of this run. */
  shell(script: string): Promise<string>;
}

const test = base.extend("running", { scope: "file" }, async ({ autobench }, { onCleanup }): Promise<Running> => {
  const started = autobench.spawn("start");
  const [, site = ""] = await started.until(/Site +(http:\S+)/);
  await started.until(/12 of 12 submissions/); // the documents speak of a day that has had its cycle
  const url = (await autobench.run("url")).output.trim();
  const owner = openPool(url, { name: "test", max: 1, log: silentLog, waitMs: 10_000 });
  onCleanup(async () => {
    await owner.end();
    await started.end();
  });
  const programs = path.dirname(autobench.folder);
  writeFileSync(path.join(programs, "curl"), curl, { mode: 0o755 });
  const shell = async (script: string) => {
    const here = `PATH=${programs}:$PATH\n${script.replaceAll("localhost:3000", new URL(site).host)}`;
    return (await promisify(execFile)("sh", ["-euc", here], { timeout: 10_000 })).stdout.trim();
  };
  return { owner, shell };
});

describe("README.md", () => {
  const calls = blocks("README.md", "sh").filter((block) => block.includes("curl"));

  test.for(titled(calls))("its calls have the answers that it shows: %s", async ([, block], { running }) => {
    const lines = block.trim().split("\n");
    const answer = lines.pop() ?? "";
    expect(await running.shell(lines.join("\n"))).toBe(answer);
  });

  test("shows a call of a visitor and one of a member", () => {
    expect(calls).toHaveLength(2);
  });
});

describe("db/README.md", () => {
  const statements = blocks("db/README.md", "sql");

  test("its runbook is found, and somebody to run it on", async ({ running }) => {
    expect(statements.length).toBeGreaterThan(10);
    const [, member = ""] = blocks("README.md", "sh").filter((block) => block.includes("curl"));
    const call = member.trim().split("\n").slice(0, -1).join("\n");
    for (const name of ["ada", "grace"]) {
      expect(await running.shell(call.replace("username=ada", `username=${name}`))).toContain(`"${name}"`);
    }
  });

  test.for(titled(statements))("its runbook runs, and does something: %s", async ([, statement], { running }) => {
    const results = (await running.owner.query(statement)) as pg.QueryResult | pg.QueryResult[];
    const counts = [results].flat().filter(({ command }) => ["SELECT", "INSERT", "UPDATE"].includes(command));
    expect(counts.length).toBeGreaterThan(0);
    for (const { rowCount } of counts) expect(rowCount).toBeGreaterThan(0);
  });

  test("its runbook left an operator, nobody suspended, and a trace", async ({ running }) => {
    const { rows } = await running.owner.query<{ username: string; role: string; banned_at: Date | null }>(
      `select u.username, a.role, a.banned_at
         from app_private.accounts a inner join app_public.users u on u.id = a.user_id order by 1`,
    );
    expect(rows).toEqual([
      { username: "ada", role: "operator", banned_at: null },
      { username: "grace", role: "member", banned_at: null },
    ]);
    const log = await running.owner.query("select action from app_private.operator_log order by id");
    expect(log.rows).toEqual([{ action: "ban_user" }, { action: "lift_ban" }]);
  });
});
