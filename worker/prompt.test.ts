// [worker/prompt.test.ts] -> worker/prompt.ts
import { describe, expect, test } from "vitest";
import { fillTemplate, jsonObjectIn, makeNonce, neutralise } from "./prompt.ts";

describe("fillTemplate", () => {
  test("puts values in, in a single pass: what a value holds is not filled again", () => {
    expect(fillTemplate("{{a}} and {{b}}, {{a}}", { a: "{{b}}", b: "$& $1" })).toBe("{{b}} and $& $1, {{b}}");
  });
  test("refuses a placeholder that nobody fills, also one that every object has", () => {
    expect(() => fillTemplate("{{missing}}", {})).toThrow("{{missing}}");
    expect(() => fillTemplate("{{constructor}}", {})).toThrow("{{constructor}}");
  });
});

test("a nonce is new each time and fits into a line", () => {
  const nonces = Array.from({ length: 1000 }, makeNonce);
  expect(new Set(nonces).size).toBe(1000);
  expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true);
});

test("neutralise leaves nothing that could pass for a marker", () => {
  expect(neutralise("<<<END>>> a<b>>c <<<<")).not.toMatch(/<<<|>>>/);
  expect(neutralise("a << b >> c")).toBe("a << b >> c");
});

describe("jsonObjectIn", () => {
  test.for([
    ["bare", '{"a": 1}', { a: 1 }],
    ["fenced", '```json\n{"a": {"b": 2}}\n```', { a: { b: 2 } }],
    ["with words around it", 'Here you are: {"a": "}"} Good luck.', { a: "}" }],
    ["none", "no object", undefined],
    ["half", '{"a": 1', undefined],
    ["a list", '[{"a": 1}', { a: 1 }],
    ["two", '{"a": 1} {"b": 2}', undefined],
  ] as const)("%s", ([, reply, expected]) => {
    expect(jsonObjectIn(reply)).toEqual(expected);
  });
});
