// server/testing/server.ts -> [server/testing/issuer.ts] -> server/identity/verify.ts
// An identity provider on loopback: its keys, the tokens it signs, and the ways in which it can fail.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from "jose";

export type Behaviour = "up" | "down" | "hanging" | "babbling" | "without keys" | "elsewhere";

export interface TokenOptions {
  /** Laid over the claims of a good token; `undefined` takes one away. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}

export interface Issuer {
  url: string;
  audience: string;
  jwksUrl: string;
  /** How often the keys were asked for. */
  fetches: number;
  behaviour: Behaviour;
  keys: Record<"rs256" | "es256" | "eddsa" | "rs512" | "stranger", CryptoKey> & { strangerJwk: JWK; publicJwk: JWK };
  token(subject: string, options?: TokenOptions): Promise<string>;
  close(): Promise<void>;
}

export const base64url = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

export async function startIssuer(audience = "autobench-test"): Promise<Issuer> {
  const [rs, es, ed, rs512, stranger] = await Promise.all([
    generateKeyPair("RS256"),
    generateKeyPair("ES256"),
    generateKeyPair("EdDSA"),
    generateKeyPair("RS512"),
    generateKeyPair("RS256"),
  ]);
  const publicJwk: JWK = { ...(await exportJWK(rs.publicKey)), kid: "rs", alg: "RS256", use: "sig" };
  const jwks = {
    keys: [
      publicJwk,
      { ...(await exportJWK(es.publicKey)), kid: "es", alg: "ES256", use: "sig" },
      { ...(await exportJWK(ed.publicKey)), kid: "ed", alg: "EdDSA", use: "sig" },
      { ...(await exportJWK(rs512.publicKey)), kid: "rs512", alg: "RS512", use: "sig" },
    ],
  };
  const answer: Record<Behaviour, (response: ServerResponse) => void> = {
    up: (response) => void response.setHeader("content-type", "application/json").end(JSON.stringify(jwks)),
    down: (response) => void response.writeHead(500).end("away"),
    hanging: () => undefined,
    babbling: (response) => void response.setHeader("content-type", "application/json").end("<html>{"),
    "without keys": (response) => void response.setHeader("content-type", "application/json").end("{}"),
    elsewhere: (response) => void response.writeHead(302, { location: "/other" }).end(),
  };
  const server = createServer((_request, response) => {
    issuer.fetches++;
    answer[issuer.behaviour](response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const issuer: Issuer = {
    url,
    audience,
    jwksUrl: `${url}/.well-known/jwks.json`,
    fetches: 0,
    behaviour: "up",
    keys: {
      rs256: rs.privateKey,
      es256: es.privateKey,
      eddsa: ed.privateKey,
      rs512: rs512.privateKey,
      stranger: stranger.privateKey,
      strangerJwk: await exportJWK(stranger.publicKey),
      publicJwk,
    },
    // Signed by hand: a library that makes only sound tokens would be of no use here.
    token(subject, { claims, header, key = rs.privateKey } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: url, aud: audience, sub: subject, iat: now, exp: now + 600, ...claims };
      return new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "RS256", kid: "rs", ...header })
        .sign(key);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}
