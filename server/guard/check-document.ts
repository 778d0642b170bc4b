// server/guard/document-guard.ts -> [server/guard/check-document.ts]
// Refuses a document that would cost too much, before it is validated or planned. It reads each fragment once, so that a
// short text which doubles itself twenty times over costs no more to refuse than to read.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "postgraphile/graphql";
import { RequestError } from "../errors.ts";
import type { Limits } from "./limits.ts";

export function refuse(message: string, hint?: string): never {
  throw new RequestError(400, "TB030", message, hint);
}

interface Tally {
  fields: number;
  aliases: number;
  cost: number;
  height: number;
}

export interface DocumentRequest {
  document: DocumentNode;
  variables: Record<string, unknown>;
  schema: GraphQLSchema;
  limits: Limits;
  isIntrospectable: boolean;
}

export function checkDocument(request: DocumentRequest): void {
  const operations = request.document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (!operation || operations.length > 1) refuse("A document must hold exactly one operation.");
  new Check(request, operation).run();
}

class Check {
  readonly #request: DocumentRequest;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #tallies = new Map<string, Tally>();
  readonly #open = new Set<string>();
  #deepest: number;
  #isIntrospecting = false;
  #within = 0;

  constructor(request: DocumentRequest, operation: OperationDefinitionNode) {
    this.#request = request;
    this.#operation = operation;
    this.#deepest = request.limits.depth;
    for (const definition of request.document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  run(): void {
    const root = this.#request.schema.getRootType(this.#operation.operation) ?? undefined;
    const tally = this.#selections(this.#operation.selectionSet, root, 1);
    // A fragment that nothing uses is refused by validation; here it must not be a hiding place for a deep one.
    this.#enforce(tally);
  }

  #enforce(tally: Tally): void {
    const { limits } = this.#request;
    if (tally.fields > limits.fields)
      refuse(`The document selects more than ${limits.fields} fields.`, "Ask for less at once.");
    if (tally.aliases > limits.aliases)
      refuse(`The document has more than ${limits.aliases} aliases.`, "Ask for less at once.");
    if (tally.cost > limits.cost) refuse("The document asks for too many rows at once.", "Ask for smaller pages.");
  }

  #selections(set: SelectionSetNode | undefined, type: GraphQLCompositeType | undefined, depth: number): Tally {
    const sum: Tally = { fields: 0, aliases: 0, cost: 0, height: 0 };
    for (const selection of set?.selections ?? []) {
      const part =
        selection.kind === Kind.FIELD
          ? this.#field(selection, type, depth)
          : this.#inside(() =>
              selection.kind === Kind.INLINE_FRAGMENT
                ? this.#selections(
                    selection.selectionSet,
                    this.#typeNamed(selection.typeCondition?.name.value) ?? type,
                    depth,
                  )
                : this.#fragment(selection.name.value, depth),
            );
      sum.fields += part.fields;
      sum.aliases += part.aliases;
      sum.cost += part.cost;
      sum.height = Math.max(sum.height, part.height);
      this.#enforceDepth(depth + sum.height - 1);
      this.#enforce(sum);
    }
    return sum;
  }

  #enforceDepth(depth: number): void {
    if (depth > this.#deepest)
      refuse(`The document is more than ${this.#deepest} levels deep.`, "Ask for less at once.");
  }

  /** A fragment within a fragment adds no level to the answer, but it does to whoever reads it. */
  #inside(read: () => Tally): Tally {
    if (++this.#within > this.#request.limits.nesting) refuse("The document's fragments are nested too deeply.");
    const tally = read();
    this.#within--;
    return tally;
  }

  #field(field: FieldNode, type: GraphQLCompositeType | undefined, depth: number): Tally {
    const aliases = field.alias ? 1 : 0;
    this.#enforceDepth(depth);
    if (field.name.value === "__schema" || field.name.value === "__type") return this.#introspection(field, depth);
    const definition = type && "getFields" in type ? type.getFields()[field.name.value] : undefined;
    const rows = this.#pageSize(field, definition);
    const named = definition && getNamedType(definition.type);
    const below = field.selectionSet
      ? this.#selections(field.selectionSet, named && isCompositeType(named) ? named : undefined, depth + 1)
      : { fields: 0, aliases: 0, cost: 0, height: 0 };
    return {
      fields: 1 + below.fields,
      aliases: aliases + below.aliases,
      cost: 1 + rows * (below.cost + (rows > 1 ? 1 : 0)),
      height: 1 + below.height,
    };
  }

  /**
   * The schema's own description asks nothing of the database, and its usual query is deeper than any other; but its
   * fragments can double themselves like those of any document, so its fields and aliases count.
   */
  #introspection(field: FieldNode, depth: number): Tally {
    if (!this.#request.isIntrospectable)
      refuse("Introspection is off here.", "The schema is documented in db/generated.");
    if (depth > 1) refuse("Introspection starts at the top of a query.");
    this.#isIntrospecting = true;
    this.#deepest = this.#request.limits.introspectionDepth;
    const below = this.#selections(field.selectionSet, undefined, depth + 1);
    this.#isIntrospecting = false;
    this.#deepest = this.#request.limits.depth;
    return { fields: 1 + below.fields, aliases: (field.alias ? 1 : 0) + below.aliases, cost: 1, height: 1 };
  }

  /** How much a fragment costs does not depend on how deep it stands, so each is read once. */
  #fragment(name: string, depth: number): Tally {
    const known = this.#tallies.get(name);
    if (known) return known;
    if (this.#open.has(name)) refuse("The document's fragments form a cycle.");
    const fragment = this.#fragments.get(name) ?? refuse("The document uses a fragment that it does not define.");
    this.#open.add(name);
    const tally = this.#selections(fragment.selectionSet, this.#typeNamed(fragment.typeCondition.name.value), depth);
    this.#open.delete(name);
    this.#tallies.set(name, tally);
    return tally;
  }

  #typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined || this.#isIntrospecting ? undefined : this.#request.schema.getType(name);
    return type && isCompositeType(type) ? type : undefined;
  }

  /** The rows that a field may return. What is a list is known from the schema: it takes `first`. */
  #pageSize(field: FieldNode, definition: GraphQLField<unknown, unknown> | undefined): number {
    const { limits } = this.#request;
    const isPaged = definition?.args.some((argument) => argument.name === "first") ?? false;
    let size: number | undefined;
    for (const argument of field.arguments ?? []) {
      const name = argument.name.value;
      if (isPaged && (name === "first" || name === "last")) {
        const value = this.#integer(argument.value);
        if (value === undefined) continue;
        if (!(value >= 0 && value <= limits.page))
          refuse(`The argument ${name} must be between 0 and ${limits.page}.`, "Ask for one page after another.");
        size = Math.max(size ?? 0, value);
      } else if (isPaged && name === "offset") {
        const value = this.#integer(argument.value) ?? 0;
        if (!(value >= 0 && value <= limits.offset))
          refuse(`The argument offset must be between 0 and ${limits.offset}.`, "Page with after: cursor.");
      }
    }
    if (isPaged && size === undefined) {
      refuse(`The list ${field.name.value} needs first or last.`, `For example ${field.name.value}(first: 20).`);
    }
    if (size !== undefined) return Math.max(size, 1);
    const nullable = definition && getNullableType(definition.type);
    return nullable && isListType(nullable) && !/^(nodes|edges)$/.test(field.name.value) ? 10 : 1;
  }

  /** An argument's number: literal, variable, or the variable's default. NaN where it is something else. */
  #integer(value: ValueNode): number | undefined {
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.NULL) return undefined;
    if (value.kind !== Kind.VARIABLE) return Number.NaN;
    const given = this.#request.variables[value.name.value];
    if (given === null) return undefined;
    if (given !== undefined) return typeof given === "number" ? given : Number.NaN;
    const declared = this.#operation.variableDefinitions?.find(
      (variable) => variable.variable.name.value === value.name.value,
    );
    return declared?.defaultValue ? this.#integer(declared.defaultValue) : undefined;
  }
}
