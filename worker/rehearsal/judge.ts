// worker/rehearsal/speak.ts -> [worker/rehearsal/judge.ts] -> worker/rehearsal/rubric.ts, stems.ts
// Plays the judge of a practice answer. It knows nothing but the request: the rubric in it, the statement, and the
// answer between marker lines. It looks for the rubric's ideas in what the answer explains; sentences that speak to the
// grader, praise the course, claim to be right or repeat the statement are put aside before, so they gain nothing.
import { separate } from "./markers.ts";
import { readRubric, type Criterion } from "./rubric.ts";
import { seeded } from "./seed.ts";
import { find, functionWords, tokensOf, type Token } from "./stems.ts";

export interface Judgement {
  readonly reasoning: string;
  readonly score: number;
  readonly feedback: string;
}

/** Nothing if the request holds no rubric: a judge that guesses is worse than one that says so. */
export function judgeAnswer(system: string, user: string): Judgement | undefined {
  const { answer, rest } = separate(user);
  const criteria = [rest, system].map(readRubric).find((list) => list.length > 0) ?? [];
  if (criteria.length === 0) return undefined;
  const [statement = ""] = rest.split(/^#+ .*\brubric\b/im); // to say what the rubric says is no repetition
  const { kept, putAside } = substance(answer, statement);
  const tokens = tokensOf(kept);
  const met = criteria.map((criterion) => ({ criterion, at: meets(criterion, tokens) }));
  const possible = criteria.reduce((sum, { points }) => sum + Math.max(0, points), 0);
  const earned = met.reduce((sum, { criterion, at }) => sum + (at === undefined ? 0 : criterion.points), 0);
  const scaled = possible > 0 && possible < 100 ? (earned * 100) / possible : earned;
  const isList = looksLikeList(
    kept,
    met.flatMap(({ at }) => (at === undefined ? [] : [at])),
  );
  const score = Math.round(Math.min(100, Math.max(0, isList ? scaled / 4 : scaled)));
  return {
    reasoning: reason(met, putAside, isList, kept),
    score,
    feedback: advise(met, putAside, kept, tokens, score, answer),
  };
}

type Finding = { readonly criterion: Criterion; readonly at: readonly [number, number] | undefined };

/** Where the criterion is met: the first place of its first part. */
function meets(criterion: Criterion, tokens: readonly Token[]): readonly [number, number] | undefined {
  for (const alternative of criterion.alternatives) {
    const places = alternative.map((part) => find(tokens, part)).filter((place) => place !== undefined);
    if (places.length >= (criterion.enough ?? alternative.length)) return places[0];
  }
  return undefined;
}

const toTheGrader = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,80}\b(?:instruct|rubric|above|previous|prompt|criteria|rules?|guideline)/,
  /\b(?:give|award|assign|grant|grade|rate|score|mark|set|return|output|respond|reply)\b.{0,60}\b(?:100|full (?:marks|score|points|credit)|maximum|max score|perfect|highest|top (?:marks|score)|pass(?:ed)?\b|correct\b)/,
  /\b(?:as|you are|act as|dear|hello|hi|attention|note to|message (?:to|for|from))\b.{0,24}\b(?:graders?|judges?|evaluators?|examiners?|assistant|operator|system|admin)\b/,
  /"?\b(?:score|grade|is_correct|verdict)\b"?\s*(?:[:=]|is|of)\s*"?\s*(?:\d|true|correct|pass)/,
  /^\s*(?:<+|\[|#+)?\s*(?:system|assistant|developer|operator|admin)\s*(?:\]|>+)?\s*:/,
  /\b(?:rubric|grading|criteria|key (?:ideas?|points?|terms?)|(?:expected|reference|model|ideal|correct) (?:answer|solution|response))\b/,
  /\b(?:this|the|my) (?:answer|response|submission|solution) (?:is|was|meets?|satisf\w+|covers?|contains?|mentions?|addresses|includes?|fulfils?|fully|correctly|deserves?)\b/,
  /<<<|>>>|\bend of answer\b|^\s*[{}]/,
];
const praise =
  /\b(?:thank you|thanks (?:for|to)|(?:great|excellent|brilliant|wonderful|amazing|fantastic|superb|beautiful) (?:question|problem|course|exercise|rubric|teacher|platform|site|work)|i (?:love|admire|appreciate)|well[- ]designed|kind(?:est)? regards)\b/;
const announcement =
  /^\s*(?:thought process|solution|let'?s (?:think|solve|work)|step by step|final answer|reasoning)\b[^.]{0,60}[:.]?\s*$/;

/** What is left to grade, and how many sentences were put aside. */
function substance(answer: string, statement: string): { kept: string; putAside: number } {
  const sentences = answer.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  const pairs = pairsOf(statement);
  const kept = sentences.filter((sentence) => {
    const text = sentence
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[\u200b-\u200f\u2060\ufeff*_]/g, "");
    if (toTheGrader.some((pattern) => pattern.test(text)) || praise.test(text) || announcement.test(text)) return false;
    const own = [...pairsOf(sentence)];
    return own.length < 6 || own.filter((pair) => pairs.has(pair)).length / own.length < 0.8;
  });
  return { kept: kept.join("\n"), putAside: sentences.length - kept.length };
}

function pairsOf(text: string): Set<string> {
  const stems = tokensOf(text).map((token) => token.stem);
  return new Set(stems.slice(1).map((stem, index) => `${stems[index] ?? ""} ${stem}`));
}

/** Mostly the rubric's terms, and hardly a word that makes a sentence. */
function looksLikeList(kept: string, places: readonly (readonly [number, number])[]): boolean {
  const words = kept.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  if (words.length < 3) return places.length > 0;
  const grammar = words.filter((word) => functionWords.has(word)).length / words.length;
  const matched = new Set(
    places.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, k) => first + k)),
  );
  return grammar < 0.12 && matched.size / words.length > 0.3;
}

