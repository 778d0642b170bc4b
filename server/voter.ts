// Cookie, address -> [server/voter.ts] -> app.visitor, app.network (server/graphile.config.ts) -> app_private.draw_ballot()
// Who votes when nobody is signed in: a visitor, known by a signed cookie, and the network that they come from.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import path from "node:path";
import type { RequestHandler } from "express";
import { keepSecret } from "../db/cluster/secret.ts";
import { SettingsError } from "../process/settings.ts";
import type { AddressOf } from "./address.ts";
import type { ServerConfig } from "./config.ts";
import { callerOf } from "./identity/caller.ts";

export interface Voter {
  /** What the cookie holds; empty when it holds nothing that we have signed. */
  visitor: string;
  /** The prefix of the address; empty when it says nothing. */
  network: string;
}

export interface Voters {
  /** Looks at a request's cookie and address. */
  recognise(request: IncomingMessage): Voter;
  /** The same for a GraphQL request; whoever draws a ballot without a cookie is given one. */
  welcome: RequestHandler;
}

export interface VoterOptions {
  secret: string;
  isHttps: boolean;
  addressOf: AddressOf;
  /** The text of the document that a request's body means. */
  documentOf: (body: unknown) => string | undefined;
}

const seen = new WeakMap<IncomingMessage, Voter>();

export function voterOf(request: IncomingMessage | undefined): Voter | undefined {
  return request && seen.get(request);
}

/** What cookies are signed with: the setting, which several servers share, or a file in the data folder. */
export function voterSecret({ voterSecret: given, dataFolder }: ServerConfig): string {
  if (given) return given;
  try {
    mkdirSync(dataFolder, { recursive: true });
    return keepSecret(path.join(dataFolder, "voter.secret"), () => randomBytes(32).toString("base64url"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    throw new SettingsError([`VOTER_SECRET is missing, and none can be kept in DATA_DIR: ${reason}`]);
  }
}

/** As long as browsers keep a cookie. */
const days400 = 400 * 24 * 3600 * 1000;

export function makeVoters({ secret, isHttps, addressOf, documentOf }: VoterOptions): Voters {
  // With this prefix a browser takes it from this host alone, and over https.
  const name = isHttps ? "__Host-autobench_voter" : "autobench_voter";
  const sign = (visitor: string): Buffer => createHmac("sha256", secret).update(visitor).digest();
  const visitorOf = (header = ""): string => {
    const [, visitor = "", signature = ""] =
      new RegExp(`(?:^|;) *${name}=([\\w-]{22})\\.([\\w-]{43})(?:;|$)`).exec(header) ?? [];
    const given = Buffer.from(signature, "base64url");
    const own = sign(visitor);
    return given.length === own.length && timingSafeEqual(given, own) ? visitor : "";
  };
  const recognise = (request: IncomingMessage): Voter => {
    const voter = { visitor: visitorOf(request.headers.cookie), network: votingNetwork(addressOf(request)) };
    seen.set(request, voter);
    return voter;
  };
  return {
    recognise,
    welcome(request, response, next) {
      const voter = recognise(request);
      if (!voter.visitor && !callerOf(request) && /\bdrawBallot\b/.test(documentOf(request.body) ?? "")) {
        voter.visitor = randomBytes(16).toString("base64url");
        response.cookie(name, `${voter.visitor}.${sign(voter.visitor).toString("base64url")}`, {
          httpOnly: true,
          sameSite: "lax",
          secure: isHttps,
          path: "/",
          maxAge: days400,
        });
      }
      next();
    },
  };
}

/**
 * What counts as one network for votes: the /24 of an IPv4 address, the /48 of which one IPv6 line may be given all. Of this
 * machine's own address nothing can be told: it is everybody's behind a proxy that says nothing.
 */
export function votingNetwork(address: string): string {
  if (isIPv4(address)) return address.startsWith("127.") ? "" : address.replace(/\.\d+$/, ".0/24");
  const groups = address.replace("::/64", "").split(":");
  if (groups.length !== 4 || groups.every((group) => group === "0")) return "";
  return `${groups.slice(0, 3).join(":")}::/48`;
}
