// npm start / npm test -> [prepare] -> node_modules
// Runs under whatever Node is there (20 or later), before anything of ours can: installs the locked packages when they
// are missing or older than the lock file. Among them is the Node that everything else runs on.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, "package-lock.json");
const installed = join(root, "node_modules", ".package-lock.json");

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  console.error(`Autobench needs Node 20 or later to install itself; this is ${process.version}.`);
  process.exit(1);
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.log("Installing the locked packages (npm install --no-save) ...");
  const started = performance.now();
  const status = install(process.execPath) || installWithOwnNode();
  if (status !== 0) {
    console.error(
      "The installation failed. Check the network and the free disk space (about 900 MB), then run the command again.",
    );
    process.exit(status);
  }
  console.log(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
}

/** Runs npm under a Node, and returns its exit code. */
function install(node) {
  // Not npm ci: it refuses a lock file without an entry for every platform's variant of an optional package, and the
  // lock holds only those that its registry had. This takes the locked versions as well, and leaves the lock as it is.
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: root, stdio: "inherit" };
  // npm's own entry point where npm started us, so that its version and settings are those the caller chose.
  const npm = process.env.npm_execpath;
  const run = npm?.endsWith(".js")
    ? spawnSync(node, [npm, ...args], options)
    : spawnSync("npm", args, {
        ...options,
        env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
        shell: process.platform === "win32",
      });
  return run.status ?? 1;
}

/** npm passes over optional packages that its Node is too old for: so the Node that was just installed has a look too. */
function installWithOwnNode() {
  const own = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  return major < 24 && existsSync(own) ? install(own) : 0;
}
