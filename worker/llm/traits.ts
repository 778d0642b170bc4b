// worker/llm/complete.ts -> [worker/llm/traits.ts] -> worker/llm/openai.ts, worker/llm/anthropic.ts

import type { Protocol, Provider, Traits } from "./types.ts";

/** Only what was tried or is documented; a provider that is not listed gets the smallest common set. */
const known: { protocol: Protocol; host: RegExp; traits: Traits }[] = [
  {
    protocol: "openai",
    host: /^(?:[a-z]{2}\.)?api\.openai\.com$/,
    traits: { canLookUp: true, tokenLimitField: "max_completion_tokens", structuredOutput: "json_schema" },
  },
  {
    protocol: "anthropic",
    host: /^api\.anthropic\.com$/,
    traits: { canLookUp: false, tokenLimitField: "max_tokens", structuredOutput: "json_schema" },
  },
];

const unknown: { [protocol in Protocol]: Traits } = {
  openai: { canLookUp: false, tokenLimitField: "max_tokens", structuredOutput: "json_object" },
  anthropic: { canLookUp: false, tokenLimitField: "max_tokens", structuredOutput: "instructions" },
};

/** The one place that looks at a provider's host name. */
export function traitsOf(provider: Pick<Provider, "protocol" | "baseUrl"> & Partial<Traits>): Traits {
  const host = URL.canParse(provider.baseUrl) ? new URL(provider.baseUrl).hostname : "";
  const found = known.find((entry) => entry.protocol === provider.protocol && entry.host.test(host));
  const base = found?.traits ?? unknown[provider.protocol];
  return {
    canLookUp: provider.canLookUp ?? base.canLookUp,
    tokenLimitField: provider.tokenLimitField ?? base.tokenLimitField,
    structuredOutput: provider.structuredOutput ?? base.structuredOutput,
  };
}
