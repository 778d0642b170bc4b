// autobench server, npm start -> [server/main.ts] -> server/app.ts, server/endpoint.ts
// Lets people in. What they may see and do is decided in SQL.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import express from "express";
import { openPool } from "../db/cluster/connect.ts";
import type { Database } from "../db/cluster/database.ts";
import type { Log } from "../process/log.ts";
import { Shutdown } from "../process/shutdown.ts";
import { addressReader } from "./address.ts";
import { addressesOf } from "./addresses.ts";
import { addRoutes } from "./app.ts";
import { inUrl, ownOrigins, type ServerConfig } from "./config.ts";
import { openEndpoint } from "./endpoint.ts";
import type { SurfaceName } from "./graphile.config.ts";
import { makeIdentify } from "./identity/caller.ts";
import { makeLocalIssuer } from "./identity/local-issuer.ts";
import { makeVerify } from "./identity/verify.ts";
import { listen } from "./listen.ts";
import { openOnDemand } from "./on-demand.ts";
import { readPersistedOperations } from "./persisted.ts";
import { closer } from "./pools.ts";
import { makeTakeOne } from "./rate.ts";
import { startSandbox } from "./sandbox.ts";
import { refuseUpgrade } from "./sockets.ts";
import { voterSecret } from "./voter.ts";

export interface RunningServer {
  url: string;
  sandboxUrl: string;
  port: number;
  close(): Promise<void>;
}

/** Starts the server; if a part of it cannot be started, those that were are stopped again. */
export async function startServer(config: ServerConfig, database: Database, log: Log): Promise<RunningServer> {
  const parts = new Shutdown(log);
  try {
    const running = await startParts(config, database, log, parts);
    return { ...running, close: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function startParts(
  config: ServerConfig,
  database: Database,
  log: Log,
  parts: Shutdown,
): Promise<Omit<RunningServer, "close">> {
  const openOwn = async (name: string, max: number, waitMs?: number) => {
    const options = { name, max, log, ...(waitMs ? { waitMs } : {}) };
    const pool = openPool(database.url("autobench_server"), options);
    await parts.add(`${name} pool`, closer(pool));
    return pool;
  };
  const identityPool = await openOwn("identity", 4);
  const healthPool = await openOwn("health", 1, 1000);
  const schedulePool = await openOwn("schedule", 2);
  // Pages and pictures have connections of their own: many of them are asked for at once, and none is urgent.
  const pagePool = await openOwn("pages", 4);
  const ports = { site: config.port, sandbox: config.sandboxPort };
  const addresses = () => addressesOf(config, ports);
  const visitorPool = await openOwn("visitors", 2);
  const exportPool = await openOwn("exports", 1); // one day of one export at a time
  const localIssuer = config.identity.kind === "local" ? await makeLocalIssuer() : undefined;
  const identify = makeIdentify(makeVerify(config.identity, localIssuer), identityPool);
  const persisted = readPersistedOperations(config.operationsFolder);
  const cookieSecret = voterSecret(config);
  const origins = new Set(config.origins);

  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", config.trustProxy);
  const addressOf = addressReader(app);
  const takeOne = makeTakeOne(config.readsPerMinute, addressOf);
  const isOrigin = (origin: string) => origins.has(origin);
  const open = (surface: SurfaceName) => {
    const url = database.url(surface === "public" ? "autobench_server" : "autobench_operations");
    return openEndpoint({
      surface,
      url,
      config,
      identify,
      persisted,
      isOrigin,
      addressOf,
      takeOne,
      sandboxUrl: () => addresses().sandbox,
      cookieSecret,
      log,
    });
  };
  const site = await open("public");
  await parts.add("public surface", () => site.close());
  const operations = openOnDemand(() => open("operations"));
  await parts.add("operators' surface", () => operations.close());

  const sandbox = await startSandbox(config, { pool: pagePool, addresses, takeOne, log });
  ports.sandbox = sandbox.port;
  await parts.add("second origin", () => sandbox.close());
  addRoutes(app, {
    config,
    log,
    identify,
    isOrigin,
    takeOne,
    localIssuer,
    identityPool,
    healthPool,
    schedulePool,
    pagePool,
    visitorPool,
    exportPool,
    site,
    operations,
    addresses,
  });

  const { headersMs, requestMs, checkMs } = config.timeouts;
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16_384,
      // Others, such as an offer of HTTP/2, are answered like any request.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
    },
    app,
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const path = request.url?.split("?")[0];
    if (path === "/graphql") return site.upgrade(request, socket, head);
    if (path !== "/operations/graphql") return refuseUpgrade(socket, "404 Not Found");
    return void operations.get().then(
      (surface) => (socket.destroyed ? undefined : surface.upgrade(request, socket, head)),
      () => refuseUpgrade(socket, "503 Service Unavailable"),
    );
  });
  await listen(server, config.host, config.port, "PORT");
  // Sockets are let go of while requests finish: the server counts them as connections, and would wait for them.
  await parts.add("site", () => Promise.all([closeServer(server), site.hangUp(), operations.hangUp()]));
  const { port } = server.address() as AddressInfo;
  ports.site = port;
  if (config.port === 0) for (const origin of ownOrigins(config.host, port)) origins.add(origin);
  return {
    port,
    url: config.port === 0 ? `http://${inUrl(config.host)}:${port}` : config.publicUrl,
    sandboxUrl: sandbox.url,
  };
}

/** Stops listening, lets requests that are under way finish for a while, then cuts what is left. */
export function closeServer(server: Server, patienceMs = 1500): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    // A connection whose request has just been answered would be kept for the next one.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}
