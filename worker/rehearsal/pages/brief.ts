// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/brief.ts] -> worker/rehearsal/pages/<theme>.ts
// What a page maker is told: the task's title, its own nouns, a palette and a source of chance, all from the prompt.
import type { Skill } from "../models.ts";
import { seeded, type Random } from "../seed.ts";
import type { Theme } from "../themes.ts";
import { choosePalette, type Palette } from "./palette.ts";
import { classify } from "./classify.ts";

export interface Brief {
  readonly skill: Skill;
  readonly theme: Theme;
  readonly title: string;
  readonly palette: Palette;
  readonly random: Random;
  /** A number for the page's own pseudo-random generator. */
  readonly seed: number;
  /** True if the task uses a word that begins so; the stems are alternatives of a regular expression. */
  mentions(stems: string): boolean;
  /** `count` labels, the task's own words first, then those of `fallback`. */
  labels(count: number, fallback: readonly string[]): string[];
}

export type PageMaker = (brief: Brief) => string;

export function readBrief(prompt: string, skill: Skill): Brief {
  const title = titleOf(prompt);
  const text = prompt.toLowerCase();
  const random = seeded(`${skill}\n${prompt}`);
  const own = nounsOf(prompt);
  return {
    skill,
    title,
    random,
    theme: classify(prompt, title),
    palette: choosePalette(random),
    seed: random.int(1, 2147483646),
    mentions: (stems) => new RegExp(`\\b(?:${stems})`).test(text),
    labels: (count, fallback) => {
      const known = new Set(own.map((label) => label.toLowerCase()));
      const spare = random.shuffled(fallback).filter((label) => !known.has(label.toLowerCase()));
      return [...own, ...spare].slice(0, count);
    },
  };
}

const makers =
  "write and design|build|create|make|design|draw|write|code|implement|craft|develop|animate|simulate|render|paint|compose|recreate|show|offer|present|set out|put|hang";
const wrapping =
  /\b(?:single|one|self-contained|complete|standalone|small|simple|interactive|html5?|web|page|document|file|app|polished|beautiful|working|playable|tiny)\b[\s-]*/gi;
// A vote is blind: whatever the task says, a page never carries the name of a maker of models.
const vendors =
  /\b(?:open\s?ai|(?:chat)?gpt[\w.-]*|claude|anthropic|gemini|google|deepseek|llama|mistral|qwen|gro[kq]|copilot|deepmind|openrouter|moonshot|rehears\w*)\b/gi;

/** The title that a task states, or the first thing that it asks for. */
export function titleOf(prompt: string): string {
  const stated =
    /^[\s*#"]*title["*]*\s*[:=]\s*["*]*(.+?)["*]*,?\s*$/im.exec(prompt)?.[1] ??
    /^#{1,3}\s+(.+)$/m.exec(prompt)?.[1] ??
    /["“]([A-Z][^"”\n]{3,60})["”]/.exec(prompt.slice(0, 120))?.[1];
  if (stated !== undefined && stated.length <= 80) return fitted(stated);
  const asked = new RegExp(
    `(?:^|[.!?\\n]\\s*)(?:please )?(?:${makers})\\s+(?:me\\s+)?(?:(?:an?|the|one|some)\\s+)?([^.,;:()\n]+)`,
    "gi",
  );
  for (const match of prompt.slice(0, 160).matchAll(asked)) {
    const phrase = (match[1] ?? "").split(/\s(?:that|which|with|where|using|whose|so|and|as|its)\s/i)[0] ?? "";
    const bare = phrase.replace(wrapping, "").trim();
    const short = bare.split(/\s(?:for|in|on|about|of|from|by)\s/i)[0] ?? "";
    const title = titleCase(short.includes(" ") ? short : bare);
    if (title.length >= 4) return title;
  }
  return titleCase(prompt.split(/[.\n]/)[0]?.split(/\s+/).slice(0, 6).join(" ") ?? "") || "Untitled";
}

function titleCase(text: string): string {
  const minor = /^(?:a|an|the|of|and|in|on|to|at|by|for|or|with|from)$/;
  const words = text
    .trim()
    .split(/\s+/)
    .map((word, index) => (index > 0 && minor.test(word) ? word : word.charAt(0).toUpperCase() + word.slice(1)));
  return fitted(words.join(" "));
}

/** Short enough for a heading, without markup and without a vendor's name. */
function fitted(text: string): string {
  const kept: string[] = [];
  for (const word of text
    .replace(vendors, "")
    .replace(/[`*_<>{}[\]\\]/g, "")
    .trim()
    .split(/\s+/)) {
    if ([...kept, word].join(" ").length > 52) break;
    kept.push(word);
  }
  return kept
    .join(" ")
    .replace(/(?:\s(?:a|an|the|of|and|in|on|to|at|by|for|or|from|with|through|must|as|like))+$/i, "")
    .replace(/[\s.,:;-]+$/, "");
}

/** Plurals that belong to how a page works rather than to what it is about. */
const common = new Set(
  `arrows colours colors buttons files libraries requests fonts images labels shapes names numbers clicks keys styles scripts minutes hours
   seconds days weeks months years rows columns cells filters totals fields axes labels scores lives levels words sentences characters lines
   moves hints brushes sounds prices kinds sizes sides moments directions switches knobs sliders headings lists quotes brackets powers ranges
   choices toggles spaces captures turns answers jumps ducks tears marks presses needs holds pits rules values series points bars units
   amounts rates wheels levers links tiles circles squares dots strokes layers breaks ones ties events agents players opponents users
   visitors results services testimonials canvas its this always towards things details states edges targets pictures mistakes tests works eases shows`.split(
    /\s+/,
  ),
);

/** The things a task lists ("kelp, crabs and limpets"): they make good labels. */
function nounsOf(prompt: string): string[] {
  const found: string[] = [];
  const lists = prompt.matchAll(
    /((?:[a-z][a-z'-]+(?: [a-z][a-z'-]+)?, )+)([a-z][a-z'-]+(?: [a-z][a-z'-]+)?),? (?:and|or) ([a-z][a-z'-]+)/gi,
  );
  for (const [, head, middle, last] of lists) found.push(...(head ?? "").split(", "), middle ?? "", last ?? "");
  for (const [, left, right] of prompt.matchAll(/\b([a-z][a-z-]+s) and ([a-z][a-z-]+s)\b/gi))
    found.push(left ?? "", right ?? "");
  const clean = found
    .map((label) =>
      label
        .replace(vendors, "")
        .trim()
        .split(" ")
        .filter(
          (word) =>
            !/^(?:of|for|with|by|in|on|at|to|from|against|between|among|an?|the|its?|some|as|and|or|like|over|under|around|while|dodging|collecting|beside|falling|mixed|given|about|rank|follow|regulate|catches|drop|launch|place|turns|walk|members|compare|show|count|list|plot|track|display|chart|sort|draw)$/i.test(
              word,
            ),
        )
        .join(" "),
    )
    .filter(
      (label) =>
        /^[a-z][a-z' -]{2,17}$/i.test(label) &&
        /[^siu]s$/.test(label) &&
        !label
          .toLowerCase()
          .split(" ")
          .some((word) => common.has(word)),
    );
  return [...new Set(clean.map((label) => label.charAt(0).toUpperCase() + label.slice(1)))].slice(0, 12);
}
