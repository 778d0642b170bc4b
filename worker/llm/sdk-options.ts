// worker/llm/openai.ts, worker/llm/anthropic.ts -> [worker/llm/sdk-options.ts]

import type { Provider } from "./types.ts";

/** What one sending needs beside the provider and the request. */
export type SendOptions = { fetch: typeof fetch; timeoutMs: number; attemptId: string };

/**
 * How both SDKs are set up. By default they retry twice, and send no idempotency key: here they send once (a number, not
 * "0": one of them takes anything else for two). They also listen to environment variables: those for address, key and
 * log are overruled, the headers that others add are dropped by the guarded fetch.
 */
export function sdkOptions(provider: Provider, send: SendOptions) {
  const apiKey = provider.apiKey === "" ? "none" : provider.apiKey;
  return {
    apiKey,
    baseURL: provider.baseUrl,
    logLevel: "off" as const,
    maxRetries: 0,
    timeout: send.timeoutMs,
    fetch: send.fetch,
    defaultHeaders: { Authorization: `Bearer ${apiKey}` },
  };
}
