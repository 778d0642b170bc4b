// worker/rehearsal/judge.ts -> [worker/rehearsal/rubric.ts] -> worker/rehearsal/stems.ts
// The rubric's criteria, one a list item:
//
//     - (30) Names the leak: leak & target | label leakage | computed after the outcome
//     - (-20) Blames the optimiser: learning rate | optimizer
//
// Points in brackets, a name, a colon, then alternatives divided by `|`. One alternative is enough; `&` joins parts of
// it that must all occur, anywhere. A part is a word or a short phrase, in any form of its words. A negative item takes
// points away when it is met. Further lines of an item are indented. If the points to be had come to less than 100 the
// score is scaled up to 100; it never leaves 0 to 100.
//
// A rubric in prose is read too, more roughly: under a heading that says rubric, each list item is a criterion of equal
// weight, met when an answer uses enough of its words.
import { functionWords, tokensOf, type Token } from "./stems.ts";

export interface Criterion {
  readonly name: string;
  readonly points: number;
  /** Alternatives, of which each is a list of parts. */
  readonly alternatives: readonly (readonly (readonly Token[])[])[];
  /** For prose: how many of the parts of the only alternative are enough. */
  readonly enough?: number;
}

const item = /^\s{0,3}[-*+]\s*\(\s*([-−+]?\d+(?:\.\d+)?)\s*(?:points?|pts?)?\s*\)\s*([^:]+):\s*(.+)$/i;

export function readRubric(text: string): Criterion[] {
  const criteria: Criterion[] = [];
  for (const line of joined(text)) {
    const [, points, name, terms] = item.exec(line) ?? [];
    if (points === undefined || name === undefined || terms === undefined) continue;
    const alternatives = terms
      .split("|")
      .map((alternative) =>
        alternative
          .split("&")
          .map((part) => tokensOf(part))
          .filter((part) => part.length > 0),
      )
      .filter((alternative) => alternative.length > 0);
    if (alternatives.length > 0)
      criteria.push({
        name: name.replace(/[*_`]/g, "").trim(),
        points: Number(points.replace("−", "-")),
        alternatives,
      });
  }
  return criteria.length > 0 ? criteria : readProse(text);
}

/** Lines, with the indented continuation of a list item joined to it. */
function joined(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const last = lines.at(-1);
    if (last !== undefined && item.test(last) && /^\s{2,}\S/.test(line) && !/^\s*[-*+]\s/.test(line))
      lines[lines.length - 1] = `${last} ${line.trim()}`;
    else lines.push(line);
  }
  return lines;
}

function readProse(text: string): Criterion[] {
  const part = /^#+[^\n]*rubric[^\n]*\n([\s\S]*?)(?=^# |^<<<|$(?![\s\S]))/im.exec(text)?.[1] ?? "";
  const items = [...part.matchAll(/^\s*(?:[-*+]|\d+[.)])\s+(.+)$/gm)].map((match) => match[1] ?? "");
  const usable = items.map((line) => ({ line, parts: contentOf(line) })).filter(({ parts }) => parts.length > 0);
  return usable.map(({ line, parts }) => ({
    name: line.slice(0, 60),
    points: 100 / usable.length,
    alternatives: [parts],
    enough: Math.max(1, Math.ceil(parts.length * 0.45)),
  }));
}

function contentOf(line: string): Token[][] {
  const words = line.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  return [...new Set(words.filter((word) => !functionWords.has(word)))].map((word) => tokensOf(word));
}
