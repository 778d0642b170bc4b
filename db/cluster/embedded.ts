// npm start, npm test -> [db/cluster/embedded.ts] -> postgres
// A private Postgres 18 cluster in one folder: made on first use, started, and stopped last.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ExplainedError } from "../../process/explained.ts";
import { type Account, postgresAccount, postgresFolder, reachableFolder } from "./binaries.ts";
import { adoptLeftover, isPostgres, readPidFile } from "./leftover.ts";
import { keepSecret } from "./secret.ts";

export interface Cluster {
  /** The folder with the data and the secrets; the wanted one, or its stand-in when root cannot share it. */
  folder: string;
  port: number;
  /** Connection string of the superuser, whose password is random and stays in the folder. */
  superuserUrl(database: string): string;
  stop(): Promise<void>;
}

const initdbFlags = [
  "--encoding=UTF8",
  "--locale-provider=builtin", // the same order on every machine, whatever locales its system has
  "--builtin-locale=C.UTF-8",
  "--locale=C",
  "--auth-local=scram-sha-256",
  "--auth-host=scram-sha-256",
];

export async function startCluster(options: {
  folder: string;
  settings?: Record<string, string | number>;
}): Promise<Cluster> {
  const account = postgresAccount();
  const programs = path.join(postgresFolder(account), "bin");
  const folder = reachableFolder(options.folder, account);
  const pgdata = path.join(folder, "postgres");
  fs.mkdirSync(folder, { recursive: true });
  if (!fs.existsSync(path.join(pgdata, "PG_VERSION"))) initialise(programs, folder, pgdata, account);
  refuseOtherMajor(pgdata);

  const password = fs.readFileSync(path.join(folder, "superuser.password"), "utf8").trim();
  const urlAt = (port: number, name = "postgres") => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  const adopted = await adoptLeftover(pgdata, urlAt);
  const running = adopted
    ? { port: adopted.port, stop: () => stopAdopted(adopted.pid, pgdata) }
    : await launch(programs, folder, pgdata, account, options.settings ?? {});
  return { folder, ...running, superuserUrl: (database) => urlAt(running.port, database) };
}

/** initdb into a temporary folder that is then renamed, so that a killed first start leaves no half a cluster. */
function initialise(programs: string, folder: string, pgdata: string, account: Account): void {
  for (const left of fs.globSync("initdb-*", { cwd: folder })) fs.rmSync(path.join(folder, left), { recursive: true });
  const half = fs.mkdtempSync(path.join(folder, "initdb-"));
  try {
    // A password without a cluster is of a first start that was killed: nothing knows it.
    fs.rmSync(path.join(folder, "superuser.password"), { force: true });
    const password = keepSecret(path.join(folder, "superuser.password"), () => randomBytes(24).toString("base64url"));
    const passwordFile = path.join(half, "password");
    fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (account.uid !== undefined && account.gid !== undefined) {
      for (const file of [half, passwordFile]) fs.chownSync(file, account.uid, account.gid);
    }
    const flags = [`--pgdata=${half}/postgres`, "--username=postgres", `--pwfile=${passwordFile}`, ...initdbFlags];
    const run = spawnSync(path.join(programs, "initdb"), flags, {
      ...account,
      env: postgresEnvironment,
      encoding: "utf8",
    });
    if (run.error ?? run.status !== 0) {
      throw new ExplainedError(
        `initdb could not make a database cluster in ${folder}: ${run.error?.message ?? run.stderr}`,
      );
    }
    fs.renameSync(path.join(half, "postgres"), pgdata);
  } finally {
    fs.rmSync(half, { recursive: true, force: true });
  }
}

const postgresEnvironment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

function refuseOtherMajor(pgdata: string): void {
  const major = fs.readFileSync(path.join(pgdata, "PG_VERSION"), "utf8").trim();
  if (major !== "18") {
    throw new ExplainedError(
      `${pgdata} was made by Postgres ${major}, and this version runs Postgres 18. Move the folder away, or set DATA_DIR to another one.`,
    );
  }
}

async function launch(
  programs: string,
  folder: string,
  pgdata: string,
  account: Account,
  extra: Record<string, string | number>,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const portFile = path.join(folder, "port");
  const remembered = fs.existsSync(portFile) ? Number(fs.readFileSync(portFile, "utf8")) : 0;
  const port = await freePort(remembered);
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
    log_error_verbosity: "terse", // otherwise the log would hold whole failing rows
    max_connections: 100,
    ...extra,
  };
  const flags = ["-D", pgdata, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const logFile = path.join(folder, "postgres.log");
  const log = fs.openSync(logFile, "a", 0o600); // a file, not a pipe: it outlives us
  const [program, args, identity] = withDeathSignal(path.join(programs, "postgres"), flags, account);
  const child = spawn(program, args, {
    ...identity,
    env: postgresEnvironment,
    cwd: pgdata,
    stdio: ["ignore", log, log],
    detached: true, // its own process group: Ctrl-C reaches Node alone, which stops Postgres last
  });
  fs.closeSync(log);
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => resolve(void (ended = signal ?? `exit code ${code}`)));
    child.once("error", (error) => resolve(void (ended = error.message)));
  });

  const deadline = performance.now() + 60_000;
  for (;;) {
    const state = readPidFile(pgdata);
    if (state?.pid === child.pid && state?.status === "ready") break;
    if (ended !== undefined || performance.now() > deadline) {
      const tail = fs.readFileSync(logFile, "utf8").split("\n").slice(-8).join("\n");
      throw new ExplainedError(
        `Postgres did not start (${ended ?? "no answer within a minute"}). The end of ${logFile}:\n${tail}`,
      );
    }
    await delay(5);
  }
  fs.writeFileSync(portFile, String(port));
  child.unref();
  return {
    port,
    async stop() {
      if (ended !== undefined) return;
      child.ref();
      // Smart first: connections whose pool has just ended say goodbye in peace. Then fast.
      child.kill("SIGTERM");
      await Promise.race([gone, delay(1000, undefined, { ref: false })]);
      if (ended === undefined) child.kill("SIGINT");
      await gone;
    },
  };
}

/**
 * On Linux Postgres is told to shut down when its parent dies, so that even a killed process leaves no database behind.
 * setpriv drops to the account itself, since a change of user afterwards would clear the order.
 */
function withDeathSignal(program: string, flags: string[], account: Account): [string, string[], Account] {
  const setpriv =
    process.platform === "linux" && ["/usr/bin/setpriv", "/bin/setpriv"].find((file) => fs.existsSync(file));
  if (!setpriv) return [program, flags, account];
  const drop = account.uid === undefined ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups"];
  return [setpriv, [...drop, "--pdeathsig", "INT", "--", program, ...flags], {}];
}

async function stopAdopted(pid: number, pgdata: string): Promise<void> {
  if (isPostgres(pid, pgdata)) process.kill(pid, "SIGINT");
  while (isPostgres(pid, pgdata)) await delay(20);
}

async function freePort(wanted: number): Promise<number> {
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const probe = net.createServer().once("error", reject);
      probe.listen(port, "127.0.0.1", () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
      });
    });
  return listen(wanted).catch(() => listen(0));
}
