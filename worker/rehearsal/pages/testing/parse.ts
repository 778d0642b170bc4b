// worker/rehearsal/pages/pages.test.ts -> [worker/rehearsal/pages/testing/parse.ts]
// As much of an HTML parser as a test of our own pages needs: which elements there are, and whether they close.

const voids = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
/** Drawing elements that are written without an end tag, with a slash. */
const selfClosed = /\/>$/;

export function elementsOf(page: string): { elements: string[]; unbalanced: string[] } {
  const markup = page.replaceAll(/(<(script|style|textarea|title)\b[^>]*>)[\s\S]*?(<\/\2>)/gi, "$1$3");
  const elements: string[] = [];
  const open: string[] = [];
  const unbalanced: string[] = [];
  for (const match of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/gi)) {
    const name = (match[2] ?? "").toLowerCase();
    if (match[1] === "/") {
      if (open.at(-1) === name) open.pop();
      else unbalanced.push(`</${name}> closes <${open.at(-1) ?? "nothing"}>`);
    } else {
      elements.push(name);
      if (!voids.has(name) && !selfClosed.test(match[0])) open.push(name);
    }
  }
  return { elements, unbalanced: [...unbalanced, ...open.map((name) => `<${name}> stays open`)] };
}

export function scriptsOf(page: string): string[] {
  return [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? "");
}
