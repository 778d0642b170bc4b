// llm_attempts (answer) -> [worker/llm/extract-code.ts] -> worker/llm/fenced-blocks.ts -> artifacts

import { type Block, fencedBlocks } from "./fenced-blocks.ts";

export type Extracted =
  | { kind: "html"; html: string; isTruncated: boolean }
  | { kind: "none"; reason: "empty" | "refusal" | "no_html" };

type Candidate = { html: string; isTruncated: boolean };

/** Where things stand in the reply, found once: a search per block would be quadratic on a hostile reply. */
type Marks = { starts: number[]; ends: number[] };

const htmlLanguages = new Set(["", "html", "htm", "html5", "xhtml", "xml", "svg", "markup"]);

/** What makes a piece without <html> a page all the same. */
const pageTag =
  /<(?:script|style|canvas|svg|body|head|main|div|section|article|header|form|table|button|input|ul|h1|p|video)[\s>/]/i;

const refusalWords =
  /\b(?:i['’]?m sorry|i am sorry|i apologi[sz]e|i can(?:no|['’]?)t|i am (?:unable|not able)|i['’]m (?:unable|not able)|i won['’]?t|i must decline)\b/i;

/**
 * Takes the page out of a model's reply. The page is always a piece of the reply exactly as the model wrote it: nothing
 * is merged, mended or added, for that would be another author's work.
 *
 * A document in a fence comes before one in the open, a whole one before a broken one, a longer one before a shorter
 * one, a later one before an earlier; only then a fragment (tags without <html>) in a fence, then one in the open.
 * Every step is linear in the reply's length.
 */
export function extractCode(reply: string): Extracted {
  const answer = withoutThinking(reply);
  if (answer.trim() === "") return { kind: "none", reason: "empty" };
  const blocks = fencedBlocks(answer);
  const marks: Marks = {
    starts: positions(answer, /<!doctype\s+html|<html[\s>]/gi, "start"),
    ends: positions(answer, /<\/html\s*>/gi, "end"),
  };
  const found =
    best(blocks.map((block) => documentIn(answer, block, marks))) ??
    documentInTheOpen(answer, blocks, marks) ??
    best(blocks.map((block) => fragmentIn(answer, block))) ??
    fragmentInTheOpen(answer, blocks);
  if (found !== null) return { kind: "html", ...found };
  return { kind: "none", reason: refusalWords.test(answer.slice(0, 600)) ? "refusal" : "no_html" };
}

/** Some providers leave a reasoning model's thoughts, drafts included, in the text; some lose the opening tag. */
function withoutThinking(reply: string): string {
  const opening = /^\s*<(think|thinking)>/i.exec(reply)?.[1];
  const closing = `</${opening ?? "think"}>`;
  const end = reply.indexOf(closing);
  const rest = end === -1 ? "" : reply.slice(end + closing.length);
  if (opening !== undefined) return rest;
  return /<!doctype\s+html|<html[\s>]/i.test(rest) ? rest : reply;
}

function best(candidates: (Candidate | null)[]): Candidate | null {
  let chosen: Candidate | null = null;
  for (const candidate of candidates) {
    if (candidate === null) continue;
    if (chosen === null || isBetter(candidate, chosen)) chosen = candidate;
  }
  return chosen;
}

function isBetter(later: Candidate, earlier: Candidate): boolean {
  if (later.isTruncated !== earlier.isTruncated) return !later.isTruncated;
  return later.html.length >= earlier.html.length;
}

function documentIn(answer: string, block: Block, marks: Marks): Candidate | null {
  const start = firstFrom(marks.starts, block.start);
  if (start === undefined || start >= block.end) return null;
  const before = answer.slice(block.start, start);
  if (!htmlLanguages.has(block.language) && before.trim() !== "") return null; // a page in a string of a program
  const from = before.includes("<") ? block.start : start; // a comment before the doctype belongs to the page
  const lastEnd = lastUpTo(marks.ends, block.end);
  const isEnded = lastEnd !== undefined && lastEnd > start;
  if (isEnded) return { html: answer.slice(from, block.isClosed ? block.end : lastEnd).trim(), isTruncated: false };
  // A line of backticks inside a script closes the fence too early: then the page goes on to its own end.
  const laterEnd = marks.ends.at(-1);
  const nextStart = firstFrom(marks.starts, block.end);
  if (block.isClosed && laterEnd !== undefined && laterEnd > start && nextStart === undefined) {
    return { html: answer.slice(from, laterEnd).trim(), isTruncated: false };
  }
  return judged(answer.slice(from, block.end).trim(), block.isClosed);
}

