// /graphql, sockets -> [server/plugins/document-guard.ts] -> server/guard/check-document.ts
// A plugin, since only here HTTP and WebSocket meet before a document is validated or planned.
import "postgraphile/grafserv";
import { SafeError } from "postgraphile/grafast";
import { type DocumentNode, type GraphQLSchema, parse, validate } from "postgraphile/graphql";
import { RequestError } from "../errors.ts";
import { checkDocument, refuse } from "../guard/check-document.ts";
import type { Limits } from "../guard/limits.ts";
import type { PersistedOperations } from "../persisted.ts";

export interface GuardOptions {
  schema: () => GraphQLSchema | PromiseLike<GraphQLSchema>;
  limits: Limits;
  isIntrospectable: boolean;
  persisted: PersistedOperations;
  isPersistedOnly: boolean;
}

const remembered = 500;

export function documentGuard(options: GuardOptions): GraphileConfig.Plugin {
  const sound = new Map<string, DocumentNode>();

  const read = (text: string): DocumentNode => {
    const known = sound.get(text);
    if (known) return known;
    try {
      return parse(text, { maxTokens: options.limits.tokens, noLocation: true });
    } catch (error) {
      return refuse(error instanceof Error ? error.message : "The document could not be parsed.");
    }
  };

  /** Validates a text that costs little enough, once; only sound ones are remembered. */
  const requireSound = (text: string, document: DocumentNode, schema: GraphQLSchema): void => {
    if (sound.has(text)) return;
    const [error] = validate(schema, document, undefined, { maxErrors: 1 });
    if (error) refuse(options.isIntrospectable ? error.message : error.message.replace(/ Did you mean .*$/s, ""));
    if (sound.size >= remembered) sound.delete(sound.keys().next().value ?? "");
    sound.set(text, document);
  };

  return {
    name: "DocumentGuardPlugin",
    version: "1.0.0",
    grafserv: {
      middleware: {
        async processGraphQLRequestBody(next, { body }) {
          try {
            body.query = await options.persisted.textOf(body, options.isPersistedOnly);
            if (typeof body.query !== "string" || body.query === "") refuse("The request holds no document.");
            if (body.query.length > options.limits.bytes) refuse("The document is too long.");
            const schema = await options.schema();
            const document = read(body.query);
            const variables = body.variableValues;
            checkDocument({
              document,
              variables:
                typeof variables === "object" && variables !== null ? (variables as Record<string, unknown>) : {},
              schema,
              limits: options.limits,
              isIntrospectable: options.isIntrospectable,
            });
            requireSound(body.query, document, schema);
          } catch (error) {
            if (!(error instanceof RequestError)) throw error;
            const { code, hint, status } = error;
            throw new SafeError(error.message, { code, ...(hint ? { hint } : {}), statusCode: status });
          }
          return next();
        },
      },
    },
  };
}
