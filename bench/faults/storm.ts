// bench/faults/run.ts, bench/faults/storm.test.ts -> [bench/faults/storm.ts] -> bench/faults/worker.ts
// Three workers under fire: killed at random moments, with a database that is cut off at others and a provider in all
// its moods, while days of three tasks for eight models keep coming. Then all is brought to an end and compared.
import { type ChildProcess, fork } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { makeArena, utcDay, writePrompts } from "../../db/budget/testing/calls.ts";
import { random } from "../../db/budget/testing/sessions.ts";
import { oneRow, openPool } from "../../db/cluster/connect.ts";
import { embeddedDatabase } from "../../db/cluster/database.ts";
import { type Cluster, startCluster } from "../../db/cluster/embedded.ts";
import { installFromManifest } from "../../db/testing/cluster.ts";
import { silentLog } from "../../process/log.ts";
import { type Audit, audit, stuckRows } from "./audit.ts";
import { type Mutant, mutateDatabase } from "./mutants.ts";
import { type Books, readBooks, startProvider } from "./provider.ts";

/** What a worker process is told. */
export interface Order {
  url: string;
  folder: string;
  deadlineMs: number;
  mutant?: Mutant;
}

export interface StormOptions {
  kills: number;
  restarts: number;
  seed: number;
  /** How many processes; three unless said otherwise. */
  workers?: number;
  /** The longest that a worker is let live; half of them less than a quarter of it. */
  lifeMs?: number;
  mutant?: Mutant;
  drainMs?: number;
  onProgress?: (sentence: string) => void;
}

export interface StormReport extends Audit {
  kills: number;
  restarts: number;
  /** Workers that ended by themselves, when the database was cut off. */
  ends: number;
  requests: number;
  modes: number;
  seconds: number;
  isDrained: boolean;
}

/** What is asked bears the mark of what it is about, so that the provider's books alone tell a second bill. */
const mark = `
  create schema storm;
  create function storm.mark() returns trigger language plpgsql as $$
  begin
    new.request := jsonb_set(new.request, '{prompt}', to_jsonb(format('%s Reference: %s %s', new.request ->> 'prompt', new.subject_id, new.round)));
    return new;
  end $$;
  create trigger _100_mark before insert on app_private.llm_calls for each row execute function storm.mark();
  grant usage on schema storm to public;
`;

const usualWorkers = 3;
const deadlineMs = 1200;
const name = "autobench";
// Cut off, not switched off: what was committed is in the kernel's hands, which survives a killed process.
const settings = { fsync: "off", full_page_writes: "off", max_connections: 120 };

