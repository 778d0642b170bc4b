// npx vitest run worker/rehearsal -> [worker/rehearsal/server.test.ts] -> worker/rehearsal/server.ts
// The real SDKs against the loopback provider.
import Anthropic, * as anthropicErrors from "@anthropic-ai/sdk";
import OpenAI, * as openaiErrors from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rehearsalModels } from "./models.ts";
import { startRehearsal, type Rehearsal } from "./server.ts";
import { themes } from "./themes.ts";

let server: Rehearsal;
let openai: OpenAI;
let anthropic: Anthropic;
const paces: { model: string; natural: number }[] = [];
const logged: string[] = [];

beforeAll(async () => {
  server = await startRehearsal({
    paceMs: ({ model, natural }) => {
      paces.push({ model, natural });
      return 0;
    },
    log: (message, data) => logged.push(`${message} ${JSON.stringify(data)}`),
  });
  openai = new OpenAI({ apiKey: "any", baseURL: `${server.url}/v1`, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: "any", baseURL: server.url, maxRetries: 0 });
});

afterAll(() => server.close());

const task =
  'Build "Harbour Marbles", a physics toy with bouncing marbles. One self-contained HTML document, no network.';
const taskSchema = {
  type: "object",
  properties: {
    title: { type: "string" },
    theme: { type: "string", enum: ["clock", "form"] },
    prompt: { type: "string" },
  },
  required: ["title", "theme", "prompt"],
  additionalProperties: false,
};
const verdictSchema = {
  type: "object",
  properties: {
    reasoning: { type: "string" },
    score: { type: "integer", minimum: 0, maximum: 100 },
    feedback: { type: "string" },
  },
  required: ["reasoning", "score", "feedback"],
  additionalProperties: false,
};