function documentInTheOpen(answer: string, blocks: Block[], marks: Marks): Candidate | null {
  const open = marks.starts.filter(outside(blocks));
  // Prose may mention "<html>"; a page begins a line.
  const start = open.find((position) => startsLine(answer, position)) ?? open[0];
  if (start === undefined) return null;
  const end = marks.ends.at(-1);
  if (end !== undefined && end > start) return { html: answer.slice(start, end), isTruncated: false };
  const nextFence = blocks.find((block) => block.fenceStart > start);
  return judged(answer.slice(start, nextFence?.fenceStart).trim(), false);
}

function fragmentIn(answer: string, block: Block): Candidate | null {
  if (!htmlLanguages.has(block.language)) return null;
  const html = answer.slice(block.start, block.end).trim();
  return /^<[a-z!]/i.test(html) && pageTag.test(html) ? judged(html, block.isClosed) : null;
}

function fragmentInTheOpen(answer: string, blocks: Block[]): Candidate | null {
  if (blocks.length > 0) return null; // code was marked as code, and none of it is a page
  const start = /^[ \t]*<(?:script|style|canvas|svg|body|head|main|div|section)[\s>]/im.exec(answer)?.index;
  if (start === undefined) return null;
  const tail = answer.slice(start).trim();
  if (isUnclosed(tail)) return { html: tail, isTruncated: true };
  const lastTagEnd = tail.lastIndexOf(">") + 1;
  return { html: tail.slice(0, lastTagEnd), isTruncated: tail.slice(lastTagEnd).trimStart().startsWith("<") };
}

/**
 * A page without </html>. One that opened <html> is broken. One that never did is a legal page, so it is broken only if
 * it stops within a script, a style, a comment or a tag; and where the fence was closed, the reply went on after it.
 */
function judged(html: string, isClosed: boolean): Candidate {
  if (/<html[\s>]/i.test(html)) return { html, isTruncated: true };
  return { html, isTruncated: !isClosed && (isUnclosed(html) || !html.endsWith(">")) };
}

function isUnclosed(html: string): boolean {
  if (html.lastIndexOf("<!--") > html.lastIndexOf("-->")) return true;
  return [/<(\/?)script[\s>]/gi, /<(\/?)style[\s>]/gi].some((pattern) => {
    let isOpen = false;
    for (const match of html.matchAll(pattern)) isOpen = match[1] === "";
    return isOpen;
  });
}

function positions(text: string, pattern: RegExp, edge: "start" | "end"): number[] {
  const found: number[] = [];
  for (const match of text.matchAll(pattern)) found.push(match.index + (edge === "end" ? match[0].length : 0));
  return found;
}

/** The first of the ascending positions that is not before `from`. */
function firstFrom(ascending: number[], from: number): number | undefined {
  return ascending[countBelow(ascending, from)];
}

function lastUpTo(ascending: number[], upTo: number): number | undefined {
  return ascending[countBelow(ascending, upTo + 1) - 1];
}

function countBelow(ascending: number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For positions asked in ascending order; both lists are walked once. */
function outside(blocks: Block[]): (position: number) => boolean {
  let next = 0;
  return (position) => {
    while ((blocks[next]?.end ?? Infinity) <= position) next++;
    return position < (blocks[next]?.start ?? Infinity);
  };
}

function startsLine(text: string, position: number): boolean {
  let at = position - 1;
  while (at >= 0 && (text[at] === " " || text[at] === "\t")) at--;
  return at < 0 || text[at] === "\n";
}
