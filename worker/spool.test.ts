// [worker/spool.test.ts] -> worker/spool.ts, worker/ledger.ts
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Query } from "../db/cluster/connect.ts";
import { replaySpool } from "./ledger.ts";
import type { Outcome } from "./llm/types.ts";
import { openSpool, type Spooled } from "./spool.ts";
import { temporaryFolder } from "./tests/setup.ts";

const raw = { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from([0, 255, 128, 10]) };
const outcome: Outcome = {
  state: "succeeded",
  text: "<p>",
  usage: null,
  finishReason: null,
  errorClass: null,
  error: null,
  retryAfterMs: null,
  httpStatus: 200,
  providerRequestId: null,
  evidence: {},
};
const lease = (attemptId: string) => ({ attemptId, leaseToken: `lease-${attemptId}` });

async function taken(spool: ReturnType<typeof openSpool>, isSafe = true): Promise<Spooled[]> {
  const entries: Spooled[] = [];
  await spool.replay(async (entry) => {
    entries.push(entry);
    return isSafe;
  });
  return entries;
}

describe("the spool", () => {
  test("keeps reply and outcome of an attempt together, byte for byte, and hands them out until they are safe", async () => {
    const folder = path.join(temporaryFolder(), "spool");
    const spool = openSpool(folder);
    expect(await taken(spool)).toEqual([]); // nothing was ever kept
    await spool.keep({ ...lease("7"), raw });
    await spool.keep({ ...lease("7"), outcome });
    await spool.keep({ ...lease("12"), outcome });
    const expected = [
      { ...lease("12"), raw: null, outcome },
      { ...lease("7"), raw: { ...raw, body: raw.body.toString("base64") }, outcome },
    ];
    expect(await taken(spool, false)).toEqual(expected);
    expect(await taken(openSpool(folder))).toEqual(expected); // another process, later
    expect(await taken(spool)).toEqual([]);
  });

  test("nobody else on the machine may read it", async () => {
    const folder = path.join(temporaryFolder(), "spool");
    await openSpool(folder).keep({ ...lease("1"), raw });
    expect([statSync(folder).mode & 0o777, statSync(path.join(folder, "1.json")).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test("killed between writing and naming: the old entry stands, and the whole new one is not lost", async () => {
    const folder = temporaryFolder();
    const spool = openSpool(folder);
    await spool.keep({ ...lease("3"), raw });
    const whole = { ...lease("3"), raw: null, outcome };
    writeFileSync(path.join(folder, "3.json.4711"), JSON.stringify(whole));
    const entries = await taken(spool);
    expect(entries.map((entry) => [entry.raw !== null, entry.outcome !== null])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("killed while writing: half an entry is left alone, and thrown away when nobody can be at it any more", async () => {
    const folder = temporaryFolder();
    const half = path.join(folder, "5.json.4711");
    writeFileSync(half, '{"attemptId": "5", "leaseTo');
    expect(await taken(openSpool(folder))).toEqual([]);
    expect(existsSync(half)).toBe(true);
    utimesSync(half, new Date(0), new Date(0));
    expect(await taken(openSpool(folder))).toEqual([]);
    expect(existsSync(half)).toBe(false);
  });

  test("an entry that a disk has spoilt is set aside, and keeps no other from being stored", async () => {
    const folder = temporaryFolder();
    const spool = openSpool(folder);
    writeFileSync(path.join(folder, "1.json"), "\0\0\0");
    await spool.keep({ ...lease("2"), outcome });
    expect(await taken(spool)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["1.json.broken"]);
    expect(await taken(spool)).toEqual([]);
  });

  test("leaves files of other kinds alone", async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "notes"));
    writeFileSync(path.join(folder, "readme.json"), "{}");
    expect(await taken(openSpool(folder))).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

describe("replaying it", () => {
  test("goes on past what the database does not take, which stays; stops while the database is away", async () => {
    const folder = temporaryFolder();
    const spool = openSpool(folder);
    for (const id of ["1", "2", "3"]) await spool.keep({ ...lease(id), outcome });
    const asked: unknown[] = [];
    const database = (refuse: Record<string, string>): Query => ({
      query: async (_sql, values) => {
        asked.push(values?.[0]);
        const code = refuse[String(values?.[0])];
        if (code) throw Object.assign(new Error("refused"), { code });
        return { rows: [] };
      },
    });
    await expect(replaySpool(database({ 1: "57P01" }), spool)).rejects.toThrow("refused");
    expect(asked).toEqual(["1"]);
    const said: string[] = [];
    const log = { error: (sentence: string) => said.push(sentence), warn: () => 0, info: () => 0, debug: () => 0 };
    expect(await replaySpool(database({ 2: "22003" }), spool, log)).toBe(2);
    expect(said).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["2.json"]);
    expect(JSON.parse(readFileSync(path.join(folder, "2.json"), "utf8"))).toMatchObject({ attemptId: "2" });
  });
});
