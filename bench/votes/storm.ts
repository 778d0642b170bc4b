// bench/votes/faults.ts, bench/votes/storm.test.ts -> [bench/votes/storm.ts] -> bench/votes/processes.ts, bench/votes/voter.ts
// Visitors vote through GraphQL while the worker is killed and the database is cut off at random moments; tasks close
// meanwhile. Then what the voters were told is held against what is stored, and that against what is counted.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { liftLimits, openArena } from "../../db/arena/testing/arena.ts";
import { random } from "../../db/budget/testing/sessions.ts";
import { oneRow, openPool } from "../../db/cluster/connect.ts";
import { embeddedDatabase } from "../../db/cluster/database.ts";
import { type Cluster, startCluster } from "../../db/cluster/embedded.ts";
import { installFromManifest } from "../../db/testing/cluster.ts";
import { silentLog } from "../../process/log.ts";
import { startPart } from "./processes.ts";
import { cast, draw, Voter, verdicts } from "./voter.ts";

export interface StormOptions {
  voters: number;
  votes: number;
  seed: number;
  /** Kills of the worker, and of the database, spread over the votes. */
  kills: number;
  restarts: number;
  onProgress?: (sentence: string) => void;
}

export interface StormReport {
  /** Votes that a voter was told are taken: at once, or when they asked again. */
  accepted: number;
  stored: number;
  counted: number;
  recounted: number;
  /** What the voters were told of and the database does not hold, and the other way round. */
  lost: string[];
  unknown: string[];
  /** Ballots of which a voter was told that they had been used, though nobody had used them. */
  usedTwice: string[];
  faults: string[];
  kills: number;
  restarts: number;
  /** Votes of which nobody knew for a while whether they had been taken. */
  inDoubt: number;
  refusedAsClosed: number;
  snapshots: number;
  seconds: number;
}

const name = "autobench";
// Cut off, not switched off: what was committed is in the kernel's hands, which survives a killed process.
const settings = { fsync: "off", full_page_writes: "off", max_connections: 120 };
const models = 12;
const sealedTasks = 5;

