// worker/llm/complete.ts -> [worker/llm/anthropic.ts] -> worker/llm/guarded-fetch.ts -> POST …/v1/messages

import Anthropic from "@anthropic-ai/sdk";
import { isRecord } from "./json-shape.ts";
import { systemText } from "./schema-words.ts";
import { type SendOptions, sdkOptions } from "./sdk-options.ts";
import { traitsOf } from "./traits.ts";
import type { CompletionRequest, Provider, Traits } from "./types.ts";

type Body = Anthropic.MessageCreateParamsNonStreaming;

/** The body of a message. What this room decides stands last, so that no model's settings replace it. */
export function anthropicBody(provider: Provider, request: CompletionRequest): Body {
  const { structuredOutput } = traitsOf(provider);
  const system = systemText(request, structuredOutput);
  const ours: Body = {
    model: request.apiModel,
    ...(system === "" ? {} : { system }),
    messages: [{ role: "user", content: request.prompt }],
    max_tokens: request.maxOutputTokens,
    ...outputConfig(request, structuredOutput),
  };
  return Object.assign({}, request.params ?? {}, ours);
}

/** The format stands beside other settings (the effort), which are the model's own. */
function outputConfig(
  request: CompletionRequest,
  structuredOutput: Traits["structuredOutput"],
): Pick<Body, "output_config"> {
  if (request.schema === undefined || structuredOutput !== "json_schema") return {};
  const own = request.params?.output_config;
  const format = { type: "json_schema" as const, schema: request.schema.schema };
  return { output_config: Object.assign({}, isRecord(own) ? own : {}, { format }) };
}

/** Sends it once; see `sendOpenAi` for who reads the reply. */
export async function sendAnthropic(provider: Provider, request: CompletionRequest, send: SendOptions): Promise<void> {
  const client = new Anthropic(sdkOptions(provider, send));
  const body = anthropicBody(provider, request);
  await client.messages.create(body).asResponse();
}
