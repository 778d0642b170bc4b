// worker/llm/names-its-maker.ts -> [worker/llm/names-its-maker.test.ts]

import { describe, expect, it } from "vitest";
import { namesItsMaker } from "./names-its-maker.ts";

describe("a page that names its maker", () => {
  it.each([
    ["<!-- As Claude, I made this -->", ["claude"]],
    ["<title>Clock by ChatGPT</title>", ["chatgpt"]],
    ["// GPT-4o wrote this", ["gpt-4o"]],
    ["/* made_by_claude */", ["claude"]],
    ["<meta name=author content='Anthropic'>", ["anthropic"]],
    ["<p>Created by DeepSeek</p>", ["deepseek"]],
    ["<footer>© Google AI Studio</footer>", ["google ai"]],
    ["<b>Gemini 2.0 Flash</b>", ["gemini"]],
    ["<!-- Llama 3.3 70B -->", ["llama 3.3"]],
    ["// o3-mini", ["o3-mini"]],
    ["<p>Powered by Grok</p>", ["grok"]],
    ["<p>Generated with Opus</p>", ["opus"]],
    ["<p>I am a model called Nova.</p>", ["nova"]],
    ["<p>I'm Bard</p>", ["bard"]],
    ["<p>Built with love by Google</p>", ["google"]],
    ["<p>I am a large language model, from Meta</p>", ["meta"]],
    ["<p>trained by Google</p>", ["google"]],
    ["<p>Kimi K2</p>", ["kimi k"]],
    ["Claude, claude, CLAUDE and OpenAI", ["claude", "openai"]],
  ])("%s", (html, words) => {
    expect(namesItsMaker(html)).toEqual(words);
  });

  it("may do so only in what one sees", () => {
    expect(namesItsMaker("<b>Clau</b><b>de</b>")).toEqual([]);
    expect(namesItsMaker("<b>Clau</b><b>de</b>", "Claude")).toEqual(["claude"]);
  });
});

describe("a page that does not", () => {
  it.each([
    "new MediaRecorder(s, { mimeType: 'audio/webm;codecs=opus' })",
    "<h1>Opus 27, Moonlight Sonata</h1>",
    "<h1>Sonnet 18</h1> Shall I compare thee",
    "<h1>Haiku of the day</h1>",
    "<link href='https://fonts.googleapis.com/css'>",
    "<p>Made with Google Fonts</p>",
    "<p>The nova explodes; feed the llama</p>",
    "<p>Claude Monet, Claude Debussy</p>",
    "philanthropic, misanthropic",
    "GPT partition table",
    "const grok = (x) => x; phi2 = 1.6",
    "<meta charset=utf-8><meta name=viewport>",
    "as a metaphor, I am happy",
    "<p>I'm a llama! I am the meta player.</p>",
  ])("%s", (html) => {
    expect(namesItsMaker(html, html)).toEqual([]);
  });
});

it.each([
  "claude ",
  "made by ",
  "made by a a ",
  "i am ",
  "gpt-",
  "i'm\t\t\t\t",
  "i am a a ",
  "made      by      ",
  "kimi ",
  "a",
])("8 MiB of %j are searched in well under a second", (piece) => {
  const html = piece.repeat((8 << 20) / piece.length);
  const startedAt = process.cpuUsage();
  namesItsMaker(html);
  // Time of the processor, not of the clock: a busy machine must not decide this.
  expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(700);
});
