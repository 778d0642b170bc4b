// server/testing/issuer.ts -> [server/testing/tokens.ts] -> server/identity/verify.test.ts
// Tokens that must not be believed, with what is said of each.
import { createSecretKey } from "node:crypto";
import { type CryptoKey, exportSPKI, importJWK, SignJWT } from "jose";
import { base64url, type Issuer } from "./issuer.ts";

export interface BadToken {
  name: string;
  says: RegExp;
  make: (issuer: Issuer, subject: string) => string | Promise<string>;
}

const invalid = /^The token is not valid\.$/;
const noOne = /does not say who you are|lacks a usable claim \(sub\)/;
const form = /^The Authorization header must be/;
const now = (): number => Math.floor(Date.now() / 1000);
type Claims = Record<string, unknown>;

const claims = (name: string, says: RegExp, given: (issuer: Issuer) => Claims): BadToken => ({
  name,
  says,
  make: (issuer, subject) => issuer.token(subject, { claims: given(issuer) }),
});
const header = (name: string, says: RegExp, given: Claims, key?: "stranger" | "rs512"): BadToken => ({
  name,
  says,
  make: (issuer, subject) => issuer.token(subject, { header: given, ...(key ? { key: issuer.keys[key] } : {}) }),
});
const altered = (name: string, says: RegExp, alter: (parts: string[]) => string): BadToken => ({
  name,
  says,
  make: async (issuer, subject) => alter((await issuer.token(subject)).split(".")),
});
const unsigned = (alg: string) => (parts: string[]) => `${base64url({ alg })}.${parts[1]}.`;