describe("chat completions", () => {
  it("answers a task with usage, an id and a finish reason", async () => {
    const { data, response } = await openai.chat.completions
      .create({
        model: "rehearsal-artisan",
        messages: [
          { role: "system", content: "You build pages." },
          { role: "user", content: task },
        ],
      })
      .withResponse();
    const [choice] = data.choices;
    expect(choice?.finish_reason).toBe("stop");
    expect(choice?.message.content).toContain("Harbour Marbles");
    expect(data.usage?.prompt_tokens).toBeGreaterThan(20);
    expect(data.usage?.completion_tokens).toBe(Math.ceil((choice?.message.content ?? "").length / 4));
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(response.headers.get("content-type")).toContain("application/json");
  });

  it("keeps a schema, and plain JSON where that is asked for", async () => {
    const strict = await openai.chat.completions.create({
      model: "rehearsal-writer",
      messages: [{ role: "user", content: "Write task 1 of 3 for 2026-11-20." }],
      response_format: { type: "json_schema", json_schema: { name: "task", strict: true, schema: taskSchema } },
    });
    const written: unknown = JSON.parse(strict.choices[0]?.message.content ?? "");
    expect(written).toEqual({
      title: expect.any(String),
      theme: expect.stringMatching(/^(?:clock|form)$/),
      prompt: expect.any(String),
    });
    const loose = await openai.chat.completions.create({
      model: "rehearsal-coach",
      messages: [{ role: "user", content: '[{"member": "a", "candidates": ["x"]}]' }],
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(loose.choices[0]?.message.content ?? "")).toMatchObject({
      notes: [{ member: "a", nextProblem: "x" }],
    });
    const page = await openai.chat.completions.create({
      model: "rehearsal-novice",
      messages: [{ role: "user", content: task }],
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(page.choices[0]?.message.content ?? "")).toEqual({ html: expect.stringContaining("<html>") });
  });

  it("cuts at the caller's limit and says so", async () => {
    const cut = await openai.chat.completions.create({
      model: "rehearsal-novice",
      max_completion_tokens: 10,
      messages: [{ role: "user", content: task }],
    });
    expect(cut.choices[0]?.finish_reason).toBe("length");
    expect(cut.choices[0]?.message.content).toHaveLength(40);
    expect(cut.usage?.completion_tokens).toBe(10);
  });

  it("refuses as a provider does", async () => {
    const messages = [{ role: "user" as const, content: task }];
    await expect(openai.chat.completions.create({ model: "rehearsal-nobody", messages })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
      requestID: expect.stringMatching(/^req_/),
    });
    await expect(openai.chat.completions.create({ model: "rehearsal-master", messages })).rejects.toBeInstanceOf(
      openaiErrors.NotFoundError,
    );
    await expect(openai.chat.completions.create({ model: "rehearsal-novice", messages: [] })).rejects.toBeInstanceOf(
      openaiErrors.BadRequestError,
    );
    await expect(
      openai.chat.completions.create({ model: "rehearsal-novice", messages, stream: true }),
    ).rejects.toMatchObject({ status: 400, param: "stream" });
    const bare = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", body: "{}" });
    expect(bare.status).toBe(401);
    expect(await bare.json()).toMatchObject({ error: { code: "invalid_api_key" } });
  });

  it("lists its models", async () => {
    const listed = await openai.models.list();
    expect(listed.data.map(({ id }) => id)).toEqual([
      "rehearsal-novice",
      "rehearsal-artisan",
      "rehearsal-writer",
      "rehearsal-coach",
    ]);
  });
});

describe("messages", () => {
  it("answers a task with usage, an id and a stop reason", async () => {
    const { data, response } = await anthropic.messages
      .create({
        model: "rehearsal-master",
        max_tokens: 8192,
        system: "You build pages.",
        messages: [{ role: "user", content: [{ type: "text", text: task }] }],
      })
      .withResponse();
    const [block] = data.content;
    const text = block?.type === "text" ? block.text : "";
    expect(text).toContain("```html\n<!doctype html>");
    expect(data.stop_reason).toBe("end_turn");
    expect(data.usage.output_tokens).toBe(Math.ceil(text.length / 4));
    expect(response.headers.get("request-id")).toMatch(/^req_/);
  });

  it("keeps a schema", async () => {
    const reply = await anthropic.messages.create({
      model: "rehearsal-judge",
      max_tokens: 1024,
      output_config: { format: { type: "json_schema", schema: verdictSchema } },
      messages: [
        {
          role: "user",
          content:
            "# Rubric\n\n- (100) Cause: target leakage\n\n<<<answer a81b5c77>>>\nIt is target leakage.\n<<<end of answer a81b5c77>>>",
        },
      ],
    });
    const [block] = reply.content;
    const text = block?.type === "text" ? block.text : "";
    expect(text).toMatch(/^\{"reasoning":.*"score":100,"feedback":/s);
    expect(JSON.parse(text)).toMatchObject({ score: 100, reasoning: expect.stringContaining("Cause") });
  });

  it("does not pretend to have graded without a rubric", async () => {
    const reply = await anthropic.messages.create({
      model: "rehearsal-judge",
      max_tokens: 1024,
      output_config: { format: { type: "json_schema", schema: verdictSchema } },
      messages: [{ role: "user", content: "Grade this: it leaks." }],
    });
    const [block] = reply.content;
    expect(block?.type === "text" ? block.text : "").toMatch(/^I cannot grade this/);
  });

  it("refuses as a provider does", async () => {
    const call = { max_tokens: 100, messages: [{ role: "user" as const, content: task }] };
    await expect(anthropic.messages.create({ ...call, model: "rehearsal-nobody" })).rejects.toMatchObject({
      status: 404,
      error: { type: "error", error: { type: "not_found_error" } },
    });
    await expect(anthropic.messages.create({ ...call, model: "rehearsal-writer" })).rejects.toBeInstanceOf(
      anthropicErrors.NotFoundError,
    );
    await expect(
      anthropic.messages.create({ ...call, model: "rehearsal-master", messages: [] }),
    ).rejects.toBeInstanceOf(anthropicErrors.BadRequestError);
    const headers = { "x-api-key": "any", "anthropic-version": "2023-06-01" };
    const post = (body: string): Promise<Response> =>
      fetch(`${server.url}/v1/messages`, { method: "POST", headers, body });
    expect(await (await post("{oops")).json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error" },
      request_id: expect.any(String),
    });
    expect(
      await (await post('{"model":"rehearsal-master","messages":[{"role":"user","content":"x"}]}')).json(),
    ).toMatchObject({ error: { message: "max_tokens: Field required" } });
    expect((await post(`{"model":"${"x".repeat(5_000_000)}"}`)).status).toBe(413);
    expect((await fetch(`${server.url}/v1/messages`, { headers })).status).toBe(405);
    expect((await fetch(`${server.url}/v1/elsewhere`, { headers })).status).toBe(404);
  });

  it("lists its models", async () => {
    const listed = await anthropic.models.list();
    expect(listed.data.map(({ id }) => id)).toEqual(["rehearsal-apprentice", "rehearsal-master", "rehearsal-judge"]);
  });
});

describe("the provider", () => {
  it("has four contestants of different price, two behind each protocol, and three helpers", () => {
    const contestants = rehearsalModels.filter(({ role }) => role === "answer");
    expect(contestants.map(({ protocol }) => protocol).toSorted()).toEqual([
      "anthropic",
      "anthropic",
      "openai",
      "openai",
    ]);
    expect(new Set(contestants.map(({ priceOut }) => priceOut)).size).toBe(4);
    expect(rehearsalModels).toHaveLength(7);
    for (const { displayName } of rehearsalModels) expect(displayName).toMatch(/^Rehearsal \w+ \(canned\)$/);
  });

  it("counts calls by model and keeps the list short, whatever it is asked for", async () => {
    const before = server.requests().length;
    for (const name of ["a", "b", "c"])
      await expect(
        openai.chat.completions.create({ model: name, messages: [{ role: "user", content: "x" }] }),
      ).rejects.toThrow("404");
    expect(server.requests().length).toBe(before);
    const master = server.requests().find(({ model }) => model === "rehearsal-master");
    expect(master).toMatchObject({ protocol: "anthropic", succeeded: 1 });
    expect(master?.requests).toBe((master?.succeeded ?? 0) + (master?.refused ?? 0));
  });

  it("takes its time, the same for the same prompt, between 150 ms and 1.6 s", async () => {
    const call = { model: "rehearsal-novice", messages: [{ role: "user" as const, content: task }] };
    await openai.chat.completions.create(call);
    await openai.chat.completions.create(call);
    expect(paces.at(-1)).toEqual(paces.at(-2));
    for (const { natural } of paces) expect(natural >= 150 && natural <= 1600).toBe(true);
  });

  it("logs no prompt and no answer", () => {
    expect(logged.length).toBeGreaterThan(5);
    expect(logged.join("\n")).not.toMatch(/Harbour|marbles|leakage|html/i);
  });

  it("listens on the loopback alone and closes with calls in flight, twice if asked", async () => {
    const slow = await startRehearsal({ paceMs: () => 60_000 });
    expect(slow.url).toBe(`http://127.0.0.1:${slow.port}`);
    const client = new OpenAI({ apiKey: "any", baseURL: `${slow.url}/v1`, maxRetries: 0 });
    const call = client.chat.completions.create({
      model: "rehearsal-novice",
      messages: [{ role: "user", content: task }],
    });
    const failed = expect(call).rejects.toBeInstanceOf(openaiErrors.APIConnectionError);
    await expect.poll(() => slow.waiting(), { timeout: 5000 }).toBe(1);
    await Promise.all([slow.close(), slow.close()]);
    await failed;
  });

  it("plays every theme over the wire", async () => {
    for (const theme of themes) {
      const reply = await openai.chat.completions.create({
        model: "rehearsal-artisan",
        messages: [{ role: "user", content: `Theme: ${theme}. Make something of otters.` }],
      });
      expect(reply.choices[0]?.message.content).toMatch(/<\/html>\s*(?:```)?\s*$/);
    }
  });
});