export async function runStorm(options: StormOptions): Promise<StormReport> {
  const startedAt = performance.now();
  const folder = fs.mkdtempSync(path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "autobench-votes-"));
  fs.chmodSync(folder, 0o755);
  const storm = new Storm(options, folder, await startCluster({ folder, settings }));
  try {
    await storm.prepare();
    await storm.rage();
    return { ...(await storm.account()), seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await storm.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

class Storm {
  readonly #options: StormOptions;
  readonly #folder: string;
  readonly #next: () => number;
  readonly #pool: pg.Pool;
  #cluster: Cluster;
  #tasks: string[] = [];
  #url = "";
  #parts = new Set<ReturnType<typeof startPart>>();
  #isOver = false;
  readonly #accepted = new Set<string>();
  readonly #usedTwice: string[] = [];
  #kills = 0;
  #restarts = 0;
  #inDoubt = 0;
  #closed = 0;

  constructor(options: StormOptions, folder: string, cluster: Cluster) {
    this.#options = options;
    this.#folder = folder;
    this.#next = random(options.seed);
    this.#cluster = cluster;
    this.#pool = openPool(cluster.superuserUrl(name), { name: "storm", max: 4, log: silentLog, waitMs: 5000 });
  }

  async prepare(): Promise<void> {
    await installFromManifest(this.#cluster, name);
    const { tasks } = await openArena(this.#pool, { models, sealed: sealedTasks });
    this.#tasks = tasks.filter(({ is_showcase }) => !is_showcase).map(({ id }) => id);
    await this.#pool.query(liftLimits);
    // Also where midnight is near, the tasks stay open until somebody closes them.
    await this.#pool.query(
      "update app_public.tasks set closes_at = now() + interval '1 day', expires_at = now() + interval '2 days'",
    );
    const server = startPart("server", embeddedDatabase(this.#cluster, name), this.#folder);
    this.#parts.add(server);
    this.#url = (await server.ready) ?? "";
    if (!this.#url) throw new Error("The server did not start.");
  }

  async rage(): Promise<void> {
    const voters = Array.from({ length: this.#options.voters }, (_, number) => this.#vote(number));
    const post = this.#manWorker();
    await this.#makeWeather();
    await Promise.all(voters);
    this.#isOver = true;
    for (const { child } of this.#parts) if (child.exitCode === null) child.kill("SIGKILL");
    await post;
  }

  async #vote(number: number): Promise<void> {
    const voter = new Voter(() => this.#url);
    while (this.#accepted.size < this.#options.votes) {
      const drawn = await voter.ask(draw).catch(() => undefined);
      const ballot = (drawn?.data as { drawBallot?: { ballot?: { id: string } } } | undefined)?.drawBallot?.ballot?.id;
      if (ballot) await this.#cast(voter, ballot, verdicts[(number + this.#accepted.size) % 4] ?? "tie");
      else if (drawn?.code === "TB073") voter.cookie = ""; // all pairs were seen: somebody else comes
      else await delay(20 + this.#next() * 80); // the database is away
    }
    voter.leave();
  }

  /** Casts, and asks again for as long as nobody knows whether it was taken. */
  async #cast(voter: Voter, id: string, verdict: string): Promise<void> {
    for (let isUnknown = false; ;) {
      const reply = await voter.ask(cast, { id, verdict }).catch(() => undefined);
      if (reply?.data && !reply.code) return void this.#accepted.add(id);
      if (reply?.code === "TB075") {
        // It was taken the first time, and only the answer was lost; else somebody else has used it.
        if (isUnknown) return void this.#accepted.add(id);
        return void this.#usedTwice.push(id);
      }
      if (reply?.code === "TB077" || reply?.code === "TB076") return void this.#closed++;
      if (!isUnknown) this.#inDoubt++;
      isUnknown = true;
      await delay(20 + this.#next() * 80);
    }
  }

  /** Keeps the worker's post manned: whoever is killed is followed by the next. */
  async #manWorker(): Promise<void> {
    while (!this.#isOver) {
      const part = startPart("worker", embeddedDatabase(this.#cluster, name), this.#folder);
      this.#parts.add(part);
      await part.ended;
      this.#parts.delete(part);
      if (!this.#isOver) await delay(100);
    }
  }

  /** Spreads kills, cuts and closings over the votes. */
  async #makeWeather(): Promise<void> {
    const { votes, kills, restarts, onProgress } = this.#options;
    const events = [
      ...Array.from({ length: kills }, () => ({ at: this.#next() * votes, do: () => this.#killWorker() })),
      ...Array.from({ length: restarts }, () => ({ at: this.#next() * votes, do: () => this.#cutDatabase() })),
      // All but two of the tasks close on the way.
      ...this.#tasks.slice(2).map((id, n) => ({ at: ((n + 1) / sealedTasks) * votes, do: () => this.#close(id) })),
    ].toSorted((a, b) => a.at - b.at);
    let nextWord = votes / 10;
    while (this.#accepted.size < votes) {
      await delay(20);
      while (events.length && (events[0]?.at ?? 0) <= this.#accepted.size) await events.shift()?.do();
      if (this.#accepted.size >= nextWord) {
        nextWord = this.#accepted.size + votes / 10;
        onProgress?.(
          `${this.#accepted.size} votes, ${this.#kills} kills, ${this.#restarts} restarts, ${this.#inDoubt} once in doubt`,
        );
      }
    }
    for (const event of events) await event.do();
  }

  async #killWorker(): Promise<void> {
    const workers = [...this.#parts].slice(1);
    this.#kills += workers.filter(({ child }) => child.exitCode === null && child.kill("SIGKILL")).length;
  }

  /** Kills the database where it stands, as a lost machine would, and starts it again on the same files. */
  async #cutDatabase(): Promise<void> {
    const file = path.join(this.#cluster.folder, "postgres", "postmaster.pid");
    const pid = Number(fs.readFileSync(file, "utf8").split("\n")[0]);
    process.kill(pid, "SIGQUIT");
    while (isAlive(pid)) await delay(10);
    await delay(this.#next() * 300); // away for a while
    const { port } = this.#cluster;
    this.#cluster = await startCluster({ folder: this.#folder, settings });
    if (this.#cluster.port !== port) throw new Error("Another program has taken the database's port.");
    this.#restarts++;
  }

  async #close(task: string): Promise<void> {
    for (;;) {
      const isDone = await this.#pool
        .query("select app_private.close_task($1)", [task])
        .catch((error: { code?: string }) => error.code);
      if (typeof isDone === "object" || isDone === "TB052") return;
      await delay(50);
    }
  }

  async account(): Promise<Omit<StormReport, "seconds">> {
    const { rows } = await this.#pool.query<{ id: string }>("select ballot_id as id from app_public.votes");
    const stored = new Set(rows.map(({ id }) => id));
    const sums = await oneRow<{ counted: number; recounted: number }>(
      this.#pool,
      `select (select coalesce(sum(votes), 0)::integer from app_private.pair_counts) as counted,
         (select coalesce(sum(votes), 0)::integer from app_private.counts_of_votes) as recounted`,
    );
    for (const task of this.#tasks) await this.#close(task);
    await this.#pool.query("select app_private.refresh_leaderboards()");
    const faults = await this.#pool.query<{ line: string }>(
      `select concat_ws(' ', fault, subject, stored, found) as line from app_private.rating_faults()
       union all select concat_ws(' ', fault, subject, stored, found) from app_private.refit_faults()
       union all select concat_ws(' ', fault, detail) from app_private.ledger_faults`,
    );
    const { snapshots } = await oneRow<{ snapshots: number }>(
      this.#pool,
      "select count(*)::integer as snapshots from app_public.rating_snapshots",
    );
    return {
      accepted: this.#accepted.size,
      stored: stored.size,
      ...sums,
      lost: [...this.#accepted].filter((id) => !stored.has(id)),
      unknown: [...stored].filter((id) => !this.#accepted.has(id)),
      usedTwice: this.#usedTwice,
      faults: faults.rows.map(({ line }) => line),
      kills: this.#kills,
      restarts: this.#restarts,
      inDoubt: this.#inDoubt,
      refusedAsClosed: this.#closed,
      snapshots,
    };
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const { child } of this.#parts) child.kill("SIGKILL");
    await Promise.all([...this.#parts].map(({ ended }) => ended));
    await this.#pool.end();
    await this.#cluster.stop();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // it has gone
  }
}

/** What must not be, in sentences; empty when all is well. */
export function problemsIn(report: StormReport, wanted: number): string[] {
  const { accepted, stored, counted, recounted } = report;
  const some = (what: string, lines: readonly string[]) =>
    lines.length ? [`${what}: ${lines.length} (${lines.slice(0, 5).join("; ")})`] : [];
  return [
    ...(new Set([accepted, stored, counted, recounted]).size === 1
      ? []
      : [`accepted ${accepted}, stored ${stored}, counted ${counted}, recounted ${recounted}: not the same.`]),
    ...some("told of and not stored", report.lost),
    ...some("stored and never told of", report.unknown),
    ...some("used twice", report.usedTwice),
    ...some("found by verify", report.faults),
    ...(accepted >= wanted ? [] : ["Too few votes came through: the storm has proved nothing."]),
  ];
}
