// CHROMIUM_PATH, the system, npm -> [worker/render/find-browser.ts] -> worker/render/plans.ts
import { spawn } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { reachableFolder } from "../../db/cluster/binaries.ts";
import type { Browser } from "./types.ts";

const systemPrograms = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

export interface Where {
  chromiumPath?: string | undefined;
  /** Where the npm package's browser is unpacked to. */
  folder: string;
  /** The account that the browser will run as. */
  uid: number | undefined;
  system?: readonly string[];
  hasBundled?: boolean;
}

/** The browser to use: the one that the setting names, the system's, or the one from npm. A reason when there is none. */
export async function findBrowser(where: Where): Promise<Browser | { reason: string }> {
  if (where.chromiumPath) {
    if (isProgram(where.chromiumPath)) return { program: where.chromiumPath, source: "CHROMIUM_PATH", environment: {} };
    return { reason: `CHROMIUM_PATH is ${where.chromiumPath}, which is no program.` };
  }
  const program = (where.system ?? systemPrograms).find(isProgram);
  if (program) return { program, source: "system", environment: {} };
  const bundled = where.hasBundled === false ? undefined : bundledFolder();
  if (bundled) return unpack(bundled, where);
  return {
    reason:
      "There is no browser: install Chromium, name one in CHROMIUM_PATH, or let npm install the optional package @sparticuz/chromium (Linux x64).",
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false; // a read-only installation
  }
}

/** The npm package's folder, where it is installed and fits this machine. */
function bundledFolder(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    return path.resolve(path.dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..");
  } catch {
    return undefined; // an optional dependency that was left out
  }
}

async function unpack(bundled: string, where: Where): Promise<Browser> {
  const { version } = JSON.parse(readFileSync(path.join(bundled, "package.json"), "utf8")) as { version: string };
  const account = where.uid === undefined ? {} : { uid: where.uid, gid: where.uid };
  // Once for a checkout where its packages may be added to, else once for a data folder.
  const cache = path.resolve(bundled, "..", "..", ".cache");
  const base = isWritable(path.dirname(cache)) ? path.join(cache, "autobench") : where.folder;
  const folder = reachableFolder(path.join(base, `chromium-${version}`), account);
  if (!existsSync(folder)) {
    // Unpacked beside, and renamed when it is whole: two workers may do it at once.
    const half = `${folder}.${process.pid}`;
    mkdirSync(half, { recursive: true });
    await runUnpacker(half);
    chmodSync(path.join(half, "chromium"), 0o755);
    chmodSync(half, 0o755);
    try {
      renameSync(half, folder);
    } catch (error) {
      rmSync(half, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const fonts = path.join(folder, "fonts.conf");
  if (!existsSync(fonts)) writeFileSync(fonts, fontConfig(path.join(folder, "fonts")));
  return {
    program: path.join(folder, "chromium"),
    source: "@sparticuz/chromium",
    environment: { LD_LIBRARY_PATH: path.join(folder, "al2023", "lib"), FONTCONFIG_FILE: fonts },
  };
}

/** The package unpacks to the system's temporary folder and trusts what lies there: a process of its own has another one. */
function runUnpacker(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const program = path.join(import.meta.dirname, "unpack.ts");
    const child = spawn(process.execPath, [program], { env: { TMPDIR: folder, HOME: folder }, stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error("The browser of @sparticuz/chromium could not be unpacked.")),
    );
  });
}

const fontConfig = (bundled: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${bundled}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <config></config>
</fontconfig>
`;
