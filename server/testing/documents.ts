// [server/testing/documents.ts] -> server/attacks.test.ts
// Documents that would hurt a server without a guard, and what ours says to each: one that is refused for another reason
// would prove nothing.

export interface Hostile {
  name: string;
  says: RegExp;
  query: string;
  variables?: unknown;
}

export const times = (n: number, make: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => make(i)).join(" ");

/** 2^n copies of one field in a text of some n lines. */
export const bomb = (n: number, on: string, step: (next: string) => string, leaf: string): string =>
  `${times(n, (i) => `fragment f${i} on ${on} { ${step(`...f${i + 1}`)} }`)} fragment f${n} on ${on} { ${leaf} }`;
export const doubled = (next: string): string => `${next} ${next}`;

const users = (args: string): string => `{ users${args} { nodes { id } } }`;
const byVariable = (type: string, fallback = ""): string =>
  `query ($n: ${type}${fallback}) { users(first: $n) { nodes { id } } }`;
const nested = (n: number): string => `{ ${"query { ".repeat(n)} id ${"} ".repeat(n)} }`;
function fanOut(page: number, levels: number): string {
  const inner = (level: number): string =>
    level === 0 ? "id" : `notes(first: ${page}) { nodes { author { ${inner(level - 1)} } } }`;
  return `{ users(first: ${page}) { nodes { ${inner(levels - 1)} } } }`;
}

const off = /^Introspection is off/;
const one = /exactly one operation/;
const many = /more than (?:400 fields|40 aliases)|nested too deeply/;
const circle = /form a cycle/;
const deep = /more than 12 levels/;
const tokens = /more that 1500 tokens/; // so says the parser
const large = /at most 32768 bytes/;
const needs = /needs first or last/;
const page = /(?:first|last) must be between 0 and 100/;
const offset = /offset must be between 0 and 10000/;
const rows = /too many rows/;

type Row = readonly [name: string, says: RegExp, query: string, variables?: unknown];

