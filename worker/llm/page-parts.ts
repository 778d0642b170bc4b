// worker/llm/names-its-maker.ts -> [worker/llm/page-parts.ts] -> the places of a page where a name may stand

/** A page cut into the places where its maker may be named. Every part is decoded; lines stand for blocks. */
export interface PageParts {
  /** The page as it is written, its entities decoded. */
  code: string;
  /** What a reader sees: no tags, no script, no style; what stands in one line of text is joined. */
  text: string;
  /** The comments of markup, script and style, and the titles. */
  notes: string;
  /** What the page's own data says of its author. */
  credits: string;
}

/** They end a line of text; every other element, known or not, stands within one. */
const blocks = new Set(
  (
    "address article aside audio blockquote body br button canvas caption center col colgroup dd details dialog div dl dt " +
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hr html iframe img input legend li link " +
    "main menu meta meter nav object ol optgroup option p pre progress section select summary svg table tbody td template " +
    "text textarea tfoot th thead title tr ul video"
  ).split(" "),
);
/** Their content is no markup: it ends at their own end tag alone. */
const rawElements = new Set(["script", "style", "title", "textarea"]);
const unseenElements = new Set(["script", "style"]);

const authorNames = /author|creator|generator|copyright|publisher|owner|designer|developer/i;

/** Reads each character of a page a bounded number of times, however it is broken. */
export function pageParts(html: string): PageParts {
  const text: string[] = [];
  const notes: string[] = [];
  const credits: string[] = [];
  const ends = new Map<string, RegExp>();
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open === -1) break;
    text.push(html.slice(at, open));
    if (html.startsWith("<!--", open)) {
      const end = html.indexOf("-->", open + 2); // "<!-->" is a whole comment
      at = end === -1 ? html.length : end + 3;
      notes.push(html.slice(open + 4, end === -1 ? at : end));
      continue;
    }
    const [, slash = "", written = ""] = /^<(\/?)([a-z][^\s/>]{0,40})/i.exec(html.slice(open, open + 44)) ?? [];
    if (!written) {
      const isMarkup = /[!?/]/.test(html.charAt(open + 1));
      if (!isMarkup) text.push("<");
      const end = isMarkup ? html.indexOf(">", open) : open;
      at = end === -1 ? html.length : end + 1;
      continue;
    }
    const name = written.toLowerCase();
    const end = endOfTag(html, open);
    at = end;
    if (blocks.has(name)) text.push("\n");
    if (slash) continue;
    if (name === "meta") credits.push(creditOf(html.slice(open, Math.min(end, open + 2000))));
    if (!rawElements.has(name)) continue;
    const closing = ends.get(name) ?? new RegExp(`</${name}[\\s/>]`, "gi");
    ends.set(name, closing);
    closing.lastIndex = end;
    at = closing.exec(html)?.index ?? html.length;
    const content = html.slice(end, at);
    if (!unseenElements.has(name)) text.push(content);
    if (name === "title") notes.push(content);
  }
  text.push(html.slice(at));
  const code = decode(html);
  return {
    code,
    text: decode(text.join("")),
    notes: decode([...notes, ...codeComments(code)].join("\n")),
    credits: decode(credits.join("\n")),
  };
}

/** Behind the `>` that ends the tag; one in a quoted value does not. */
function endOfTag(html: string, open: number): number {
  const sign = /[>"']/g;
  sign.lastIndex = open;
  for (let found = sign.exec(html); found; found = sign.exec(html)) {
    if (found[0] === ">") return sign.lastIndex;
    // A quote opens a value only behind an equals sign: elsewhere it is a slip, and part of a name.
    if (!/=\s{0,8}$/.test(html.slice(Math.max(open, found.index - 9), found.index))) continue;
    const closing = html.indexOf(found[0], found.index + 1);
    if (closing === -1) return html.length;
    sign.lastIndex = closing + 1;
  }
  return html.length;
}

function creditOf(tag: string): string {
  const valueOf = (attribute: RegExp): string => {
    const [, double, single, bare] = attribute.exec(tag) ?? [];
    return double ?? single ?? bare ?? "";
  };
  const name = valueOf(/\s(?:name|property|itemprop)\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/i);
  return authorNames.test(decode(name)) ? valueOf(/\scontent\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/i) : "";
}

/** The beginnings of the comments in script and style: who wrote it stands at the top. */
function codeComments(code: string): string[] {
  return [...code.matchAll(/\/\*((?:[^*]|\*(?!\/)){0,2000})|(?<![:\w"'/])\/\/([^\n]{0,500})/g)].map(
    ([, block, line]) => block ?? line ?? "",
  );
}

/** Of all named entities only these matter around a name: letters are written by number or as the styled ones below. */
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ensp: " ",
  emsp: " ",
  thinsp: " ",
  Tab: "\t",
  NewLine: "\n",
  copy: "©",
  period: ".",
  comma: ",",
  colon: ":",
  plus: "+",
  equals: "=",
  lowbar: "_",
  sol: "/",
  num: "#",
  hyphen: "-",
  dash: "-",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  middot: "·",
  bull: "•",
  shy: "",
  zwj: "",
  zwnj: "",
  ZeroWidthSpace: "",
  NoBreak: "",
};

/** Entities by name and number are read, letters of other shapes become plain ones, and what has no width goes. */
export function decode(source: string): string {
  return source
    .replaceAll(
      /&(?:#x([\da-f]{1,8})|#(\d{1,8})|([a-z]{2,16}));?/gi,
      (whole: string, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) return entities[name] ?? /^([a-z])(?:fr|opf|scr)$/i.exec(name)?.[1] ?? whole;
        const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : "\uFFFD";
      },
    )
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
}
