// [db/cluster/binaries.test.ts] -> db/cluster/binaries.ts
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresAccount, postgresFolder, reachableFolder } from "./binaries.ts";

let base: string;
beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-binaries-"));
  fs.chmodSync(base, 0o755);
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

describe("reachableFolder", () => {
  const stranger = { uid: 54_321, gid: 54_321 };

  test("is the folder itself for whoever runs it themselves, whatever its rights", () => {
    const closed = path.join(base, "closed-1");
    fs.mkdirSync(closed, { mode: 0o700 });
    expect(reachableFolder(path.join(closed, ".data"), {})).toBe(path.join(closed, ".data"));
  });

  test("is one under /var/lib when another account could not walk in", () => {
    const closed = path.join(base, "closed-2");
    fs.mkdirSync(path.join(closed, "deeper"), { recursive: true });
    fs.chmodSync(closed, 0o700);
    const stand = reachableFolder(path.join(closed, "deeper", ".data"), stranger);
    expect(stand).toBe(`/var/lib/autobench/${path.join(closed, "deeper", ".data").replaceAll("/", "_").slice(1)}`);
    fs.chmodSync(closed, 0o711);
    expect(reachableFolder(path.join(closed, "deeper", ".data"), stranger)).toBe(path.join(closed, "deeper", ".data"));
  });

  test("asks the right that counts for the account: of owner, group or others", () => {
    const folder = path.join(base, "mine");
    fs.mkdirSync(folder);
    const { uid, gid } = fs.statSync(folder);
    const reached = (mode: number, account: { uid: number; gid: number }) => {
      fs.chmodSync(folder, mode);
      return reachableFolder(path.join(folder, "d"), account).startsWith(base);
    };
    expect(reached(0o100, { uid, gid })).toBe(true);
    expect(reached(0o011, { uid, gid })).toBe(false);
    expect(reached(0o010, { uid: 54_321, gid })).toBe(true);
    expect(reached(0o701, { uid: 54_321, gid })).toBe(false);
    expect(reached(0o001, stranger)).toBe(true);
  });

  test("a folder that is yet to be made is judged by those above it", () => {
    const wanted = path.join(base, "not", "yet", ".data");
    expect(reachableFolder(wanted, stranger)).toBe(wanted);
  });
});

describe("postgresFolder", () => {
  test("holds Postgres 18, runnable by the account that it runs as", () => {
    const account = postgresAccount();
    const program = path.join(postgresFolder(account), "bin", "postgres");
    const run = spawnSync(program, ["--version"], { ...account, encoding: "utf8" });
    expect(run.stdout).toMatch(/^postgres \(PostgreSQL\) 18\./);
  });
});

describe("postgresAccount", () => {
  test("is nobody in particular for an ordinary user, and an unprivileged account for root", () => {
    const account = postgresAccount();
    if (process.getuid?.() !== 0) expect(account).toEqual({});
    else expect(account).toEqual({ uid: expect.any(Number), gid: expect.any(Number) });
    expect(account.uid).not.toBe(0);
  });
});
