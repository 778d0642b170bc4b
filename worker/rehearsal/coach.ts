// worker/rehearsal/speak.ts -> [worker/rehearsal/coach.ts] -> worker/rehearsal/markers.ts
// Plays the coach: a batch of members' summaries as a JSON array (or an object with a "members" array) comes in, one
// note for each goes out, in the same order, made from that member's own figures and from nothing else. Keys it knows,
// all but "member" optional: "solved" and "attempted" (lists of { slug, title, module, score, attempts }), "streak"
// ({ days, atRisk }), "candidates" (slugs, easiest first).
import { isJson, type Json } from "./heard.ts";
import { separate } from "./markers.ts";
import { seeded } from "./seed.ts";

export interface Note {
  readonly member: string;
  readonly note: string;
  readonly nextProblem: string | null;
}

export function coachMembers(user: string): { notes: Note[] } {
  const { answer, rest } = separate(user);
  const members = membersIn(answer) ?? membersIn(rest) ?? [];
  return { notes: members.map(noteFor) };
}

/** The batch: the first JSON value in the text that is a list of objects, or holds one under "members". */
function membersIn(text: string): readonly Json[] | undefined {
  for (const match of text.matchAll(/[[{]/g)) {
    const end = text.lastIndexOf(match[0] === "[" ? "]" : "}");
    if (end < match.index) continue;
    const parsed = parse(text.slice(match.index, end + 1));
    const list = isJson(parsed) && Array.isArray(parsed["members"]) ? parsed["members"] : parsed;
    if (Array.isArray(list) && list.some(isJson)) return list.filter(isJson);
    if (isJson(parsed) && "member" in parsed) return [parsed];
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Attempt {
  readonly title: string;
  readonly module: string;
  readonly score: number | undefined;
  readonly attempts: number;
}

function noteFor(summary: Json): Note {
  const member = textIn(summary, "member");
  const random = seeded(`coach\n${JSON.stringify(summary)}`);
  const solved = attemptsIn(summary["solved"]);
  const open = attemptsIn(summary["attempted"]).filter(
    (attempt) => !solved.some(({ title }) => title === attempt.title),
  );
  const scores = [...solved, ...open].flatMap(({ score }) => score ?? []);
  const sentences: string[] = [];

  const best = solved.toSorted((left, right) => (right.score ?? 0) - (left.score ?? 0))[0];
  if (best !== undefined && (best.score ?? 0) >= 85)
    sentences.push(
      `In ${best.title} your explanation covered nearly everything, and in ${best.attempts === 1 ? "one attempt" : `${best.attempts} attempts`}.`,
    );
  else if (best !== undefined) sentences.push(`You stayed with ${best.title} until it was solved.`);
  else if (open.length > 0) sentences.push("You have made a start, which is where most diagnoses become clearer.");

  const hard = open.toSorted(
    (left, right) => right.attempts - left.attempts || (left.score ?? 0) - (right.score ?? 0),
  )[0];
  if (hard !== undefined) sentences.push(`${capital(hard.title)} is still open: ${random.pick(habits)}.`);
  else if (scores.some((score) => score < 85)) sentences.push(`Next time, ${random.pick(habits)}.`);

  const streak = isJson(summary["streak"]) ? summary["streak"] : {};
  const days = Number(streak["days"] ?? summary["streak"] ?? 0);
  if (days > 1 && (streak["atRisk"] ?? streak["at_risk"] ?? summary["at_risk"]) === true)
    sentences.push(`Your ${days} days in a row end tonight unless you answer something.`);
  if (sentences.length === 0) sentences.push(random.pick(welcomes));
  return { member, note: sentences.join(" "), nextProblem: choose(summary, hard, scores) };
}

const habits = [
  "before you write, pick the one figure that your diagnosis has to explain",
  "say first what you would check, and only then what you believe",
  "ask when each value became known, and to whom",
  "name a second cause that would look the same, and how to tell the two apart",
  "end with the smallest change that would prove you wrong",
];
const welcomes = [
  "Welcome: the first problem is short, and there is no hurry.",
  "Welcome. Start with the one suggested here, and write down how you got to your answer.",
];

function attemptsIn(list: unknown): Attempt[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    const record = isJson(entry) ? entry : { title: entry };
    return {
      title: harmless(record["title"] ?? record["slug"]) || "your last problem",
      module: textIn(record, "module"),
      score: typeof record["score"] === "number" ? record["score"] : undefined,
      attempts: Number(record["attempts"] ?? 1) || 1,
    };
  });
}

/** A title is somebody's text: it is quoted only if it looks like one. */
function harmless(title: unknown): string {
  return typeof title === "string" &&
    /^[\p{L}\p{N} ,.'’?:()-]{1,60}$/u.test(title) &&
    !/\b(?:ignore|instruction|system|grade)/i.test(title)
    ? title
    : "";
}

/** From the member's own candidates: the module that resists first, else easier or harder as the scores suggest. */
function choose(summary: Json, hard: Attempt | undefined, scores: readonly number[]): string | null {
  const listed: readonly unknown[] = Array.isArray(summary["candidates"]) ? summary["candidates"] : [];
  const candidates = listed
    .map((entry) => (isJson(entry) ? entry : { slug: entry }))
    .map((entry) => ({ slug: textIn(entry, "slug"), module: textIn(entry, "module") }))
    .filter(({ slug }) => slug !== "");
  const related = candidates.find(({ module }) => module !== "" && module === hard?.module);
  const mean = scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const step = mean >= 85 ? 2 : mean >= 65 ? 1 : 0;
  return (related ?? candidates[Math.min(step, candidates.length - 1)])?.slug ?? null;
}

function textIn(record: Json, key: string): string {
  const value = record[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
