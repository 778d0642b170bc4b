// [server/guard/document-guard.test.ts] -> server/guard/document-guard.ts
import { describe, expect, test } from "vitest";
import { buildSchema } from "postgraphile/graphql";
import { memoryInUse } from "../testing/attack.ts";
import { makeDocumentGuard } from "./document-guard.ts";
import { limits } from "./limits.ts";

const schema = buildSchema("type Query { id(text: String): ID }");
const guard = () =>
  makeDocumentGuard({
    schema: () => schema,
    limits,
    isIntrospectable: false,
    persisted: { textOf: ({ query }) => query as string, byName: () => undefined, names: () => [] },
    isPersistedOnly: false,
  });

describe("the guard's memory", () => {
  test("spares it reading a sound document again", async () => {
    const { admit } = guard();
    const first = await admit({ query: "{ id }" });
    expect((await admit({ query: "{ id }" })).document).toBe(first.document);
    expect((await admit({ query: "{ id } " })).document).not.toBe(first.document);
  });

  test("has an end, whatever callers make up", async () => {
    const { admit } = guard();
    const query = (i: number) => `# ${i} ${"x".repeat(20_000)}\n{ id }`;
    const flood = async (from: number) => {
      for (let i = from; i < from + 1000; i++) await admit({ query: query(i) });
    };
    await flood(0); // as much as it will ever hold
    const before = memoryInUse();
    await flood(1000);
    expect(memoryInUse().heap - before.heap).toBeLessThan(10);
  });

  test("holds nothing that was refused", async () => {
    const { admit } = guard();
    for (let i = 0; i < 2; i++) {
      await expect(admit({ query: "{ nothing }" })).rejects.toMatchObject({ status: 400, code: "TB030" });
    }
  });

  test("of a document says nothing of other variables", async () => {
    const { admit } = guard();
    const query = "query ($t: String) { id(text: $t) }";
    expect((await admit({ query, variableValues: { t: "x" } })).variables).toEqual({ t: "x" });
    await expect(admit({ query, variableValues: { t: Array.from({ length: 201 }) } })).rejects.toMatchObject({
      code: "TB030",
    });
  });
});
