// AUTH_JWKS_URL -> [server/identity/keys.ts] -> server/identity/verify.ts
// The issuer's published keys. They are asked for rarely, whatever callers send, and known ones hold while it is away.
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";

/** The issuer did not answer, or not with keys, and no key that fits is known. */
export class IssuerAway extends Error {}

/** After a failure the issuer is left alone for this long: a flood of tokens must not become a flood of requests. */
const restMs = 5000;
/** Keys are asked for anew when they are older than this, and believed for this long if there is no answer. */
const [freshMs, staleMs] = [600_000, 3_600_000];

export function publishedKeys(url: URL, timeoutMs = 3000): JWTVerifyGetKey {
  let failedAt = -Infinity;
  let answeredAt = -Infinity;
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cooldownDuration: 30_000, // a flood of unknown key ids asks the issuer once
    cacheMaxAge: freshMs,
    [customFetch]: async (address, options) => {
      if (Date.now() < failedAt + restMs) throw new IssuerAway("It failed a moment ago.");
      failedAt = Date.now(); // until it has answered
      const response = await fetch(address, options);
      const text = await response.text();
      if (response.status === 200 && isKeySet(text)) [failedAt, answeredAt] = [-Infinity, Date.now()];
      return new Response(text, { status: response.status });
    },
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      // A key set that was read, and has no such key: the token is wrong. Anything else is the issuer's fault.
      const isRead = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      if (isRead || error instanceof errors.JOSENotSupported) throw error;
      const known = remote.jwks();
      if (!known || Date.now() > answeredAt + staleMs) throw new IssuerAway("There is no key.", { cause: error });
      return createLocalJWKSet(known)(header, token).catch(() => {
        throw new IssuerAway("The key is not known yet.", { cause: error });
      });
    }
  };
}

function isKeySet(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys);
  } catch {
    return false;
  }
}
