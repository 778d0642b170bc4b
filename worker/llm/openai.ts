// worker/llm/complete.ts -> [worker/llm/openai.ts] -> worker/llm/guarded-fetch.ts -> POST …/chat/completions

import OpenAI from "openai";
import { systemText } from "./schema-words.ts";
import { type SendOptions, sdkOptions } from "./sdk-options.ts";
import { traitsOf } from "./traits.ts";
import type { CompletionRequest, Provider, Traits } from "./types.ts";

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** The body of a chat completion. What this room decides stands last, so that no model's settings replace it. */
export function openAiBody(provider: Provider, request: CompletionRequest, attemptId: string): Body {
  const { canLookUp, tokenLimitField, structuredOutput } = traitsOf(provider);
  const { apiModel: model, maxOutputTokens } = request;
  const system = systemText(request, structuredOutput);
  const ours: Body = {
    model,
    messages: [
      ...(system === "" ? [] : [{ role: "system" as const, content: system }]),
      { role: "user", content: request.prompt },
    ],
    ...(tokenLimitField === "max_tokens"
      ? { max_tokens: maxOutputTokens }
      : { max_completion_tokens: maxOutputTokens }),
    ...responseFormat(request, structuredOutput),
    ...(canLookUp ? { store: true, metadata: { attempt: attemptId } } : {}),
  };
  return Object.assign({}, request.params ?? {}, ours);
}

function responseFormat(
  request: CompletionRequest,
  structuredOutput: Traits["structuredOutput"],
): Pick<Body, "response_format"> {
  if (request.schema === undefined || structuredOutput === "instructions") return {};
  if (structuredOutput === "json_object") return { response_format: { type: "json_object" } };
  const { name, schema } = request.schema;
  return { response_format: { type: "json_schema", json_schema: { name, strict: true, schema } } };
}

/**
 * Sends it once. The reply is read from what the guarded fetch saw and not from what the SDK makes of it, so that a
 * stored reply is read by the same code; an exception only says that the SDK was not content.
 */
export async function sendOpenAi(provider: Provider, request: CompletionRequest, send: SendOptions): Promise<void> {
  const client = new OpenAI(sdkOptions(provider, send));
  const headers = traitsOf(provider).canLookUp ? { "X-Client-Request-Id": send.attemptId } : {};
  const body = openAiBody(provider, request, send.attemptId);
  await client.chat.completions.create(body, { headers }).asResponse();
}
