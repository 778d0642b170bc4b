// worker/render/visit.ts -> [worker/render/heard.ts] -> app_public.artifacts.console, errors
// What a page says while it is rendered, kept to a limit: it may say anything, as often as it likes.
import type { ConsoleLine } from "./types.ts";

export const heardLimits = { lines: 50, lineChars: 300, errors: 20, errorChars: 500 };

/** Text as Postgres can store it in JSON, and as a person can read it. */
export function clean(text: string, most: number): string {
  // oxlint-disable-next-line no-control-regex
  const readable = text
    .slice(0, most * 2)
    .toWellFormed()
    .replace(/(?![\t\n])\p{Cc}/gu, "\ufffd");
  return readable.length > most ? `${readable.slice(0, most - 1).toWellFormed()}…` : readable;
}

/** What a browser has to say about our headers, such as names of features that it does not know, and about our pictures. */
const notThePage =
  /^(Error with Permissions-Policy header|The page requested an origin-keyed|The Cross-Origin-Opener-Policy header|\[\.WebGL-\w+\]GL Driver Message)/;

export class Heard {
  readonly console: ConsoleLine[] = [];
  readonly errors: string[] = [];

  /** Says whether there is room for more. */
  addLine(level: string, text: string): boolean {
    if (notThePage.test(text)) return true;
    if (this.console.length < heardLimits.lines) {
      this.console.push({ level: clean(level, 20), text: clean(text, heardLimits.lineChars) });
    }
    return this.console.length < heardLimits.lines;
  }

  /** What was kept so far. */
  kept(): { console: ConsoleLine[]; errors: string[] } {
    return { console: this.console, errors: this.errors };
  }

  addError(text: string): void {
    if (this.errors.length < heardLimits.errors) this.errors.push(clean(text, heardLimits.errorChars));
  }
}