export async function runStorm(options: StormOptions): Promise<StormReport> {
  const startedAt = performance.now();
  const folder = fs.mkdtempSync(path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "autobench-storm-"));
  fs.chmodSync(folder, 0o755);
  const storm = new Storm(options, folder, await startCluster({ folder, settings }));
  try {
    await storm.prepare();
    await storm.rage();
    const isDrained = await storm.drain();
    const { report, books } = await storm.account();
    return {
      ...report,
      ...storm.counts,
      requests: books.requests,
      modes: books.modes,
      seconds: (performance.now() - startedAt) / 1000,
      isDrained,
    };
  } finally {
    await storm.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

class Storm {
  readonly counts = { kills: 0, restarts: 0, ends: 0 };
  readonly #options: StormOptions;
  readonly #folder: string;
  readonly #next: () => number;
  readonly #crew = new Set<ChildProcess>();
  #cluster: Cluster;
  #pool: pg.Pool;
  #provider: Awaited<ReturnType<typeof startProvider>> | undefined;
  #lastDay = 0;
  #isOver = false;

  constructor(options: StormOptions, folder: string, cluster: Cluster) {
    this.#options = options;
    this.#folder = folder;
    this.#next = random(options.seed);
    this.#cluster = cluster;
    this.#pool = openPool(cluster.superuserUrl(name), { name: "storm", max: 4, log: silentLog, waitMs: 5000 });
  }

  async prepare(): Promise<void> {
    this.#provider = await startProvider(this.#options.seed);
    await installFromManifest(this.#cluster, name);
    await writePrompts(this.#pool);
    for (const protocol of ["openai", "anthropic"] as const) {
      const baseUrl = this.#provider.baseUrl("any", protocol);
      const { models } = await makeArena(this.#pool, {
        models: 4,
        protocol,
        baseUrl,
        maxParallel: 60,
        isContestant: true,
      });
      await this.#pool.query("update app_public.models set api_model = slug where id = any ($1)", [models]);
      await this.#pool.query(
        "insert into app_private.llm_roles (role, priority, model_id) select 'write_task', $2, $1",
        [models[0], protocol === "openai" ? 1 : 2],
      );
    }
    await this.#pool.query(`update app_private.providers set traits = '{"canLookUp": true}' where protocol = 'openai'`);
    await this.#pool.query(mark);
    await mutateDatabase(this.#options.mutant, this.#pool);
  }

  async rage(): Promise<void> {
    const { kills, restarts, onProgress } = this.#options;
    const posts = Array.from({ length: this.#options.workers ?? usualWorkers }, (_, number) => this.#man(number));
    const clock = this.#keepTime(true);
    let [cuts, nextWord] = [0, 100];
    while (this.counts.kills < kills) {
      await delay(50);
      // The cuts are spread over the kills.
      if (cuts < restarts && this.counts.kills >= (cuts + 0.5) * (kills / restarts)) {
        cuts++;
        await this.#cutDatabase();
      }
      if (this.counts.kills >= nextWord) {
        nextWord += 100;
        onProgress?.(
          `${this.counts.kills} kills, ${this.counts.restarts} restarts, ${this.#provider?.log.length ?? 0} requests`,
        );
      }
    }
    this.#isOver = true;
    await Promise.all([...posts, clock]);
  }

  /** Brings everything to an end, with workers that nobody kills. */
  async drain(): Promise<boolean> {
    this.#isOver = false;
    const until = performance.now() + (this.#options.drainMs ?? 240_000);
    const posts = Array.from({ length: this.#options.workers ?? usualWorkers }, (_, number) => this.#man(number, true));
    const clock = this.#keepTime(false);
    let isDrained = false;
    while (!isDrained && performance.now() < until) {
      await delay(200);
      isDrained = (await stuckRows(this.#pool).catch(() => ["away"])).length === 0;
    }
    this.#isOver = true;
    for (const child of this.#crew) child.kill("SIGKILL");
    await Promise.all([...posts, clock]);
    return isDrained;
  }

  async account(): Promise<{ report: Audit; books: Books }> {
    const books = readBooks(this.#provider?.log ?? []);
    return { report: await audit(this.#pool, books), books };
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const child of this.#crew) child.kill("SIGKILL");
    await this.#pool.end();
    await this.#provider?.close();
    await this.#cluster.stop();
  }

  /** Keeps one post manned: a worker is started, killed after a while, and followed by the next. */
  async #man(number: number, isSpared = false): Promise<void> {
    const folder = path.join(this.#folder, `worker-${number}`); // what it leaves on disk, its follower finds
    const url = embeddedDatabase(this.#cluster, name).url("autobench_worker");
    const order: Order = { url, folder, deadlineMs, ...(this.#options.mutant ? { mutant: this.#options.mutant } : {}) };
    while (!this.#isOver) {
      const child = fork(path.join(import.meta.dirname, "worker.ts"), [JSON.stringify(order)], {
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        execArgv: [],
        env: { NODE_COMPILE_CACHE: path.join(this.#folder, "cache") }, // and nothing of ours
      });
      this.#crew.add(child);
      const ended = new Promise<boolean>((resolve) => {
        child.once("exit", () => resolve(true));
        child.once("error", () => resolve(true));
      });
      const hasEnded = isSpared ? await ended : await this.#live(child, ended);
      this.#crew.delete(child);
      if (!hasEnded) this.counts.kills++;
      else if (!this.#isOver) {
        this.counts.ends++;
        await delay(100);
      }
      await ended;
    }
  }

  /** Lets a worker live for a while, sometimes not even until it is ready; says whether it ended by itself. */
  async #live(child: ChildProcess, ended: Promise<boolean>): Promise<boolean> {
    const isEarly = this.#next() < 0.1;
    const readies = new Promise<false>((resolve) => child.once("message", () => resolve(false)));
    const early = delay(this.#next() * 600, false as const, { ref: false });
    if (await Promise.race([ended, isEarly ? early : readies])) return true;
    const lives = delay(30 + this.#next() ** 2 * (this.#options.lifeMs ?? 2400), false as const, { ref: false });
    if (!isEarly && (await Promise.race([ended, lives]))) return true;
    child.kill("SIGKILL");
    await ended;
    return false;
  }

  /** Kills the database where it stands, as a lost machine would, and starts it again on the same files. */
  async #cutDatabase(): Promise<void> {
    const pid = Number(
      fs.readFileSync(path.join(this.#cluster.folder, "postgres", "postmaster.pid"), "utf8").split("\n")[0],
    );
    process.kill(pid, "SIGQUIT");
    while (isAlive(pid)) await delay(10);
    await delay(this.#next() * 300); // away for a while
    this.#cluster = await startCluster({ folder: this.#folder, settings });
    this.counts.restarts++;
  }

  /** Sweeps, lets whoever waits come sooner, and sees to it that there is always something to do. */
  async #keepTime(withDays: boolean): Promise<void> {
    while (!this.#isOver) {
      await this.#tick(withDays).catch(() => undefined); // the database is away
      await delay(250);
    }
  }

  async #tick(withDays: boolean): Promise<void> {
    await this.#pool.query(
      "select graphile_worker.add_job('sweep_calls', '{}', job_key => 'sweep', max_attempts => 1)",
    );
    await this.#pool.query(
      "update app_private.llm_calls set next_try_at = now() where state = 'pending' and next_try_at > now()",
    );
    await this.#pool.query(
      "update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null",
    );
    const { is_busy } = await oneRow<{ is_busy: boolean }>(
      this.#pool,
      `select (select count(*) from app_public.submissions where finished_at is null) >= 60
         or (select count(*) from graphile_worker.jobs where task_identifier = 'generate_daily_tasks') >= 2 as is_busy`,
    );
    if (!withDays || is_busy) return;
    const day = utcDay(++this.#lastDay);
    await this.#pool.query(
      "select graphile_worker.add_job('generate_daily_tasks', json_build_object('day', $1::text), job_key => $1, max_attempts => 30000)",
      [day],
    );
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
