// worker/llm/extract-code.ts -> [worker/llm/names-its-maker.ts] -> submissions (flagged, not paired)

/**
 * Names that mean a maker wherever they stand as a word of their own, in code, comments or text. A few are also
 * ordinary names (the constellation Gemini, a man called Claude): a page flagged for nothing is only left out of blind
 * pairs, while a page missed tells every voter whose it is.
 */
const plainNames = [
  "openai",
  "chatgpt",
  "anthropic",
  "claude",
  "deepseek",
  "deepmind",
  "gemini",
  "qwen",
  "groq",
  "openrouter",
  "chatglm",
  "mistral ai",
  "moonshot ai",
  "meta ai",
  "google ai",
  "kimi k",
];

/** Famous bearers of a plain name, who build no pages. */
const namesakes = ["monet", "debussy", "shannon", "lorrain", "chabrol", "rains", "van damme"];

/** Families that are a word too; a version number makes them a model. */
const numberedNames = ["gpt", "llama", "grok", "gemma", "mistral", "ernie"];

/**
 * Words far too common to flag: opus is a codec and a work of music, sonnet and haiku are poems, Google has fonts, a
 * nova explodes. They count only where the page says who made it ("made by Opus", "I am Nova").
 */
const commonWords = [
  "google",
  "meta",
  "microsoft",
  "amazon",
  "xai",
  "mistral",
  "llama",
  "grok",
  "gemma",
  "bard",
  "opus",
  "sonnet",
  "haiku",
  "nova",
  "kimi",
  "ernie",
  "cohere",
  "copilot",
  "gpt",
];

/** A Google product on a page is no signature. */
const products = ["fonts", "maps", "analytics", "charts", "translate"];

const makingVerbs = [
  "made",
  "created",
  "generated",
  "built",
  "written",
  "coded",
  "developed",
  "designed",
  "powered",
  "trained",
];

const plain = new RegExp(
  `(?<![a-z])(${plainNames.map((name) => name.replace(" ", "[ _-]?")).join("|")})(?![a-z])(?![ _-](?:${namesakes.join("|")}))`,
  "gi",
);
// "kimi k2", "gpt-4o", "Llama 3", "o3-mini"
const numbered = new RegExp(`(?<![a-z])((?:${numberedNames.join("|")})[ _-]?v?\\d[\\w.]{0,8})`, "gi");
const reasoner = /(?<![a-z0-9])(o\d-(?:mini|pro|preview))(?![a-z])/gi;
// Few words between, each of bounded length: a hostile page must not make the search long.
const common = `(${commonWords.join("|")})(?![a-z])(?!\\s{1,8}(?:${products.join("|")}))`;
const gap = "\\s{1,8}";
const word = `[a-z]{1,16}[,:]?${gap}`;
// "made by Opus", "built with love by Google"
const made = new RegExp(
  `(?<![a-z])(?:${makingVerbs.join("|")})${gap}(?:by|with|using)${gap}(?:${word}){0,2}${common}`,
  "gi",
);
// "I'm Bard", "I am an assistant from Google", but not "I'm a llama"
const introduced = new RegExp(
  `(?<![a-z])(?:i${gap}am|i['’]m|my${gap}name${gap}is)${gap}(?:an?${gap}(?:${word}){1,4}(?:called|named|from|by)${gap})?${common}`,
  "gi",
);

/**
 * The words by which a page gives its maker away, in lower case, each once; empty for a page that may be paired.
 * `text` is what a reader sees (from the renderer), where a name may stand that the code hides in pieces.
 */
export function namesItsMaker(html: string, text = ""): string[] {
  const words = new Set<string>();
  for (const source of [html, text]) {
    for (const pattern of [plain, numbered, reasoner, made, introduced]) {
      for (const match of source.matchAll(pattern)) words.add((match[1] ?? "").toLowerCase());
    }
  }
  return [...words];
}
