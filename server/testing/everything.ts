// introspection -> [server/testing/everything.ts] -> server/blind.test.ts
// A selection of everything that can be reached from a type: every field without a needed argument, so many levels deep.
import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "postgraphile/graphql";
import type { Ask } from "./client.ts";

export async function readSchema(gql: Ask): Promise<GraphQLSchema> {
  const { data } = await gql(getIntrospectionQuery({ descriptions: false, inputValueDeprecation: false }));
  return buildClientSchema(data as unknown as IntrospectionQuery);
}

/** The fields of a type as a selection. Lists are asked for two of their rows; edges say nothing that nodes do not. */
export function everythingOf(schema: GraphQLSchema, name: string, levels: number): string {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument) || ["query", "edges", "pageInfo"].includes(field.name)) return [];
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    if (levels === 0) return [];
    const first = field.args.some((argument) => argument.name === "first") ? "(first: 2)" : "";
    const own = inner.name.endsWith("Connection") ? levels : levels - 1;
    const selection = everythingOf(schema, inner.name, own);
    return selection === "{  }" ? [] : [`${field.name}${first} ${selection}`];
  });
  return `{ ${fields.join(" ")} }`;
}