const table: readonly Row[] = [
  ["G1 introspection", off, "{ __schema { types { name } } }"],
  ["G1 one type", off, '{ me { id } t: __type(name: "User") { name } }'],
  ["G1 within a fragment", off, "{ ... on Query { ...f } } fragment f on Query { __schema { types { name } } }"],
  [
    "G1 from a mutation",
    off,
    'mutation { eraseMe(input: { username: "x" }) { query { __schema { types { name } } } } }',
  ],
  ["G5 two operations", one, "query a { me { id } } query b { me { id } }"],
  ["G5 no operation", one, "fragment f on Query { me { id } }"],
  ...[12, 14, 16, 20, 60].map((n): Row => [
    `G6 fragments doubled ${n} times`,
    many,
    `{ ...f0 } ${bomb(n, "Query", doubled, "me { id }")}`,
  ]),
  [
    "G6 doubled by inline fragments",
    many,
    `{ ...f0 } ${bomb(11, "Query", (next) => `${next} ... on Query { ${next} }`, "me { id }")}`,
  ],
  ["G6 doubled fields of a row", many, `{ users(first: 1) { nodes { ...f0 } } } ${bomb(10, "User", doubled, "id")}`],
  ["G6 a bomb that nobody sets off", /never used/, `{ me { id } } ${bomb(40, "User", doubled, "id")}`],
  ["G7 a fragment of itself", circle, "{ ...f } fragment f on Query { me { id } ...f }"],
  [
    "G7 fragments in a circle",
    circle,
    "{ ...f } fragment f on Query { ...g } fragment g on Query { ...h } fragment h on Query { ...f }",
  ],
  ["G7 a circle that nobody enters", /itself|never used/, "{ me { id } } fragment f on User { id ...f }"],
  ["G7 a fragment that is not there", /does not define/, "{ ...nothing }"],
  ["G8 13 levels", deep, nested(13)],
  ["G8 50 levels", deep, nested(50)],
  ["G8 700 levels", tokens, nested(700)],
  ["G8 5,000 levels", large, nested(5000)],
  [
    "G8 levels by fragments",
    deep,
    `{ ...f0 } ${bomb(11, "Query", (next) => `query { query { ${next} } }`, "me { id }")}`,
  ],
  ["G8 inline fragments alone", many, `{ ${"... { ".repeat(400)} me { id } ${"} ".repeat(400)} }`],
  [
    "G8 a list of lists of lists",
    /cannot represent/,
    `{ users(first: 1, orderBy: ${"[".repeat(600)}${"]".repeat(600)}) { nodes { id } } }`,
  ],
  ["G9 1,000 aliases", large, `{ ${times(1000, (i) => `a${i}: users(first: 50) { nodes { id } }`)} }`],
  ["G9 200 aliases", tokens, `{ ${times(200, (i) => `a${i}: users(first: 50) { nodes { id } }`)} }`],
  ["G9 41 aliases", many, `{ ${times(41, (i) => `a${i}: me { id }`)} }`],
  [
    "G9 aliases in a fragment used often",
    many,
    `{ ${times(20, (i) => `... @include(if: true) { b${i}: me { ...f } }`)} } fragment f on User { x: id y: id }`,
  ],
  ["G10 300 aliases of a costly field", many, `{ users(first: 1) { nodes { ${times(300, (i) => `s${i}: slow`)} } } }`],
  [
    "G10 a costly field by fragments",
    many,
    `{ users(first: 9) { nodes { ...f0 } } } ${bomb(9, "User", doubled, "slow")}`,
  ],
  ["G11 a list without a page", needs, users("")],
  ["G11 a list with a cursor alone", needs, users('(after: "x")')],
  ["G11 a nested list without a page", needs, "{ users(first: 1) { nodes { notes { nodes { id } } } } }"],
  ["G11 first: null", needs, users("(first: null)")],
  ["G11 first by a variable that is null", needs, byVariable("Int"), { n: null }],
  ["G11 first by a variable that is missing", needs, byVariable("Int")],
  ["G11 first by a default that is null", needs, byVariable("Int", " = null")],
  ["G12 first: 1000000000", page, users("(first: 1000000000)")],
  ["G12 first: -1", page, users("(first: -1)")],
  ["G12 first: 2^31", page, users("(first: 2147483648)")],
  ["G12 first: 1e9", page, users("(first: 1e9)")],
  ["G12 last: 101", page, users("(last: 101)")],
  ["G12 first within bounds, last not", page, users("(first: 1, last: 1000)")],
  ["G12 first given twice", page, users("(first: 1, first: 1000)")],
  ["G12 first by a variable", page, byVariable("Int"), { n: 101 }],
  ["G12 first by a text", page, byVariable("Int"), { n: "100000" }],
  ["G12 first by a list", page, byVariable("Int"), { n: [1] }],
  ["G12 first by a default", page, byVariable("Int", " = 100000")],
  ["G12 a small default, a large value", page, byVariable("Int", " = 1"), { n: 100_000 }],
  [
    "G12 a name that every object has",
    page,
    "query ($constructor: Int) { users(first: $constructor) { nodes { id } } }",
  ],
  ["G12 offset: 1000000000", offset, users("(first: 1, offset: 1000000000)")],
  ["G12 offset: -1", offset, users("(first: 1, offset: -1)")],
  [
    "G12 offset by a variable",
    offset,
    "query ($o: Int) { users(first: 1, offset: $o) { nodes { id } } }",
    { o: 10_001 },
  ],
  ["G13 a fan-out of 30 x 30 x 30", rows, fanOut(30, 3)],
  ["G13 a fan-out of 100 x 100 x 100", rows, fanOut(100, 3)],
  [
    "G13 a fan-out by fragments",
    rows,
    "{ users(first: 100) { nodes { ...a } } } fragment a on User { notes(first: 100) { nodes { author { ...b } } } } " +
      "fragment b on User { notes(first: 100) { nodes { id } } }",
  ],
  [
    "G13 twenty lists of thousands",
    rows,
    `{ ${times(20, (i) => `a${i}: users(first: 100) { nodes { notes(first: 10) { nodes { id } } } }`)} }`,
  ],
  ["G15 directives in a flood", tokens, `{ me { id ${"@include(if: true) ".repeat(400)} } }`],
  ["G15 unknown directives", /Unknown directive/, `{ me { id ${times(300, (i) => `@d${i}`)} } }`],
  ["G15 directives that repeat", /only be used once/, `{ me { id ${"@include(if: true) ".repeat(200)} } }`],
  [
    "G15 fields that overlap",
    /conflict/,
    `{ ${times(80, (i) => `me { username ${i ? "" : "id: username"} id fullName }`)} }`,
  ],
  ["G15 variables in a flood", /never used/, `query (${times(350, (i) => `$v${i}: Int`)}) { me { id } }`],
  ["G15 90 KB of anything", large, `{ ${times(9000, () => "me { id }")} }`],
  ["G16 a name that is nearly right", /^Cannot query field "usernam" on type "User"\.$/, "{ me { usernam } }"],
  [
    "G16 an argument that is nearly right",
    /^Unknown argument "firs" on field "Query.users"\.$/,
    users("(first: 1, firs: 1)"),
  ],
  [
    "G20 many values",
    /more than 200 values/,
    "query ($o: [UserOrderBy!]) { users(first: 1, orderBy: $o) { nodes { id } } }",
    { o: Array.from({ length: 2000 }, () => "ID_ASC") },
  ],
  ["G20 a list for variables", /must be a JSON object/, "{ me { id } }", [1]],
  ["G20 a text for variables", /must be a JSON object/, "{ me { id } }", "x"],
  [
    "G20 a prototype for a variable",
    /got invalid value/,
    "query ($__proto__: UUID!) { user(id: $__proto__) { id } }",
    JSON.parse('{"__proto__":{"id":1},"constructor":{"prototype":{"isAdmin":true}}}'),
  ],
  ["no document", /holds no document/, ""],
  ["no GraphQL", /Syntax Error/, "select * from app_private.accounts"],
];

export const hostileDocuments: readonly Hostile[] = table.map(([name, says, query, variables]) => ({
  name,
  says,
  query,
  ...(variables === undefined ? {} : { variables }),
}));
