// worker/rehearsal/server.ts -> [worker/rehearsal/openai.ts] -> worker/rehearsal/heard.ts
// Chat completions, as the official SDK sends and reads them.
import { isJson, Malformed, positive, textOf, type Heard, type Json, type Wire } from "./heard.ts";

export const openai: Wire = {
  protocol: "openai",
  path: "/v1/chat/completions",
  idHeader: "x-request-id",

  isAuthorised: (headers) => /^Bearer \S+$/.test(headers.authorization ?? ""),

  hear: (body) => {
    if (!isJson(body)) throw new Malformed("The body must be a JSON object.");
    if (typeof body["model"] !== "string") throw new Malformed("you must provide a model parameter", "model");
    const messages = body["messages"];
    if (!Array.isArray(messages) || messages.length === 0)
      throw new Malformed("Missing required parameter: 'messages'.", "messages");
    if (body["stream"] === true) throw new Malformed("Streaming is not supported by this model.", "stream");
    const said = messages.map((message: unknown, index) => {
      const parameter = `messages[${index}]`;
      if (!isJson(message) || typeof message["role"] !== "string")
        throw new Malformed(`Invalid '${parameter}': a role is needed.`, parameter);
      return { role: message["role"], text: textOf(message["content"], `${parameter}.content`) };
    });
    return {
      model: body["model"],
      system: said
        .filter(({ role }) => isSystem(role))
        .map(({ text }) => text)
        .join("\n\n"),
      user: said
        .filter(({ role }) => role === "user")
        .map(({ text }) => text)
        .join("\n\n"),
      format: formatOf(body["response_format"]),
      maxTokens: positive(body["max_completion_tokens"] ?? body["max_tokens"], "max_completion_tokens"),
    };
  },

  reply: (heard, said) => ({
    id: `chatcmpl-${said.id}`,
    object: "chat.completion",
    created: said.at,
    model: heard.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: said.text, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: said.isCut ? "length" : "stop",
      },
    ],
    usage: {
      prompt_tokens: said.tokensIn,
      completion_tokens: said.tokensOut,
      total_tokens: said.tokensIn + said.tokensOut,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: "default",
    system_fingerprint: "fp_canned",
  }),

  refuse: (status, message, _id, parameter) => ({
    error: {
      message,
      type: status >= 500 ? "server_error" : "invalid_request_error",
      param: parameter ?? null,
      code: { 401: "invalid_api_key", 404: "model_not_found" }[status] ?? null,
    },
  }),

  list: (models) => ({
    object: "list",
    data: models.map(({ slug }) => ({ id: slug, object: "model", created: 1767225600, owned_by: "autobench" })),
  }),
};

function isSystem(role: string): boolean {
  return role === "system" || role === "developer";
}

function formatOf(format: unknown): Heard["format"] {
  if (format === undefined || format === null) return undefined;
  if (!isJson(format)) throw new Malformed("Invalid 'response_format'.", "response_format");
  switch (format["type"]) {
    case "text":
      return undefined;
    case "json_object":
      return true;
    case "json_schema":
      return schemaIn(format["json_schema"]);
    default:
      throw new Malformed("Invalid value: 'response_format.type'.", "response_format.type");
  }
}

function schemaIn(named: unknown): Json {
  if (!isJson(named) || typeof named["name"] !== "string")
    throw new Malformed(
      "Missing required parameter: 'response_format.json_schema.name'.",
      "response_format.json_schema.name",
    );
  if (!isJson(named["schema"]))
    throw new Malformed(
      "Missing required parameter: 'response_format.json_schema.schema'.",
      "response_format.json_schema.schema",
    );
  return named["schema"];
}
