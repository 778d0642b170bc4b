// worker/llm/extract-code.ts -> [worker/llm/extract-code.test.ts]

import { describe, expect, it } from "vitest";
import { extractCode } from "./extract-code.ts";

const page = `<!DOCTYPE html>\n<html lang="en">\n<head><style>b { color: red }</style></head>\n<body><canvas></canvas><script>if (1 < 2) draw();</script></body>\n</html>`;
const other = `<!doctype html><html><body>other</body></html>`;
const minimal = `<!doctype html><title>t</title><script>let a = 1;</script>`;

const whole = (html: string) => ({ kind: "html", html, isTruncated: false });
const cut = (html: string) => ({ kind: "html", html, isTruncated: true });
const none = (reason: string) => ({ kind: "none", reason });

describe("a page", () => {
  it.each([
    ["bare", page],
    ["bare with space around", `\n  ${page}\n\n`],
    ["with prose around", `Here is the page you asked for:\n\n${page}\n\nI hope you like it > really.`],
    ["with prose that mentions tags", `I use \`<!doctype html>\` and <html> once.\n${page}\nDone.`],
    ["fenced", `\`\`\`html\n${page}\n\`\`\``],
    ["fenced with prose around", `Sure!\n\n\`\`\`html\n${page}\n\`\`\`\nThis draws a clock.`],
    ["fenced without a language", `\`\`\`\n${page}\n\`\`\``],
    ["fenced in capitals with a name", `\`\`\`HTML title="index.html"\n${page}\n\`\`\``],
    ["fenced with tildes", `~~~html\n${page}\n~~~`],
    ["fenced with four backticks", `\`\`\`\`html\n${page}\n\`\`\`\``],
    ["fenced inside a list", `1. The page:\n\n   \`\`\`html\n   ${page}\n   \`\`\`\n`],
    ["with CRLF", `Here:\r\n\`\`\`html\r\n${page}\r\n\`\`\`\r\n`],
    ["in a fence that is opened within a line", `Here it is: \`\`\`html\n${page}\n\`\`\``],
    ["in a fence that is never closed, though the page is", `\`\`\`html\n${page}\n\nEnjoy!`],
    ["under a wrong language", `\`\`\`jsx\n${page}\n\`\`\``],
    ["behind a file name in the fence", `\`\`\`html\nindex.html\n${page}\n\`\`\``],
    [
      "after thoughts with a draft",
      `<think>\`\`\`html\n${other.repeat(20)}\n\`\`\`</think>\n\`\`\`html\n${page}\n\`\`\``,
    ],
    ["after thoughts whose opening tag was lost", `Draft: ${other.repeat(20)} no.\n</think>\n${page}`],
    [
      "among other fences",
      `\`\`\`css\nb{}\n\`\`\`\n\`\`\`html\n${page}\n\`\`\`\n\`\`\`js\ndraw("<html></html>")\n\`\`\``,
    ],
    ["beside a shorter page", `\`\`\`html\n${page}\n\`\`\`\nOr smaller:\n\`\`\`html\n${other}\n\`\`\``],
    [
      "beside a longer page that is broken off",
      `\`\`\`html\n<html>${"x".repeat(999)}\n\`\`\`\n\`\`\`html\n${page}\n\`\`\``,
    ],
    ["in the open, with a program in a fence", `${page}\n\n\`\`\`sh\nopen index.html\n\`\`\``],
  ])("%s", (_name, reply) => {
    expect(extractCode(reply)).toEqual(whole(page));
  });

  it("keeps a comment before the doctype", () => {
    expect(extractCode(`\`\`\`html\n<!-- clock -->\n${page}\n\`\`\``)).toEqual(whole(`<!-- clock -->\n${page}`));
  });

  it("takes the later of two pages of one length", () => {
    const [first, second] = [other, other.replace("other", "later")];
    expect(extractCode(`\`\`\`html\n${first}\n\`\`\`\n\`\`\`html\n${second}\n\`\`\``)).toEqual(whole(second));
  });

  it("goes on where a script of its own seems to close the fence", () => {
    const tricky = page.replace("draw();", "text = `\n```\ncode\n```\n`;");
    expect(extractCode(`\`\`\`html\n${tricky}\n\`\`\`\nDone.`)).toEqual(whole(tricky));
    expect(extractCode(`Here:\n${tricky}\nDone.`)).toEqual(whole(tricky));
  });

  it("may do without <html>", () => {
    expect(extractCode(minimal)).toEqual(whole(minimal));
    expect(extractCode(`\`\`\`html\n${minimal}\n\`\`\``)).toEqual(whole(minimal));
  });

  it("may be a fragment", () => {
    const fragment = `<style>b{}</style>\n<canvas id="c"></canvas>\n<script>draw(1 > 0)</script>`;
    expect(extractCode(`\`\`\`html\n${fragment}\n\`\`\``)).toEqual(whole(fragment));
    expect(extractCode(`Here you go:\n\n${fragment}\nEnjoy!`)).toEqual(whole(fragment));
    expect(extractCode(`\`\`\`svg\n<svg xmlns="x"><p/></svg>\n\`\`\``)).toEqual(whole(`<svg xmlns="x"><p/></svg>`));
  });
});

function inner(fence: string): string {
  return `<div>\n${fence}\n</div>`;
}

describe("a fence", () => {
  it.each([
    ["~~~html", "```", "~~~"],
    ["```html", "~~~", "```"],
    ["````html", "```", "````"],
    ["```html", "```js", "`````"],
  ])("%s is not closed by %s but by %s", (open, other, close) => {
    expect(extractCode(`${open}\n${inner(other)}\n${close}\nDone.`)).toEqual(whole(inner(other)));
  });
});