function reason(met: readonly Finding[], putAside: number, isList: boolean, kept: string): string {
  const lines = met.map(({ criterion, at }) => {
    const found = at === undefined ? "nothing in the answer says it" : "the answer says it";
    return `${criterion.name} (${Math.round(criterion.points)}): ${found}.`;
  });
  if (kept.trim() === "") lines.unshift("The answer holds nothing that could be graded.");
  if (putAside > 0)
    lines.push(`${putAside} sentence(s) repeat the statement or speak to the grader, and were put aside.`);
  if (isList) lines.push("What is left is a list of terms rather than an explanation.");
  return lines.join(" ");
}

const directions = [
  "Go back to the numbers in the statement and ask which of them your explanation does not account for.",
  "Ask what you would have known at the moment when the decision had to be made.",
  "Say what you would check first, and what each outcome of that check would tell you.",
  "Compare two neighbouring figures in the statement that should agree, and explain why they do not.",
];

/** Nothing of the rubric goes in here: only the learner's own words, and a direction. */
function advise(
  met: readonly Finding[],
  putAside: number,
  kept: string,
  tokens: readonly Token[],
  score: number,
  answer: string,
): string {
  const sentences: string[] = [];
  const first = met.find(({ criterion, at }) => criterion.points > 0 && at !== undefined)?.at;
  const words = kept.match(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu) ?? [];
  if (first !== undefined && words.length === tokens.length) {
    sentences.push(`Where you write "${words.slice(first[0], first[0] + 4).join(" ")}" you are on solid ground.`);
  } else if (first !== undefined) sentences.push("A part of your explanation stands on solid ground.");
  else if (kept.trim() === "") sentences.push("There is nothing here yet that explains what happened.");
  else sentences.push("I could not find the cause in what you wrote.");
  if (putAside > 0) sentences.push("Use the space for the diagnosis: what is not about the problem is not graded.");
  if (score >= 90) sentences.push("Nothing of weight is missing.");
  else sentences.push(seeded(`advice\n${answer}`).pick(directions));
  return sentences.join(" ");
}
