// a GraphQL schema, a seed -> [server/testing/grammar.ts] -> server/guard/fuzz.test.ts
// Random documents: some that the schema allows, most that go wrong somewhere, each the same for the same seed.
import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "postgraphile/graphql";

/** Numbers in [0, 1) that depend on nothing but the seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words =
  "null true 0 -1 1 100 101 2147483647 99999999999999999999 1e400 0.5 $v $nothing [] [[]] {} {a:1} ID_ASC".split(" ");
const texts = [
  '""',
  '"x"',
  '"\\u0000"',
  '"\\ud800"',
  '"é\'; drop table users; --"',
  '"""block"""',
  '"00000000-0000-4000-8000-000000000000"',
];
const odd = words.concat(texts);
const noise = [
  "{",
  "}",
  "(",
  ")",
  "...",
  "@include(if: $v)",
  "@skip(if: true)",
  "\0",
  "#",
  '"',
  "fragment f on User { id }",
  "...f",
  "a:",
  "!",
  "\u{1F600}",
  "__typename",
  "query",
  "=",
  ":",
];

export class Grammar {
  readonly #schema: GraphQLSchema;
  readonly #random: () => number;
  #aliases = 0;

  constructor(schema: GraphQLSchema, seed: number) {
    this.#schema = schema;
    this.#random = random(seed);
  }

  #chance(p: number): boolean {
    return this.#random() < p;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  #value(type: GraphQLInputType): string {
    if (this.#chance(0.04)) return this.#pick(odd);
    const nullable = getNullableType(type);
    if (isListType(nullable)) return `[${this.#chance(0.5) ? this.#value(nullable.ofType) : ""}]`;
    if (isEnumType(nullable)) return this.#pick(nullable.getValues()).name;
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(({ type: of }) =>
        this.#chance(isNonNullType(of) ? 0.98 : 0.6),
      );
      return `{ ${fields.map((field) => `${field.name}: ${this.#value(field.type)}`).join(", ")} }`;
    }
    if (String(nullable) === "Int") return String(Math.floor(this.#random() * 30));
    if (String(nullable) === "UUID") return '"00000000-0000-4000-8000-000000000000"';
    if (String(nullable) === "Boolean") return this.#pick(["true", "false"]);
    return this.#pick(texts);
  }

  #arguments(list: readonly GraphQLArgument[]): string {
    const given = list.filter(({ name, type }) =>
      this.#chance(name === "first" || isNonNullType(type) ? 0.98 : name === "last" || name === "offset" ? 0.03 : 0.15),
    );
    return given.length ? `(${given.map(({ name, type }) => `${name}: ${this.#value(type)}`).join(", ")})` : "";
  }

  #selection(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields());
    const chosen = Array.from({ length: 1 + Math.floor(this.#random() * 4) }, () => this.#pick(fields));
    const parts = chosen.map((field) => {
      const named = getNamedType(field.type);
      const alias = this.#chance(0.85) ? `a${++this.#aliases}: ` : this.#chance(0.2) ? "id: " : "";
      const below = isObjectType(named)
        ? depth > 6
          ? " { __typename }"
          : ` ${this.#selection(named, depth + 1)}`
        : "";
      const directive = this.#chance(0.05)
        ? ` ${this.#pick(["@include(if: true)", "@skip(if: false)", "@nothing"])}`
        : "";
      return `${alias}${field.name}${this.#arguments(field.args)}${directive}${below}`;
    });
    if (this.#chance(0.1))
      parts.push(this.#pick(["__typename", "__schema { types { name } }", "...f", "... { __typename }"]));
    return `{ ${parts.join(" ")} }`;
  }

  document(): string {
    const kind = this.#chance(0.75) ? "query" : "mutation";
    const root = (kind === "query" ? this.#schema.getQueryType() : this.#schema.getMutationType())!;
    const declared = this.#chance(0.3)
      ? `($v: ${this.#pick(["Int", "Boolean!", "UUID", "[Int]", "Nothing"])} = 1)`
      : "";
    let text = `${kind} ${declared}${this.#selection(root, 0)}`;
    if (this.#chance(0.04)) text += " fragment f on User { id username }";
    for (let left = this.#chance(0.3) ? 1 + Math.floor(this.#random() * 3) : 0; left > 0; left--)
      text = this.#mutated(text);
    return text;
  }

  #mutated(text: string): string {
    const at = Math.floor(this.#random() * text.length);
    const length = Math.floor(this.#random() * 12);
    const what = this.#random();
    if (what < 0.3) return text.slice(0, at) + text.slice(at + length);
    if (what < 0.6) return text.slice(0, at) + this.#pick(noise) + text.slice(at);
    if (what < 0.9) return text.slice(0, at) + text.slice(at, at + length * 3).repeat(3) + text.slice(at + length);
    return text.slice(0, at);
  }

  variables(): unknown {
    const values = [1, -1, "x", null, true, [], {}, 1e308, "\u0000", { v: { v: 1 } }, ["a", ["b"]], "2147483648"];
    return this.#chance(0.1)
      ? this.#pick(values)
      : { v: this.#pick(values), [this.#pick(["n", "__proto__", "id"])]: 1 };
  }
}
