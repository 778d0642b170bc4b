// worker/llm/openai.ts, worker/llm/anthropic.ts -> [worker/llm/wire.test.ts] -> worker/llm/golden/

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { complete } from "./complete.ts";
import { traitsOf } from "./traits.ts";
import type { CompletionRequest, Json, Outcome, Protocol, Usage } from "./types.ts";

type Sent = { method: string; path: string; headers: { [name: string]: string }; body: Json };

let server: Server;
let origin = "";
let sent: Sent[] = [];
let answer: Json = null;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, masked(name, String(value))]);
      const body: Json = JSON.parse(Buffer.concat(chunks).toString());
      sent.push({ method: request.method ?? "", path: request.url ?? "", headers: Object.fromEntries(headers), body });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  origin = `http://127.0.0.1:${address.port}`;
});
afterAll(() => void server.close());
afterEach(() => {
  vi.unstubAllEnvs();
  sent = [];
});

/** What changes with a version, a machine or a key is masked; that it is there is not. */
function masked(name: string, value: string): string {
  if (name === "authorization") return value.replace("key-of-test", "<key>");
  if (name === "host") return "<host>";
  if (name === "content-length") return "<length>";
  return /^(?:user-agent|x-stainless-(?:arch|os|runtime-version|package-version))$/.test(name) ? "<version>" : value;
}

const usageOf: { [protocol in Protocol]: (usage: Json) => Json } = {
  openai: (usage) => ({ id: "chatcmpl-1", choices: [{ message: { content: "ok" }, finish_reason: "stop" }], usage }),
  anthropic: (usage) => ({ id: "msg_1", content: [{ type: "text", text: "ok" }], stop_reason: "end_turn", usage }),
};

type Case = { name: string; protocol: Protocol; baseUrl: string; model: string; usage: Json; read: Usage };

const cases: Case[] = [
  {
    name: "openai",
    protocol: "openai",
    baseUrl: "https://api.openai.com/v1",
    model: "gpt-4o",
    usage: {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    read: { inputTokens: 100, outputTokens: 50, cachedTokens: 64, reasoningTokens: 20 },
  },
  {
    name: "google",
    protocol: "openai",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai/",
    model: "gemini-2.0-flash",
    usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 141 },
    read: { inputTokens: 9, outputTokens: 132, cachedTokens: 0, reasoningTokens: 120 },
  },
  {
    name: "groq",
    protocol: "openai",
    baseUrl: "https://api.groq.com/openai/v1",
    model: "llama-3.3-70b-versatile",
    usage: {
      queue_time: 0.1,
      prompt_tokens: 24,
      prompt_time: 0.01,
      completion_tokens: 3,
      total_tokens: 27,
      total_time: 1,
    },
    read: { inputTokens: 24, outputTokens: 3, cachedTokens: 0, reasoningTokens: 0 },
  },
  {
    name: "deepseek",
    protocol: "openai",
    baseUrl: "https://api.deepseek.com",
    model: "deepseek-chat",
    usage: {
      prompt_tokens: 30,
      completion_tokens: 10,
      total_tokens: 40,
      prompt_cache_hit_tokens: 16,
      prompt_cache_miss_tokens: 14,
      completion_tokens_details: { reasoning_tokens: 4 },
    },
    read: { inputTokens: 30, outputTokens: 10, cachedTokens: 16, reasoningTokens: 4 },
  },
  {
    name: "anthropic",
    protocol: "anthropic",
    baseUrl: "https://api.anthropic.com",
    model: "claude-3-5-sonnet-20241022",
    usage: {
      input_tokens: 10,
      output_tokens: 40,
      cache_creation_input_tokens: 5,
      cache_read_input_tokens: 7,
      output_tokens_details: { thinking_tokens: 30 },
    },
    read: { inputTokens: 22, outputTokens: 40, cachedTokens: 7, reasoningTokens: 30 },
  },
];

const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, reasoningTokens: 0 };

