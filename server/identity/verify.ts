// Authorization header -> [server/identity/verify.ts] -> server/identity/caller.ts
// Checks a bearer token. Only its subject counts: a claim about a role is never looked at.
import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { IdentityConfig } from "../config.ts";
import { RequestError } from "../errors.ts";
import { IssuerAway, publishedKeys } from "./keys.ts";
import type { LocalIssuer } from "./local-issuer.ts";

export interface VerifiedToken {
  issuer: string;
  subject: string;
  claims: JWTPayload;
  expiresAt: Date;
}

export type Verify = (authorization: string | undefined) => Promise<VerifiedToken | undefined>;

const algorithms = ["RS256", "ES256", "EdDSA"];
const longestToken = 8192;
const longestSeconds = 24 * 60 * 60;

export function makeVerify(config: IdentityConfig, local: LocalIssuer | undefined): Verify {
  const keys = keySource(config, local);
  return async (authorization) => {
    if (authorization === undefined || authorization === "") return undefined;
    if (!keys) throw refused("Signing in is not set up here.");
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization.slice(0, longestToken + 16)) ?? [];
    if (!token || token.length > longestToken)
      throw refused("The Authorization header must be: Bearer, a blank, a token.");
    const { payload } = await jwtVerify(token, keys.key, {
      algorithms,
      issuer: keys.issuer,
      ...(keys.audience ? { audience: keys.audience } : {}),
      requiredClaims: ["sub", "exp", "iat"],
      clockTolerance: 5,
      maxTokenAge: longestSeconds,
    }).catch((error: unknown) => {
      throw explain(error);
    });
    const { sub, iat = 0, exp = 0 } = payload;
    if (typeof sub !== "string" || sub === "" || sub.length > 255 || /\p{Cc}/u.test(sub) || !sub.isWellFormed()) {
      throw refused("The token does not say who you are.");
    }
    const { azp } = payload;
    const isForUs = typeof azp === "string" ? keys.parties.includes(azp) : azp === undefined && Boolean(keys.audience);
    if (keys.parties.length && !isForUs) throw refused("The token was made for another site.");
    return {
      issuer: keys.issuer,
      subject: sub,
      claims: payload,
      // Whatever the issuer says, a token that is older than a day is not believed, nor is a socket that it opened.
      expiresAt: new Date(Math.min(exp, iat + longestSeconds) * 1000),
    };
  };
}

interface KeySource {
  key: JWTVerifyGetKey;
  issuer: string;
  audience: string | undefined;
  parties: readonly string[];
}

function keySource(config: IdentityConfig, local: LocalIssuer | undefined): KeySource | undefined {
  if (config.kind === "issuer") {
    const key = publishedKeys(new URL(config.jwksUrl));
    return { key, issuer: config.issuer, audience: config.audience, parties: config.parties };
  }
  if (config.kind === "local" && local) {
    return { key: createLocalJWKSet(local.jwks), issuer: local.issuer, audience: local.audience, parties: [] };
  }
  return undefined;
}

function refused(reason: string): RequestError {
  return new RequestError(401, "TB005", reason, "Get a new token from the identity provider, or leave the header out.");
}

/** Says what is wrong with a token in words that help its owner and tell a forger nothing new. */
function explain(error: unknown): RequestError {
  if (error instanceof errors.JWTExpired) return refused("The token has expired.");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const known: Record<string, string> = {
      iss: "The token comes from another issuer.",
      aud: "The token was made for another audience.",
      nbf: "The token is not valid yet.",
      iat: "The token is too old, or from the future.",
    };
    return refused(known[error.claim] ?? `The token lacks a usable claim (${error.claim}).`);
  }
  if (error instanceof IssuerAway) {
    return new RequestError(503, "TB034", "The identity provider cannot be reached.", "Try again in a moment.");
  }
  return refused("The token is not valid.");
}
