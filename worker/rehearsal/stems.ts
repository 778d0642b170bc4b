// worker/rehearsal/judge.ts -> [worker/rehearsal/stems.ts]
// Words reduced to stems, and the question whether a text says a thing: in any form of its words, across punctuation,
// and not if it was denied just before.

/** A stem; `breaks` is true where a new clause begins before it, so that a "not" further back does not reach it. */
export interface Token {
  readonly stem: string;
  readonly breaks: boolean;
}

/** All words of denial are one: "without a control group" says what "no control group" says. */
const denial = "¬";
const deniers = new Set(["not", "no", "never", "without", "neither", "nor", "none", "cannot", "hardly", "nothing"]);
const breakers = new Set(
  "but however instead although though while because so since thus therefore hence which that whereas yet except".split(
    " ",
  ),
);
const fillers = new Set(
  "a an the of in on to for at by with from as its our your their his her this these those very really just".split(" "),
);

/** Words that carry grammar rather than content: a text without them is a list, not an explanation. */
export const functionWords = new Set(
  [...fillers, ...breakers, ...deniers].concat(
    "is are was were be been being it they them he she we you i and or if then than when where who what how why do does did has have had can could will would should may might must there here into over after before between up down out more most less only also not all any each some such both them us my me one".split(
      " ",
    ),
  ),
);

export function tokensOf(text: string): Token[] {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[’`´]/g, "'")
    .replace(/\b(?:can't|cannot)\b/g, "can not")
    .replace(/n't\b/g, " not")
    .replace(/\bnot (?:only|just|merely|simply)\b|\bno (?:doubt|wonder)\b/g, " ")
    .replace(
      /\b(?:rather than|instead of|as opposed to|far from|nothing to do with|rul(?:e|es|ed|ing) out)\b/g,
      " not ",
    );
  const tokens: Token[] = [];
  let breaks = true;
  for (const match of plain.matchAll(/[\p{L}\p{N}]+(?:'[\p{L}]+)?|[.,;:!?()[\]\n—–]/gu)) {
    const word = match[0];
    if (!/[\p{L}\p{N}]/u.test(word)) {
      breaks = true;
    } else if (deniers.has(word)) {
      tokens.push({ stem: denial, breaks });
      breaks = false;
    } else {
      tokens.push({ stem: stem(word), breaks: breaks || breakers.has(word) });
      breaks = breakers.has(word);
    }
  }
  return tokens;
}

/** A light stemmer: British and American spelling meet, and the forms of a word fall together. */
export function stem(word: string): string {
  let w = word.replace(/'s?$/, "").replace(/'/g, "");
  if (w.length <= 3 || /\d/.test(w)) return w;
  w = w
    .replace(/isation/g, "ization")
    .replace(/is(e[ds]?|ing)$/, "iz$1")
    .replace(/yse/g, "yze")
    .replace(/our(?=s?$|ed$|ing$|al)/, "or");
  w = w
    .replace(/sses$/, "ss")
    .replace(/ies$/, "y")
    .replace(/(?<=[^aeiouys]|[aeiou][^aeiouys]e|e)s$/, "")
    .replace(/ied$/, "y");
  for (const [ending, replacement] of endings) {
    const base = w.slice(0, w.length - ending.length);
    if (w.endsWith(ending) && base.length >= 4 - replacement.length && /[aeiouy]/.test(base)) {
      w = base + replacement;
      break;
    }
  }
  w = w.replace(/([bdfgmnprtz])\1$/, "$1").replace(/y$/, "i");
  return w.length > 4 ? w.replace(/e$/, "") : w;
}

const endings: readonly (readonly [string, string])[] = [
  ["ization", "iz"],
  ["fulness", "ful"],
  ["ational", "at"],
  ["ations", "at"],
  ["ation", "at"],
  ["ments", ""],
  ["ment", ""],
  ["ingly", ""],
  ["ities", ""],
  ["ances", ""],
  ["ences", ""],
  ["ness", ""],
  ["ance", ""],
  ["ence", ""],
  ["ions", ""],
  ["able", ""],
  ["ible", ""],
  ["ages", ""],
  ["ings", ""],
  ["ity", ""],
  ["ion", ""],
  ["ing", ""],
  ["age", ""],
  ["ers", ""],
  ["ed", ""],
  ["er", ""],
  ["ly", ""],
  ["al", ""],
];

const actions = new Set(
  "use include train rely trust feed keep let split shuffle drop mix consider account allow ignore check validate control avoid prevent remove detect notice know available apply compute fit tune pick choose report compare measure generalise"
    .split(" ")
    .map(stem),
);

/** Where a term stands in a text and is not denied, as [first, last] positions; nothing if it does not. */
export function find(text: readonly Token[], term: readonly Token[]): readonly [number, number] | undefined {
  const wanted = term.filter((token, index) => index === 0 || !fillers.has(token.stem)).map((token) => token.stem);
  const [head] = wanted;
  if (head === undefined) return undefined;
  for (let start = 0; start < text.length; start++) {
    if (!same(text[start]?.stem, head)) continue;
    const end = follow(text, wanted, start);
    if (end === undefined) continue;
    const [first, last] = start < end ? [start, end] : [end, start];
    if (head === denial || !isDenied(text, first)) return [first, last];
  }
  return undefined;
}

/**
 * The words of a term in order, with at most two others between neighbours. Two words may also stand the other way
 * round: "leakage of the target" is target leakage.
 */
function follow(text: readonly Token[], wanted: readonly string[], start: number): number | undefined {
  let at = start;
  for (const stem of wanted.slice(1)) {
    const ahead = [1, 2, 3].map((step) => at + step);
    const around = wanted.length === 2 && wanted[0] !== denial ? [...ahead, at - 1, at - 2, at - 3] : ahead;
    const next = around.find((place) => same(text[place]?.stem, stem));
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

/**
 * A denial in the same clause, with at most three words of content between; but "do not use the leaking feature" says
 * that it leaks, so a verb that says what not to do takes the denial upon itself.
 */
function isDenied(text: readonly Token[], start: number): boolean {
  let between = 0;
  for (let place = start; place > 0 && between <= 3; place--) {
    if (text[place]?.breaks === true) return false;
    const before = text[place - 1]?.stem ?? "";
    if (before === denial) return true;
    if (actions.has(before)) return false;
    if (!fillers.has(before)) between++;
  }
  return false;
}

/** Equal stems, or one the other's beginning where both are long enough for that to mean something. */
function same(left: string | undefined, right: string): boolean {
  if (left === undefined) return false;
  if (left === right) return true;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return short.length >= 5 && long.startsWith(short) && long.length - short.length <= 4;
}
