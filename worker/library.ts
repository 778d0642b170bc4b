// content/tasks/*.md -> [worker/library.ts] -> worker/tasks/generate_daily_tasks.ts
// The built-in tasks, for days on which the writer fails: no day is ever empty.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../process/environment.ts";

export interface WrittenTask {
  title: string;
  theme: string;
  prompt: string;
}

export function readLibrary(folder = path.join(root, "content", "tasks")): WrittenTask[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => {
      const text = readFileSync(path.join(folder, name), "utf8");
      const [, title, theme, prompt] = /^# ([^\n]+)\ntheme: ([a-z-]+)\n\n([\s\S]+)$/.exec(text) ?? [];
      if (!title || !theme || !prompt) {
        throw new Error(
          `content/tasks/${name}: the first line is "# Title", the second "theme: word", then a blank line and the text.`,
        );
      }
      return { title, theme, prompt: prompt.trim() };
    });
}

/** The library's themes, which the writer chooses from too. */
export function themesOf(library: readonly WrittenTask[]): string[] {
  return [...new Set(library.map((task) => task.theme))].toSorted();
}

/**
 * A task for a day and slot: one that was not given in the last 60 days, of the themes used least, drawn by hash so that
 * a second run draws the same.
 */
export function drawFromLibrary(
  library: readonly WrittenTask[],
  recent: readonly { theme: string; title: string }[],
  seed: string,
): WrittenTask {
  const used = new Set(recent.map((task) => task.title.toLowerCase()));
  const fresh = library.filter((task) => !used.has(task.title.toLowerCase()));
  const candidates = fresh.length ? fresh : library;
  const timesUsed = (theme: string) => recent.filter((task) => task.theme === theme).length;
  const least = Math.min(...candidates.map((task) => timesUsed(task.theme)));
  const best = candidates.filter((task) => timesUsed(task.theme) === least);
  const index = createHash("sha256").update(seed).digest().readUInt32BE(0) % best.length;
  const [drawn] = best.slice(index);
  if (!drawn) throw new Error("content/tasks is empty: there is no task to fall back on.");
  return drawn;
}
