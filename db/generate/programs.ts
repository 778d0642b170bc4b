// db/generate/check.ts -> [db/generate/programs.ts] -> squawk, postgres-language-server
// The linters of others, each as a function that returns what it finds.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { text } from "node:stream/consumers";
import { root } from "../../process/environment.ts";

/** A program of a package, run by our own Node wherever npm has put it. */
async function run(
  name: string,
  program: string,
  flags: readonly string[],
  options: { input?: string; environment?: Record<string, string> } = {},
): Promise<{ code: number | null; output: string; words: string }> {
  const folder = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const child = spawn(process.execPath, [path.join(folder, program), ...flags], {
    cwd: root,
    env: options.environment ?? {},
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined); // it ended before it read
  child.stdin.end(options.input ?? "");
  const exit = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [code, output, words] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, output, words };
}

interface SquawkFinding {
  file: string;
  line: number;
  level: string;
  message: string;
  rule_name: string;
}

/** Squawk on one migration: which statements would hold up a database in use. */
export async function squawk(file: string, sql: string): Promise<string[]> {
  const flags = ["--config", ".squawk.toml", "--reporter", "json", "--stdin-filepath", file];
  const { code, output, words } = await run("squawk-cli", "js/bin/squawk", flags, { input: sql });
  if (!output.trim()) throw new Error(`squawk failed (exit code ${code}): ${words}`);
  const findings: SquawkFinding[] = JSON.parse(output);
  return findings.map((one) => `${one.file}:${one.line + 1} ${one.rule_name}: ${one.message}`);
}

interface DblintReport {
  diagnostics: { severity: string; category: string; message: string }[];
}

/** The rules of "splinter" on a live database. The address goes in the environment: arguments can be read by others. */
export async function dblint(url: string): Promise<string[]> {
  const flags = ["dblint", "--config-path=db/generate/dblint.jsonc", "--reporter=json", "--max-diagnostics=none"];
  const { code, output, words } = await run("@postgres-language-server/cli", "bin/postgres-language-server", flags, {
    environment: { DATABASE_URL: url },
  });
  if (!output.startsWith("{")) throw new Error(`dblint failed (exit code ${code}): ${words || output}`);
  const report: DblintReport = JSON.parse(output);
  return report.diagnostics.map((one) => `${one.category}: ${one.message.replaceAll("\\`", "`")}`);
}
