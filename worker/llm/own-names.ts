// app_private.maker_names() -> [worker/llm/own-names.ts] -> worker/llm/names-its-maker.ts
import { decode } from "./page-parts.ts";
import { commonWords, genericWords, ordinaryWords, toolWords } from "./maker-words.ts";

/** A model's registered names, cut into what tells. Patterns, all in lower case. */
export interface OwnNames {
  /** They mean the maker wherever they stand: "zhipu", "glm-4.6", "mistral large". */
  telling: string[];
  /** They do only where the page says who made it. */
  ordinary: string[];
}

const gap = "[ _.-]{0,2}";
const notOurs = new Set([...commonWords, ...toolWords, ...ordinaryWords]);

/**
 * From "zhipu", "GLM-4.6" or "meta-llama/Llama-3.3-70B-Instruct": each word, each word with its number, and each name of
 * several words. Words that any model may bear (chat, pro, mini) are left out, and those of less than three letters.
 */
export function ownNames(names: readonly string[]): OwnNames {
  const telling = new Set<string>();
  const ordinary = new Set<string>();
  for (const name of names.flatMap((written) => decode(written).toLowerCase().split("/"))) {
    const tokens = name.match(/\p{L}+|\d+(?:\.\d+)*/gu)?.slice(0, 12) ?? [];
    const tells = (token: string): boolean => /^\p{L}{3}/u.test(token) && !genericWords.has(token);
    if (tokens.length > 1 && tokens.some(tells)) telling.add(tokens.map(escape).join(gap));
    for (const [n, token] of tokens.entries()) {
      if (!tells(token) && !(n === 0 && /^\p{L}{2}$/u.test(token) && !genericWords.has(token))) continue;
      // "glm-4.6", "kimi k2"
      const after = tokens.slice(n + 1, n + 3);
      const number = after.findIndex((next) => /^\d/.test(next));
      if (number === 0 || (number === 1 && after[0]?.length === 1))
        telling.add(`${[token, ...after.slice(0, number + 1)].map(escape).join(gap)}\\p{L}?`); // "yi-34b"
      if (!tells(token)) continue;
      // Three letters are soon a variable's name.
      (notOurs.has(token) || token.length < 4 ? ordinary : telling).add(escape(token));
    }
  }
  return { telling: [...telling], ordinary: [...ordinary] };
}

const escape = (token: string): string => token.replaceAll(".", "[.-]");
