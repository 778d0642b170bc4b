// [server/guard/check-document.test.ts] -> server/guard/check-document.ts
// Where exactly the limits lie: what is just allowed, and what is just too much.
import { describe, expect, test } from "vitest";
import { buildSchema, parse } from "postgraphile/graphql";
import { checkDocument } from "./check-document.ts";
import { limits } from "./limits.ts";

const schema = buildSchema(`
  type Query { me: User users(first: Int, last: Int, offset: Int, after: String): UserConnection tags: [Tag!] }
  type UserConnection { nodes: [User]! edges: [UserEdge]! totalCount: Int! }
  type UserEdge { node: User }
  type User { id: ID! friend: User users(first: Int): UserConnection tags: [Tag] }
  type Tag { name: String users(first: Int): UserConnection }
`);

function verdict(query: string, variables: Record<string, unknown> = {}, isIntrospectable = false): string {
  try {
    checkDocument({ document: parse(query), variables, schema, limits, isIntrospectable });
    return "fine";
  } catch (error) {
    return (error as Error).message;
  }
}

const times = (n: number, make: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => make(i)).join(" ");
const deep = (levels: number): string => `{ me ${"{ friend ".repeat(levels - 2)}{ id } ${"} ".repeat(levels - 2)}}`;

describe("the guard allows just so much", () => {
  test.for([
    ["12 levels", deep(12), "fine"],
    ["13 levels", deep(13), "The document is more than 12 levels deep."],
    ["40 aliases", `{ ${times(40, (i) => `a${i}: me { id }`)} }`, "fine"],
    ["41 aliases", `{ ${times(41, (i) => `a${i}: me { id }`)} }`, "The document has more than 40 aliases."],
    ["400 fields", `{ ${times(200, () => "me { id }")} }`, "fine"],
    ["401 fields", `{ tags ${times(200, () => "me { id }")} }`, "The document selects more than 400 fields."],
    ["400 fields by fragments", `{ ${times(100, () => "...f")} } fragment f on Query { me { id id id } }`, "fine"],
    [
      "404 fields by fragments",
      `{ ${times(101, () => "...f")} } fragment f on Query { me { id id id } }`,
      "The document selects more than 400 fields.",
    ],
    ["12 fragments within each other", `{ ${"... { ".repeat(12)} me { id } ${"} ".repeat(12)} }`, "fine"],
    [
      "13 fragments within each other",
      `{ ${"... { ".repeat(13)} me { id } ${"} ".repeat(13)} }`,
      "The document's fragments are nested too deeply.",
    ],
    ["13 fragments beside each other", `{ ${times(13, () => "... { me { id } }")} }`, "fine"],
    [
      "100 rows of 39 rows",
      "{ users(first: 100) { nodes { users(first: 39) { nodes { id friend { id } } } } } }",
      "fine",
    ],
    [
      "100 rows of 40 rows",
      "{ users(first: 100) { nodes { users(first: 40) { nodes { id friend { id } } } } } }",
      "The document asks for too many rows at once.",
    ],
    [
      "a list without pages counts as ten",
      "{ tags { users(first: 100) { nodes { tags { users(first: 1) { totalCount } } } } } }",
      "The document asks for too many rows at once.",
    ],
    ["page sizes 0 and 100", "{ a: users(first: 0) { totalCount } b: users(last: 100) { totalCount } }", "fine"],
    ["offset 10000", "{ users(first: 1, offset: 10000) { totalCount } }", "fine"],
    [
      "offset 10001",
      "{ users(first: 1, offset: 10001) { totalCount } }",
      "The argument offset must be between 0 and 10000.",
    ],
    ["a list that is not paged", "{ tags { name } }", "fine"],
    ["a list on no known type", "{ nothing { users { nodes { id } } } }", "fine"], // validation refuses it
  ] as const)("%s", ([, query, expected]) => {
    expect(verdict(query)).toBe(expected);
  });

  test.for([
    ["given", "($n: Int)", { n: 100 }, "fine"],
    ["given too large", "($n: Int)", { n: 101 }, "The argument first must be between 0 and 100."],
    ["by default", "($n: Int = 100)", {}, "fine"],
    ["by default too large", "($n: Int = 101)", {}, "The argument first must be between 0 and 100."],
    ["given over a default", "($n: Int = 101)", { n: 1 }, "fine"],
    ["null over a default", "($n: Int = 1)", { n: null }, "The list users needs first or last."],
    ["missing", "($n: Int)", {}, "The list users needs first or last."],
    ["undeclared", "", { n: 1000 }, "The argument first must be between 0 and 100."],
    ["not a number", "($n: Int)", { n: Number.NaN }, "The argument first must be between 0 and 100."],
    [
      "an object that says it is 1",
      "($n: Int)",
      { n: { valueOf: (): number => 1 } },
      "The argument first must be between 0 and 100.",
    ],
  ] as const)("a page size by a variable, %s", ([, declared, variables, expected]) => {
    expect(verdict(`query q${declared} { users(first: $n) { totalCount } }`, variables)).toBe(expected);
  });

  test("a deep fragment wherever it stands", () => {
    const fragment = `fragment f on User ${"{ friend ".repeat(8)}{ id } ${"} ".repeat(8)}`;
    expect(verdict(`{ me { ...f } } ${fragment}`)).toBe("fine");
    // Read first where it is shallow, and remembered: it is as deep below as it was above.
    expect(verdict(`{ me { ...f friend { friend { friend { ...f } } } } } ${fragment}`)).toMatch(/more than 12 levels/);
  });

  test("introspection at the top of a query alone", () => {
    expect(verdict("{ __schema { types { name } } }", {}, true)).toBe("fine");
    expect(verdict("{ me { id } __typename }", {}, false)).toBe("fine");
    expect(verdict("{ me { __schema { types { name } } } }", {}, true)).toBe(
      "Introspection starts at the top of a query.",
    );
    expect(verdict('{ __type(name: "User") { name } }', {}, false)).toBe("Introspection is off here.");
    const deepTypes = (n: number) => `{ __schema { types ${"{ ofType ".repeat(n)}{ name } ${"} ".repeat(n)} } }`;
    expect(verdict(deepTypes(17), {}, true)).toBe("fine");
    expect(verdict(deepTypes(18), {}, true)).toBe("The document is more than 20 levels deep.");
    expect(verdict(`{ __schema { types { name } } ${deep(13).slice(1)}`, {}, true)).toMatch(/more than 12 levels/);
  });
});
