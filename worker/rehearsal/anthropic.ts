// worker/rehearsal/server.ts -> [worker/rehearsal/anthropic.ts] -> worker/rehearsal/heard.ts
// Messages, as the official SDK sends and reads them.
import { isJson, Malformed, positive, textOf, type Heard, type Wire } from "./heard.ts";

export const anthropic: Wire = {
  protocol: "anthropic",
  path: "/v1/messages",
  idHeader: "request-id",

  isAuthorised: (headers) => Boolean(headers["x-api-key"]) || /^Bearer \S+$/.test(headers.authorization ?? ""),

  hear: (body) => {
    if (!isJson(body)) throw new Malformed("The body must be a JSON object.");
    if (typeof body["model"] !== "string") throw new Malformed("model: Field required", "model");
    const messages = body["messages"];
    if (!Array.isArray(messages) || messages.length === 0)
      throw new Malformed("messages: at least one message is required", "messages");
    const maxTokens = positive(body["max_tokens"], "max_tokens");
    if (maxTokens === undefined) throw new Malformed("max_tokens: Field required", "max_tokens");
    if (body["stream"] === true) throw new Malformed("stream: not supported by this model", "stream");
    const said = messages.map((message: unknown, index) => {
      const role = isJson(message) ? message["role"] : undefined;
      if (!isJson(message) || (role !== "user" && role !== "assistant"))
        throw new Malformed(`messages.${index}.role: 'user' or 'assistant' is needed`, "messages");
      return { role, text: textOf(message["content"], `messages.${index}.content`) };
    });
    return {
      model: body["model"],
      system: body["system"] === undefined ? "" : textOf(body["system"], "system"),
      user: said
        .filter(({ role }) => role === "user")
        .map(({ text }) => text)
        .join("\n\n"),
      format: formatOf(body["output_config"]),
      maxTokens,
    };
  },

  reply: (heard, said) => ({
    id: `msg_${said.id}`,
    type: "message",
    role: "assistant",
    model: heard.model,
    content: [{ type: "text", text: said.text, citations: null }],
    stop_reason: said.isCut ? "max_tokens" : "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: said.tokensIn,
      output_tokens: said.tokensOut,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      service_tier: "standard",
    },
  }),

  refuse: (status, message, id) => ({
    type: "error",
    error: { type: kinds[status] ?? "api_error", message },
    request_id: id,
  }),

  list: (models) => ({
    data: models.map(({ slug, displayName }) => ({
      type: "model",
      id: slug,
      display_name: displayName,
      created_at: "2026-01-01T00:00:00Z",
    })),
    has_more: false,
    first_id: models[0]?.slug ?? null,
    last_id: models.at(-1)?.slug ?? null,
  }),
};

const kinds: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "request_too_large",
};

function formatOf(config: unknown): Heard["format"] {
  if (config === undefined || config === null) return undefined;
  if (!isJson(config)) throw new Malformed("output_config: an object is needed", "output_config");
  const format = config["format"];
  if (format === undefined || format === null) return undefined;
  if (!isJson(format) || format["type"] !== "json_schema")
    throw new Malformed("output_config.format.type: 'json_schema' is needed", "output_config");
  if (!isJson(format["schema"])) throw new Malformed("output_config.format.schema: Field required", "output_config");
  return format["schema"];
}