const asked: CompletionRequest = {
  apiModel: "",
  system: "You write one page.",
  prompt: "Draw a clock — „так“ 🕰",
  maxOutputTokens: 32_000,
  params: { temperature: 0.7 },
};
const verdict: CompletionRequest["schema"] = {
  name: "verdict",
  schema: {
    type: "object",
    properties: { score: { type: "integer" } },
    required: ["score"],
    additionalProperties: false,
  },
};

/** The provider as it is in the world, except that its host is here. */
function ask(which: Case, request: CompletionRequest): Promise<Outcome> {
  const { name, protocol, model, baseUrl } = which;
  answer = usageOf[protocol](which.usage);
  return complete(
    {
      name,
      protocol,
      ...traitsOf({ protocol, baseUrl }),
      baseUrl: origin + new URL(baseUrl).pathname,
      apiKey: "key-of-test",
      retriesOverload: false,
    },
    { ...request, apiModel: model },
    { deadlineMs: 10_000, attemptId: "0197a1b2-attempt", onRaw: () => undefined },
  );
}

describe.each(cases)("$name", (which) => {
  it("gets exactly these bytes for a page and for a verdict", async () => {
    await ask(which, asked);
    await ask(which, { ...asked, schema: verdict });
    const golden: Json = JSON.parse(readFileSync(new URL(`golden/${which.name}.json`, import.meta.url), "utf8"));
    expect(sent).toEqual(golden);
    expect(JSON.stringify(sent)).toBe(JSON.stringify(golden)); // in the same order, too
  });

  it("has its usage read as it bills", async () => {
    expect(await ask(which, asked)).toMatchObject({ state: "succeeded", text: "ok", usage: which.read });
  });

  it("gets the same whatever the environment says", async () => {
    await ask(which, asked);
    for (const name of ["OPENAI", "ANTHROPIC"]) {
      vi.stubEnv(`${name}_BASE_URL`, "http://127.0.0.1:9/elsewhere");
      vi.stubEnv(`${name}_API_KEY`, "another-key");
      vi.stubEnv(`${name}_AUTH_TOKEN`, "another-token");
      vi.stubEnv(`${name}_ADMIN_KEY`, "admin-key");
      vi.stubEnv(`${name}_ORG_ID`, "org");
      vi.stubEnv(`${name}_PROJECT_ID`, "project");
      vi.stubEnv(`${name}_CUSTOM_HEADERS`, "authorization: Bearer stolen\nx-internal: secret");
    }
    await ask(which, asked);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });
});

it.each<Json>([
  null,
  {},
  { prompt_tokens: "9", completion_tokens: 1 },
  { prompt_tokens: -1, completion_tokens: 1 },
  { prompt_tokens: 0.5, completion_tokens: 1 },
])("a usage of %j is no usage, and no reason to lose the answer", async (usage) => {
  const [openai] = cases;
  if (openai === undefined) throw new Error("no case");
  expect(await ask({ ...openai, usage }, asked)).toMatchObject({ state: "succeeded", usage: null });
});

it("keeps a model's own effort beside the format that we ask for", async () => {
  const anthropic = cases.find((which) => which.protocol === "anthropic");
  if (anthropic === undefined) throw new Error("no case");
  await ask(anthropic, { ...asked, params: { output_config: { effort: "high" } }, schema: verdict });
  expect(sent[0]?.body).toMatchObject({ output_config: { effort: "high", format: { type: "json_schema" } } });
});

it("asks a provider of Anthropic's protocol, but not Anthropic, for JSON in words alone", async () => {
  const baseUrl = "https://api.deepseek.com/anthropic";
  const compatible: Case = { name: "d", protocol: "anthropic", baseUrl, model: "m", usage: null, read: noUsage };
  await ask(compatible, { ...asked, schema: verdict });
  expect(sent[0]).toMatchObject({ path: "/anthropic/v1/messages", body: { system: expect.stringContaining("JSON") } });
  expect(sent[0]?.body).not.toHaveProperty("output_config");
});