describe("a reply that was cut", () => {
  it.each([
    ["in a fence", `\`\`\`html\n${page.slice(0, 90)}`, page.slice(0, 90)],
    ["in the open", `Here:\n${page.slice(0, 90)}`, page.slice(0, 90)],
    ["in its last tag", `\`\`\`html\n${page.slice(0, -2)}`, page.slice(0, -2)],
    ["though the fence was closed", `\`\`\`html\n<html><body>…\n\`\`\``, "<html><body>…"],
    ["in a fence opened within a line", `Here: \`\`\`html\n<html><body>\n\`\`\`\nDone`, "<html><body>"],
    ["in a script without <html>", `\`\`\`html\n${minimal.slice(0, -12)}`, minimal.slice(0, -12)],
    ["in a comment without <html>", "<!doctype html><p>x</p><!-- and >", "<!doctype html><p>x</p><!-- and >"],
    ["in a fragment", "<canvas></canvas>\n<script>for (;;) {", "<canvas></canvas>\n<script>for (;;) {"],
  ])("%s", (_name, reply, html) => {
    expect(extractCode(reply)).toEqual(cut(html));
  });

  it("in its thoughts has nothing to show", () => {
    expect(extractCode(`<think>Let me draft ${page}`)).toEqual(none("empty"));
  });
});

describe("no page", () => {
  it.each([
    ["", "empty"],
    [" \n\t", "empty"],
    ["I'm sorry, but I can't help with that.", "refusal"],
    ["I’m unable to create this.", "refusal"],
    ["I cannot write that page.", "refusal"],
    ["A clock shows 1 < 2 and 3 > 2.", "no_html"],
    ["```html\n```", "no_html"],
    ["```html", "no_html"],
    ["```js\ndocument.write('<html></html>')\n```", "no_html"],
    ["```python\nprint('<div>')\n```", "no_html"],
    ["```json\n{}\n```", "no_html"],
    ["Use `<canvas>` for it.", "no_html"],
  ])("%j is %s", (reply, reason) => {
    expect(extractCode(reply)).toEqual(none(reason));
  });
});

const eightMegabytes = 8 << 20;
const hostile = [
  "<",
  "`",
  "\n",
  " ",
  ">",
  "a",
  "\u2028```",
  "İ",
  "<html ",
  "<!doctype ",
  "<!doctype html",
  "</html",
  "</html>",
  "<html></html>",
  "<html>\n```\n",
  "```\n",
  "```html\n",
  "```html\n<html>\n```\n",
  "```html\n<div>\n```\n",
  "~~~\n```\n",
  "<script>",
  "<style ",
  "<!--",
  "-->",
  "<think>",
  "\t<div ",
];

describe("8 MiB of anything", () => {
  it.each(hostile)("%j again and again is done in well under a second", (piece) => {
    const reply = piece.repeat(Math.ceil(eightMegabytes / piece.length)).slice(0, eightMegabytes);
    extractCode(reply.slice(0, 1000));
    const startedAt = process.cpuUsage();
    extractCode(reply);
    // Time of the processor, not of the clock: a busy machine must not decide this.
    expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(700);
  });
});

/** A small generator of its own (mulberry32), so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("whatever a model writes", () => {
  const pieces = [
    "```",
    "```html\n",
    "~~~\n",
    "\n",
    " ",
    "<html>",
    "</html>",
    "<!doctype html>",
    "<script>",
    "</script>",
  ];
  const more = ["<!--", "-->", "<think>", "</think>", "a", "`", "<", ">", "<div>", "\r\n", "I can't", "\0", "\uD800"];
  const all = [...pieces, ...more];

  it("the answer is a piece of the reply, or a reason", () => {
    const next = random(20_261_120);
    const kinds = { html: 0, none: 0 };
    for (let i = 0; i < 20_000; i++) {
      const length = Math.floor(next() * 24);
      const reply = Array.from({ length }, () => all[Math.floor(next() * all.length)]).join("");
      const found = extractCode(reply);
      kinds[found.kind]++;
      if (found.kind === "none") continue;
      expect(reply, JSON.stringify(reply)).toContain(found.html);
      expect(found.html.trim(), JSON.stringify(reply)).not.toBe("");
    }
    expect(kinds.html).toBeGreaterThan(1000);
    expect(kinds.none).toBeGreaterThan(1000);
  });

  it("a page is found whole in any wrapping, and known as cut wherever it is cut", () => {
    const next = random(7);
    const pick = (from: string[]): string => from[Math.floor(next() * from.length)] ?? "";
    const prose = [
      "",
      "Sure! Here it is:\n\n",
      "A page with `<canvas>` in one file.\n",
      "1 < 2 & 3 > 2\n",
      "~ first ~\n",
    ];
    const fences = ["", "```", "```html", "~~~html", "````html", "  ```html", "```htm x=1"];
    for (let i = 0; i < 3000; i++) {
      const fence = pick(fences);
      const before = pick(prose);
      const close = /[`~]+/.exec(fence)?.[0] ?? "";
      const body = pick([page, other, page.replace("draw()", "a = '<div>'; b = `</b>`")]);
      const open = fence === "" ? before : `${before}${fence}\n`;
      const reply = `${open}${body}\n${close}\n${pick(prose)}`;
      expect(extractCode(reply), JSON.stringify(reply)).toEqual(whole(body));
      const at = "<!doctype html".length + Math.floor(next() * (body.length - "<!doctype html</html>".length));
      const found = extractCode(open + body.slice(0, at));
      const isMarked = body.slice(0, at).includes("<html");
      if (isMarked) expect(found, JSON.stringify(open + body.slice(0, at))).toEqual(cut(body.slice(0, at).trim()));
    }
  });
});
