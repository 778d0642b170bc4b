// worker/llm/extract-code.ts -> [worker/llm/fenced-blocks.ts]

/** A fenced block of Markdown, as positions in the text. */
export type Block = {
  /** Where the opening fence stands. */
  fenceStart: number;
  start: number;
  end: number;
  /** The first word behind the opening fence, in lower case. */
  language: string;
  /** False for a block that only the end of the text ended. */
  isClosed: boolean;
};

/** No model writes so many; a reply that does is an attack, and its later fences do not count. */
const maxBlocks = 10_000;

/**
 * As CommonMark has it: three or more backticks or tildes, closed by at least as many of the same alone on a line. Any
 * indentation is accepted, since models fence inside lists.
 */
export function fencedBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: (Omit<Block, "end" | "isClosed"> & { fence: string }) | null = null;
  for (const match of text.matchAll(/^[ \t]*(`{3,}|~{3,})([^\n]*)$/gm)) {
    const fence = match[1] ?? "";
    const info = (match[2] ?? "").trim();
    if (open === null) {
      if (fence.startsWith("`") && info.includes("`")) continue; // code within a line
      const language = /^[a-z0-9+#-]*/i.exec(info)?.[0].toLowerCase() ?? "";
      open = { fenceStart: match.index, start: match.index + match[0].length, language, fence };
    } else if (info === "" && fence.startsWith(open.fence)) {
      blocks.push(finished(open, match.index, true));
      open = null;
      if (blocks.length === maxBlocks) return blocks;
    }
  }
  if (open !== null) blocks.push(finished(open, text.length, false));
  return blocks;
}

function finished(open: Omit<Block, "end" | "isClosed">, end: number, isClosed: boolean): Block {
  const { fenceStart, start, language } = open;
  return { fenceStart, start, end, language, isClosed };
}
