// worker/ledger.ts -> [worker/spool.ts] -> DATA_DIR/spool
// Where an answer waits that came while the database was away: it was paid for, and must not be lost.
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Outcome, RawReply } from "./llm/types.ts";

export interface Spooled {
  attemptId: string;
  leaseToken: string;
  raw: { status: number; headers: Record<string, string>; body: string } | null;
  outcome: Outcome | null;
}

export interface Spool {
  keep(entry: {
    attemptId: string;
    leaseToken: string;
    raw?: RawReply | undefined;
    outcome?: Outcome | undefined;
  }): Promise<void>;
  /** Hands every entry to `store`, which says whether it is safe in the database now. */
  replay(store: (entry: Spooled) => Promise<boolean>): Promise<number>;
}

export function openSpool(folder: string): Spool {
  const fileOf = (attemptId: string) => path.join(folder, `${attemptId}.json`);
  const read = async (file: string): Promise<Spooled | undefined> => {
    try {
      return JSON.parse(await readFile(file, "utf8")) as Spooled;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  return {
    async keep({ attemptId, leaseToken, raw, outcome }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const before = await read(fileOf(attemptId));
      const entry: Spooled = {
        attemptId,
        leaseToken,
        raw: raw
          ? { status: raw.status, headers: raw.headers, body: raw.body.toString("base64") }
          : (before?.raw ?? null),
        outcome: outcome ?? before?.outcome ?? null,
      };
      // Written whole and forced to disk before it gets its name: a crash leaves the old entry or the new one.
      const half = `${fileOf(attemptId)}.${process.pid}`;
      const file = await open(half, "w", 0o600);
      try {
        await file.writeFile(JSON.stringify(entry));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(half, fileOf(attemptId));
      await sync(folder); // the name too
    },
    async replay(store) {
      let stored = 0;
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw error;
      });
      for (const name of names.filter((entry) => entryName.test(entry)).toSorted()) {
        const file = path.join(folder, name);
        const isHalf = !name.endsWith(".json");
        const entry = await read(file).catch((error: unknown) => {
          if (!(error instanceof SyntaxError)) throw error;
          return "broken" as const;
        });
        if (entry === undefined) continue; // another process was faster
        if (entry === "broken") {
          // Half written by a process that was killed: nothing to be had. Under its full name, something for a person.
          if (!isHalf) await rename(file, `${file}.broken`);
          else if (await isOld(file)) await rm(file, { force: true });
        } else if (await store(entry)) {
          await rm(file, { force: true });
          stored++;
        }
      }
      return stored;
    },
  };
}

/** An entry, or the whole of one whose process was killed before it could give it its name. */
const entryName = /^\d+\.json(\.\d+)?$/;

async function isOld(file: string): Promise<boolean> {
  return Date.now() - (await stat(file)).mtimeMs > 3_600_000;
}

async function sync(folder: string): Promise<void> {
  if (process.platform === "win32") return; // a folder cannot be opened there
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
