// /sign-in -> [server/identity/local-issuer.ts] -> server/identity/verify.ts
// Tokens for rehearsal, signed with a key that lives as long as the process. Made only on loopback without an issuer.
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";

export interface LocalIssuer {
  issuer: string;
  audience: string;
  jwks: JSONWebKeySet;
  issue(name: string): Promise<string>;
}

export async function makeLocalIssuer(): Promise<LocalIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const [issuer, audience] = ["urn:autobench:rehearsal", "autobench"];
  return {
    issuer,
    audience,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "rehearsal", alg: "ES256", use: "sig" }] },
    issue: (name) =>
      new SignJWT({ username: name })
        .setProtectedHeader({ alg: "ES256", kid: "rehearsal" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(name.toLowerCase())
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey),
  };
}
