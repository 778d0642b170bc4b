// worker/main.ts, sweep_calls -> [worker/epoch.ts] -> app_private.meet_epoch()
// A restored backup must not buy the day again: beside the database stands which epoch it is, and how far the ledger got.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { oneRow, type Query } from "../db/cluster/connect.ts";
import type { Log } from "../process/log.ts";

interface Known {
  epoch: string;
  lastAttempt: string;
}

/** Compares, and notes the newer state. Says whether models may be asked. */
export async function meetEpoch(database: Query, folder: string, log: Log): Promise<boolean> {
  const file = path.join(folder, "epoch.json");
  const known = readKnown(file);
  const met = await oneRow<{ epoch: string; last_attempt: string; is_open: boolean; reason: string | null }>(
    database,
    "select * from app_private.meet_epoch($1::uuid, $2::bigint)",
    [known?.epoch ?? null, known?.lastAttempt ?? null],
  );
  if (!met.is_open) {
    log.error("the gate to the models is closed: run autobench reconcile", { reason: met.reason });
    return false;
  }
  const next: Known = { epoch: met.epoch, lastAttempt: met.last_attempt };
  if (known?.epoch !== next.epoch || known.lastAttempt !== next.lastAttempt) write(folder, next);
  return true;
}

/**
 * Notes an attempt before it may leave. What is met once a minute alone would not know of a day that was bought, and
 * then lost to a restored backup, within that minute.
 */
export function noteAttempt(folder: string, attemptId: string): void {
  const known = readKnown(path.join(folder, "epoch.json"));
  if (known && BigInt(attemptId) > BigInt(known.lastAttempt)) write(folder, { ...known, lastAttempt: attemptId });
}

function write(folder: string, next: Known): void {
  const file = path.join(folder, "epoch.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(next), { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}

/** After reconciling, what stands beside the database is the new epoch. */
export function forgetEpoch(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "epoch.json"), "");
}

function readKnown(file: string): Known | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return text ? (JSON.parse(text) as Known) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
