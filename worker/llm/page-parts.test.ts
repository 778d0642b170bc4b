// worker/llm/page-parts.ts -> [worker/llm/page-parts.test.ts]

import { describe, expect, it } from "vitest";
import { decode, pageParts } from "./page-parts.ts";

const squeezed = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

describe("what a reader sees", () => {
  it.each([
    ["<b>Clau</b><b>de</b>", "Claude"],
    ["<p>one</p><p>two</p>", "one two"],
    ["<td>one</td><td>two</td>", "one two"],
    ["one<br>two", "one two"],
    ["<my-mark>a</my-mark>b", "ab"],
    ["a<!-- > --><!-->b", "ab"],
    ["<style>a</style>b<SCRIPT>if (a < b) '<p>'</SCRIPT >c", "bc"],
    ["<script>never closed", ""],
    ["<title>A <b> title</title>b", "A <b> title b"],
    ["<textarea><p>typed</textarea>", "<p>typed"],
    ['<a title="a > b">c</a>', "c"],
    ["<a title='a > b'>c</a>", "c"],
    ["<p it's>c</p>", "c"],
    ["<!doctype html><?xml?>a</>b", "ab"],
    ["1 < 2 <3", "1 < 2 <3"],
    ["a<b", "a"],
    ["a <", "a <"],
    ["", ""],
  ])("of %j is %j", (html, text) => {
    expect(squeezed(pageParts(html).text)).toBe(text);
  });
});

it("tells comments and titles from the rest", () => {
  const html = "<!-- a --><title>b</title><style>/* c */</style><script>x(); // d\nf('https://e')</script><p>g<!-- h";
  expect(pageParts(html).notes.split("\n").map(squeezed)).toEqual(["a", "b", "h", "c", "d"]);
});

it("reads whom the page's data names, and no more of it", () => {
  const html =
    `<meta name=author content=A><meta content="B C" name='Generator'><meta property="article:author" content='D'>` +
    `<meta name=description content=E><meta charset=utf-8><meta name="aut&#104;or" content="F &amp; G">`;
  expect(squeezed(pageParts(html).credits)).toBe("A B C D F & G");
});

it.each([
  ["&#67;&#x6c;&#X61ude", "Claude"],
  ["&#99;l&#97ude", "claude"],
  ["&copy; &copy2026 &amp;lt; &lt;", "© ©2026 &lt; <"],
  ["&cfr;&lopf;&ascr;", "cla"],
  ["&unknown; &copyright; & &; &#; &#0; &#99999999;", "&unknown; &copyright; & &; &#; \uFFFD \uFFFD"],
  ["a&shy;b&zwnj;c\u200Bd", "abcd"],
  ["Ｃｌａｕｄｅ", "Claude"],
])("%j is read as %j", (source, text) => {
  expect(decode(source)).toBe(text);
});
