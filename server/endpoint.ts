// server/main.ts -> [server/endpoint.ts] -> server/graphile.config.ts, server/sockets.ts
// One GraphQL surface: its pools, its schema, its HTTP handler and its sockets.
import type { IncomingMessage } from "node:http";
import express, { type RequestHandler } from "express";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/express/v4";
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from "postgraphile/graphql";
import type { Log } from "../process/log.ts";
import type { ServerConfig } from "./config.ts";
import { readConstraintErrors } from "./errors.ts";
import { makePreset, type SurfaceName, surfaces } from "./graphile.config.ts";
import type { Identify } from "./identity/caller.ts";
import type { PersistedOperations } from "./persisted.ts";
import { persistedGet } from "./routes/persisted-get.ts";
import { openPools, type Pools, pgService } from "./pools.ts";
import { makeSockets, type Sockets } from "./sockets.ts";

export interface Endpoint extends Pick<Sockets, "upgrade"> {
  handler: RequestHandler;
  /** Answers GET of a persisted document, for caches. */
  persisted: RequestHandler;
  schema(): PromiseLike<GraphQLSchema> | GraphQLSchema;
  /** Ends its sockets: a listener counts as open for as long as one of them is. */
  closeSockets(): Promise<void>;
  close(): Promise<void>;
}

export interface EndpointOptions {
  surface: SurfaceName;
  url: string;
  config: ServerConfig;
  identify: Identify;
  persisted: PersistedOperations;
  addressOf: (request: IncomingMessage) => string;
  sandboxUrl: () => string;
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
  const { config, log } = options;
  const pgl = postgraphile(
    makePreset({
      surface: options.surface,
      service: pgService(pools, [...surfaces[options.surface].schemas]),
      constraints: await readConstraintErrors(pools.anonymous),
      log,
      guard: {
        schema: () => pgl.getSchema(),
        isIntrospectable: config.isIntrospectable || options.surface === "operations",
        persisted: options.persisted,
        isPersistedOnly: config.isPersistedOnly && options.surface === "public",
      },
      sandboxUrl: options.sandboxUrl,
      graphiqlPath: config.hasGraphiql && options.surface === "public" ? "/graphiql" : undefined,
    }),
  );
  await pgl.getSchema(); // fail now, not at the first request
  const serv = pgl.createServ(grafserv);
  const router = express.Router();
  await serv.addTo(router as express.Express, null, false);
  const sockets = makeSockets({
    serv,
    identify: options.identify,
    admits: (caller) => options.surface === "public" || caller?.role === "operator",
    origins: config.origins,
    addressOf: options.addressOf,
    log,
  });
  let closing: Promise<void> | undefined;
  const closeSockets = () => (closing ??= sockets.close());
  return {
    handler: router,
    persisted: persistedGet(serv, options.persisted),
    upgrade: sockets.upgrade,
    schema: () => pgl.getSchema(),
    closeSockets,
    async close() {
      await closeSockets();
      await pgl.release();
      await pools.end();
    },
  };
}

/** The schema as text, sorted, so that a change shows as a small difference. */
export async function sdlOf(endpoint: Pick<Endpoint, "schema">): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await endpoint.schema()))}\n`;
}
