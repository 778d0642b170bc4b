// server/plugins/document-guard.ts, server/routes/persisted-get.ts -> [server/guard/document-guard.ts] -> check-document.ts
// What a document has to pass before it is planned: agreed on where that is asked for, short, affordable, and valid.
import { type DocumentNode, type GraphQLSchema, parse, validate } from "postgraphile/graphql";
import type { PersistedOperations } from "../persisted.ts";
import { checkDocument, refuse } from "./check-document.ts";
import { checkVariables } from "./check-variables.ts";
import type { Limits } from "./limits.ts";

export interface GuardOptions {
  schema: () => GraphQLSchema | PromiseLike<GraphQLSchema>;
  limits: Limits;
  isIntrospectable: boolean;
  persisted: PersistedOperations;
  isPersistedOnly: boolean;
}

/** A request as it came in: nothing in it has a known type yet. */
export interface GuardedRequest {
  query?: unknown;
  documentId?: unknown;
  operationName?: unknown;
  variableValues?: unknown;
  extensions?: unknown;
  onError?: unknown;
}

export interface Admitted {
  text: string;
  document: DocumentNode;
  variables: Record<string, unknown>;
}

export interface DocumentGuard {
  /** What a request asks for; throws a RequestError that says why it is not answered. */
  admit(request: GuardedRequest): Promise<Admitted>;
}

/** Sound documents are remembered up to this many characters in all; parsed, they take some twenty times as much memory. */
const rememberedLength = 500_000;

export function makeDocumentGuard(options: GuardOptions): DocumentGuard {
  const { limits } = options;
  const sound = new Map<string, DocumentNode>();
  let length = 0;

  const read = (text: string): DocumentNode => {
    const known = sound.get(text);
    if (known) return known;
    try {
      return parse(text, { maxTokens: limits.tokens, noLocation: true });
    } catch (error) {
      return refuse(error instanceof Error ? error.message : "The document could not be parsed.");
    }
  };

  /** Validates a text that costs little enough, once. */
  const requireSound = (text: string, document: DocumentNode, schema: GraphQLSchema): void => {
    if (sound.delete(text)) {
      sound.set(text, document); // the one asked for last stands at the end
      return;
    }
    const [error] = validate(schema, document, undefined, { maxErrors: 1 });
    if (error) refuse(options.isIntrospectable ? error.message : error.message.replace(/ Did you mean .*$/s, ""));
    sound.set(text, document);
    length += text.length;
    for (const oldest of sound.keys()) {
      if (length <= rememberedLength) break;
      sound.delete(oldest);
      length -= oldest.length;
    }
  };

  return {
    async admit(request) {
      const text = options.persisted.textOf(request, options.isPersistedOnly);
      if (text === undefined || text === "") refuse("The request holds no document.");
      if (text.length > limits.bytes) refuse("The document is too long.");
      checkForm(request);
      const variables = checkVariables(request.variableValues, limits);
      const schema = await options.schema();
      const document = read(text);
      checkDocument({ document, variables, schema, limits, isIntrospectable: options.isIntrospectable });
      requireSound(text, document, schema);
      return { text, document, variables };
    },
  };
}

/** What else a request may say. A null is nothing. */
function checkForm({ operationName, extensions, onError }: GuardedRequest): void {
  if (typeof (operationName ?? "") !== "string") refuse("The operationName must be a text.");
  if (typeof (extensions ?? {}) !== "object" || Array.isArray(extensions))
    refuse("The extensions must be a JSON object.");
  if (!["PROPAGATE", "NULL", "HALT", null, undefined].includes(onError as string | null | undefined)) {
    refuse("The answer to an error, onError, is not known here.", "It is PROPAGATE, NULL or HALT.");
  }
}
