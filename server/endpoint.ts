// server/main.ts -> [server/endpoint.ts] -> server/graphile.config.ts, server/sockets.ts
// One GraphQL surface: its pools, its schema, its HTTP handler and its sockets.
import express, { type RequestHandler } from "express";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/express/v4";
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from "postgraphile/graphql";
import type { Log } from "../process/log.ts";
import type { AddressOf } from "./address.ts";
import type { ServerConfig } from "./config.ts";
import { readConstraintErrors } from "./errors.ts";
import { makePreset, type SurfaceName, surfaces } from "./graphile.config.ts";
import { makeDocumentGuard } from "./guard/document-guard.ts";
import { limits } from "./guard/limits.ts";
import type { Identify } from "./identity/caller.ts";
import type { PersistedOperations } from "./persisted.ts";
import { openPools, type Pools, pgService } from "./pools.ts";
import type { TakeOne } from "./rate.ts";
import { makeVoters } from "./voter.ts";
import { readGraphqlBody } from "./routes/graphql-body.ts";
import { persistedGet } from "./routes/persisted-get.ts";
import { makeSockets, type Sockets } from "./sockets.ts";

export interface Endpoint extends Pick<Sockets, "upgrade"> {
  handler: RequestHandler;
  /** Answers GET of a persisted document, for caches. */
  persisted: RequestHandler;
  schema(): PromiseLike<GraphQLSchema> | GraphQLSchema;
  /** Lets its sockets go; what remains is closed after the last request. */
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

export interface EndpointOptions {
  surface: SurfaceName;
  url: string;
  config: ServerConfig;
  identify: Identify;
  persisted: PersistedOperations;
  isOrigin: (origin: string) => boolean;
  addressOf: AddressOf;
  takeOne: TakeOne;
  sandboxUrl: () => string;
  /** What voters' cookies are signed with. */
  cookieSecret: string;
  log: Log;
}

export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const pools = openPools(options.url, options.surface, options.log);
  try {
    return await serve(options, pools);
  } catch (error) {
    await pools.end();
    throw error;
  }
}

async function serve(options: EndpointOptions, pools: Pools): Promise<Endpoint> {
  const { config, log, persisted, surface } = options;
  const isPublic = surface === "public";
  const isIntrospectable = config.isIntrospectable || !isPublic;
  const guard = makeDocumentGuard({
    schema: () => pgl.getSchema(),
    limits,
    isIntrospectable,
    persisted,
    isPersistedOnly: config.isPersistedOnly && isPublic,
  });
  const pgl = postgraphile(
    makePreset({
      surface,
      service: pgService(pools, [...surfaces[surface].schemas]),
      constraints: await readConstraintErrors(pools.anonymous),
      log,
      guard,
      isIntrospectable,
      sandboxUrl: options.sandboxUrl,
      graphiqlPath: config.hasGraphiql && isPublic ? "/graphiql" : undefined,
    }),
  );
  await pgl.getSchema(); // fail now, not at the first request
  const serv = pgl.createServ(grafserv);
  const router = express.Router();
  const voters = makeVoters({
    secret: options.cookieSecret,
    isHttps: config.publicUrl.startsWith("https:"),
    addressOf: options.addressOf,
    documentOf: (body) => documentOf(body, persisted),
  });
  router.all(surfaces[surface].path, readGraphqlBody(limits.bytes), voters.welcome);
  await serv.addTo(router as express.Express, null, false);
  const sockets = makeSockets({
    ...options,
    serv,
    recognise: voters.recognise,
    admits: (caller) => isPublic || caller?.role === "operator",
    limits: config.sockets,
  });
  return {
    handler: router,
    persisted: persistedGet(serv, guard, persisted),
    upgrade: sockets.upgrade,
    schema: () => pgl.getSchema(),
    hangUp: sockets.close,
    async close() {
      await sockets.close();
      await pgl.release();
      await pools.end();
    },
  };
}

/** The text that a body means, as far as it means any; what is wrong with it is said later. */
function documentOf(body: unknown, persisted: PersistedOperations): string | undefined {
  if (typeof body === "string") return body;
  try {
    return persisted.textOf(Object(body) as object, false);
  } catch {
    return undefined;
  }
}

/** The schema as text, sorted, so that a change shows as a small difference. */
export async function sdlOf(endpoint: Pick<Endpoint, "schema">): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await endpoint.schema()))}\n`;
}