export const badTokens: readonly BadToken[] = [
  altered("alg none", invalid, unsigned("none")),
  altered("alg nOnE", invalid, unsigned("nOnE")),
  altered("no alg", invalid, (parts) => `${base64url({ kid: "rs" })}.${parts[1]}.${parts[2]}`),
  {
    name: "HS256 with the public key for a secret",
    says: invalid,
    async make(issuer, subject) {
      const pem = await exportSPKI(
        (await importJWK(issuer.keys.publicJwk, "RS256", { extractable: true })) as CryptoKey,
      );
      return new SignJWT({ sub: subject })
        .setProtectedHeader({ alg: "HS256", kid: "rs" })
        .setIssuer(issuer.url)
        .setAudience(issuer.audience)
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(createSecretKey(Buffer.from(pem)));
    },
  },
  header("another key under a known id", invalid, {}, "stranger"),
  header(
    "a key that is published, for an algorithm that is not on our list",
    invalid,
    { alg: "RS512", kid: "rs512" },
    "rs512",
  ),
  header("an unknown key id", invalid, { kid: "zzz" }, "stranger"),
  header("no key id", invalid, { kid: undefined }, "stranger"),
  header("a key id that is a path", invalid, { kid: "../../etc/passwd" }),
  header("a key id that is SQL", invalid, { kid: "' or 1=1 --" }, "stranger"),
  header("a key id of every object", invalid, { kid: "__proto__" }, "stranger"),
  header("a key id that is no text", invalid, { kid: { a: 1 } }),
  {
    name: "a key of its own in the header",
    says: invalid,
    make: async (issuer, subject) =>
      issuer.token(subject, { header: { kid: undefined, jwk: issuer.keys.strangerJwk }, key: issuer.keys.stranger }),
  },
  header("an address of keys in the header", invalid, { jku: "http://127.0.0.1:1/jwks" }, "stranger"),
  header("an address of a certificate", invalid, { x5u: "http://127.0.0.1:1/x" }, "stranger"),
  header("a certificate", invalid, { x5c: ["AAAA"] }, "stranger"),
  altered("an extension that nobody knows", invalid, (parts) => {
    const head = { alg: "RS256", kid: "rs", crit: ["foo"], foo: 1 };
    return `${base64url(head)}.${parts[1]}.${parts[2]}`;
  }),
  altered("another algorithm than its key's", invalid, (parts) => {
    return `${base64url({ alg: "ES256", kid: "rs" })}.${parts[1]}.${parts[2]}`;
  }),
  claims("another issuer", /another issuer/, () => ({ iss: "https://evil.example" })),
  claims("the issuer with a slash", /another issuer/, (issuer) => ({ iss: `${issuer.url}/` })),
  claims("issuers in a list", /another issuer/, (issuer) => ({ iss: [issuer.url] })),
  claims("no issuer", /another issuer|usable claim/, () => ({ iss: undefined })),
  claims("another audience", /another audience/, () => ({ aud: "https://other.example" })),
  claims("other audiences", /another audience/, () => ({ aud: ["a", "b"] })),
  claims("no audience", /another audience/, () => ({ aud: undefined })),
  claims("an audience that is an object", /another audience/, () => ({ aud: {} })),
  claims("an end long past", /has expired/, () => ({ iat: now() - 120, exp: now() - 60 })),
  claims("an end just past the tolerance", /has expired/, () => ({ iat: now() - 120, exp: now() - 6 })),
  claims("no end", /usable claim \(exp\)/, () => ({ exp: undefined })),
  claims("an end that is a text", /usable claim \(exp\)|not valid/, () => ({ exp: "tomorrow" })),
  claims("a beginning to come", /not valid yet/, () => ({ nbf: now() + 600 })),
  claims("an issue to come", /from the future/, () => ({ iat: now() + 900, exp: now() + 1800 })),
  claims("an issue of two days ago", /too old|has expired/, () => ({ iat: now() - 48 * 3600, exp: now() + 3600 })),
  claims("no issue", /from the future|usable claim \(iat\)/, () => ({ iat: undefined })),
  claims("no subject", noOne, () => ({ sub: undefined })),
  claims("an empty subject", noOne, () => ({ sub: "" })),
  claims("a subject that is an object", noOne, () => ({ sub: { a: 1 } })),
  claims("a subject that is a list", noOne, () => ({ sub: ["x"] })),
  claims("a subject that is a number", noOne, () => ({ sub: 7 })),
  claims("a subject that is null", noOne, () => ({ sub: null })),
  claims("a subject of 256 characters", noOne, () => ({ sub: "x".repeat(256) })),
  claims("a subject with a zero in it", noOne, () => ({ sub: "a\u0000b" })),
  claims("a subject of two lines", noOne, () => ({ sub: "a\nb" })),
  altered("another payload under the signature", invalid, (parts) => {
    const body = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8")) as Claims;
    return `${parts[0]}.${base64url({ ...body, sub: "admin" })}.${parts[2]}`;
  }),
  altered("no signature", invalid, (parts) => `${parts[0]}.${parts[1]}.`),
  altered("a shortened signature", invalid, (parts) => `${parts[0]}.${parts[1]}.${parts[2]?.slice(0, -4)}`),
  altered("two parts", invalid, (parts) => `${parts[0]}.${parts[1]}`),
  altered("four parts", invalid, (parts) => `${parts.join(".")}.x`),
  altered("five parts, like an encrypted one", invalid, (parts) => `${parts.join(".")}.x.y`),
  altered("a payload that is a list", invalid, (parts) => `${parts[0]}.${base64url([])}.${parts[2]}`),
  altered("a header that is no JSON", invalid, (parts) => `${base64url("{")}.${parts[1]}.${parts[2]}`),
  altered("more than 8 KB", form, (parts) => `${parts.join(".")}${"A".repeat(8192)}`),
  altered("a blank within", form, (parts) => parts.join(". ")),
  { name: "nothing", says: form, make: () => "" },
  { name: "words", says: invalid, make: () => "hello" },
  { name: "dots", says: invalid, make: () => ".." },
  { name: "one of a million", says: invalid, make: () => `${"a.".repeat(1000)}a` },
];
