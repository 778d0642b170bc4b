// autobench server, npm start -> [server/main.ts] -> server/endpoint.ts, server/routes/
// Lets people in. What they may see and do is decided in SQL.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import { openPool } from "../db/cluster/connect.ts";
import type { Database } from "../db/cluster/database.ts";
import type { Log } from "../process/log.ts";
import { addressesOf } from "./addresses.ts";
import type { ServerConfig } from "./config.ts";
import { type Endpoint, openEndpoint } from "./endpoint.ts";
import { RequestError } from "./errors.ts";
import { allowOrigins, graphiqlHeaders, siteHeaders } from "./headers.ts";
import { callerOf, makeIdentify, setCaller } from "./identity/caller.ts";
import { makeLocalIssuer } from "./identity/local-issuer.ts";
import { makeVerify } from "./identity/verify.ts";
import { listen } from "./listen.ts";
import { readPersistedOperations } from "./persisted.ts";
import { limitRate } from "./rate.ts";
import { clerkRoutes } from "./routes/clerk.ts";
import { cronRoutes } from "./routes/cron.ts";
import { answerError, notFound } from "./routes/failure.ts";
import { healthRoutes } from "./routes/health.ts";
import { imageRoutes } from "./routes/images.ts";
import { latestChallengeRoute } from "./routes/latest-challenge.ts";
import { homeRoutes } from "./routes/home.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { startSandbox } from "./sandbox.ts";

export interface RunningServer {
  url: string;
  sandboxUrl: string;
  port: number;
  close(): Promise<void>;
}

export async function startServer(config: ServerConfig, database: Database, log: Log): Promise<RunningServer> {
  const identityPool = openPool(database.url("autobench_server"), { name: "identity", max: 4, log });
  const healthPool = openPool(database.url("autobench_server"), { name: "health", max: 1, log, waitMs: 1000 });
  // Pages and pictures have connections of their own: many of them are asked for at once, and none is urgent.
  const pagePool = openPool(database.url("autobench_server"), { name: "pages", max: 4, log });
  const ports = { site: config.port, sandbox: config.sandboxPort };
  const addresses = () => addressesOf(config, ports);
  const schedulePool = openPool(database.url("autobench_server"), { name: "schedule", max: 2, log });
  const localIssuer = config.identity.kind === "local" ? await makeLocalIssuer() : undefined;
  const identify = makeIdentify(makeVerify(config.identity, localIssuer), identityPool);
  const persisted = readPersistedOperations();

  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", config.trustProxy);
  const addressOf = (request: IncomingMessage): string => {
    const chain = String(request.headers["x-forwarded-for"] ?? "").split(",");
    return (config.trustProxy > 0 && chain.at(-config.trustProxy)?.trim()) || (request.socket.remoteAddress ?? "");
  };
  const open = (surface: "public" | "operations") =>
    openEndpoint({
      surface,
      url: database.url(surface === "public" ? "autobench_server" : "autobench_operations"),
      config,
      identify,
      persisted,
      addressOf,
      sandboxUrl: () => addresses().sandbox,
      log,
    });
  const site = await open("public");
  let operations: Promise<Endpoint> | undefined;
  /** The operators' surface is built when it is first asked for, and again after a failure. */
  const operationsSurface = (): Promise<Endpoint> =>
    (operations ??= open("operations").catch((error: unknown) => {
      operations = undefined;
      throw error;
    }));

  const identifyCaller: RequestHandler = async (request, _response, next) => {
    setCaller(request, await identify(request.headers.authorization));
    next();
  };
  const sandbox = await startSandbox(config, { pool: pagePool, addresses, log }).catch(async (error: unknown) => {
    await Promise.all([site.close(), identityPool.end(), healthPool.end(), schedulePool.end(), pagePool.end()]);
    throw error;
  });
  ports.sandbox = sandbox.port;
  app.use(siteHeaders(config, addresses().sandbox));
  app.use(healthRoutes(healthPool));
  app.use(limitRate(config.readsPerMinute));
  app.use(cronRoutes({ secrets: config.cronSecrets, pool: schedulePool }));
  app.use(metricsRoutes({ token: config.metricsToken, isOnlyLocal: config.isOnlyLocal, pool: schedulePool }));
  app.use(["/graphql", "/operations/graphql", "/api"], allowOrigins(config.origins), identifyCaller);
  app.get("/graphql/:name", site.persisted);
  if (config.hasGraphiql) app.use(["/graphiql", "/ruru-static"], graphiqlHeaders);
  app.use(site.handler);
  app.use("/operations/graphql", async (request, response, next) => {
    const caller = callerOf(request);
    if (!caller)
      throw new RequestError(
        401,
        "TB001",
        "You are not signed in.",
        "Send an Authorization header with a bearer token.",
      );
    if (caller.role !== "operator")
      throw new RequestError(
        403,
        "TB004",
        "Only operators may do this.",
        "An operator is made in SQL: see db/README.md.",
      );
    const { handler } = await operationsSurface();
    request.url = request.originalUrl;
    return handler(request, response, next);
  });
  if (localIssuer) app.use(signInRoutes(localIssuer));
  if (config.clerkWebhookSecret && config.identity.kind === "issuer") {
    app.use(clerkRoutes({ secret: config.clerkWebhookSecret, issuer: config.identity.issuer, pool: identityPool }));
  }
  app.use(latestChallengeRoute(identityPool));
  app.use(imageRoutes(pagePool));
  app.use(homeRoutes({ config, pool: pagePool, addresses }));
  app.use(notFound, answerError(log) satisfies ErrorRequestHandler);

  const server = createServer(
    { headersTimeout: 15_000, requestTimeout: 30_000, keepAliveTimeout: 10_000, maxHeaderSize: 16_384 },
    app,
  );
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const path = request.url?.split("?")[0];
    if (path === "/graphql") return site.upgrade(request, socket, head);
    if (path !== "/operations/graphql")
      return void socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    return void operationsSurface().then(
      (surface) => (socket.destroyed ? undefined : surface.upgrade(request, socket, head)),
      () => socket.destroy(),
    );
  });
  const closeAll = async (): Promise<void> => {
    await Promise.all([site.close(), operations?.then((surface) => surface.close())]);
    await Promise.all([identityPool.end(), healthPool.end(), schedulePool.end(), pagePool.end()]);
  };
  try {
    await listen(server, config.host, config.port, "PORT");
    const { port } = server.address() as AddressInfo;
    ports.site = port;
    return {
      port,
      url: config.port === 0 ? `http://${config.host}:${port}` : config.publicUrl,
      sandboxUrl: sandbox.url,
      async close() {
        const sockets = [site.closeSockets(), operations?.then((surface) => surface.closeSockets())];
        await Promise.all([closeServer(server), sandbox.close(), ...sockets]);
        await closeAll();
      },
    };
  } catch (error) {
    await sandbox.close();
    await closeAll();
    throw error;
  }
}

/** Stops listening, lets requests that are under way finish for two seconds, then cuts what is left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), 2000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
