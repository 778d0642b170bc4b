// server/main.ts -> [server/app.ts] -> server/routes/, server/endpoint.ts
// Every door of the site's origin, in the order in which a request passes them.
import type { Express, RequestHandler } from "express";
import type pg from "pg";
import type { Log } from "../process/log.ts";
import type { Addresses } from "./addresses.ts";
import type { ServerConfig } from "./config.ts";
import type { Endpoint } from "./endpoint.ts";
import { RequestError } from "./errors.ts";
import { allowOrigins, graphiqlHeaders, siteHeaders } from "./headers.ts";
import { callerOf, type Identify, setCaller } from "./identity/caller.ts";
import type { LocalIssuer } from "./identity/local-issuer.ts";
import type { OnDemand } from "./on-demand.ts";
import { limitRate, type TakeOne } from "./rate.ts";
import { clerkRoutes } from "./routes/clerk.ts";
import { cronRoutes } from "./routes/cron.ts";
import { exportRoutes } from "./routes/exports.ts";
import { answerError, notFound } from "./routes/failure.ts";
import { healthRoutes } from "./routes/health.ts";
import { imageRoutes } from "./routes/images.ts";
import { homeRoutes } from "./routes/home.ts";
import { latestChallengeRoute } from "./routes/latest-challenge.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { shareRoutes } from "./routes/share.ts";
import { signInRoutes } from "./routes/sign-in.ts";

export interface Doors {
  config: ServerConfig;
  log: Log;
  identify: Identify;
  isOrigin: (origin: string) => boolean;
  takeOne: TakeOne;
  localIssuer: LocalIssuer | undefined;
  identityPool: pg.Pool;
  healthPool: pg.Pool;
  schedulePool: pg.Pool;
  pagePool: pg.Pool;
  visitorPool: pg.Pool;
  exportPool: pg.Pool;
  site: Endpoint;
  operations: OnDemand;
  addresses: () => Addresses;
}

export function addRoutes(app: Express, doors: Doors): void {
  const { config, identify, site, localIssuer } = doors;
  const identifyCaller: RequestHandler = async (request, _response, next) => {
    setCaller(request, await identify(request.headers.authorization));
    next();
  };
  const api = ["/graphql", "/operations/graphql", "/api"];
  app.use(siteHeaders(config, doors.addresses().sandbox));
  app.use(healthRoutes(doors.healthPool));
  app.use(api, allowOrigins(doors.isOrigin)); // before anything is refused: a page may read why
  app.use(limitRate(doors.takeOne));
  app.use(cronRoutes({ secrets: config.cronSecrets, pool: doors.schedulePool }));
  app.use(metricsRoutes({ token: config.metricsToken, isOnlyLocal: config.isOnlyLocal, pool: doors.schedulePool }));
  app.use(api, identifyCaller);
  app.get("/graphql/:name", site.persisted);
  if (config.hasGraphiql) app.use(["/graphiql", "/ruru-static"], graphiqlHeaders);
  app.use(site.handler);
  app.all("/operations/graphql", requireOperator, async (request, response, next) => {
    const { handler } = await doors.operations.get();
    return handler(request, response, next);
  });
  if (localIssuer) app.use(signInRoutes(localIssuer));
  if (config.clerkWebhookSecret && config.identity.kind === "issuer") {
    const { issuer } = config.identity;
    app.use(clerkRoutes({ secret: config.clerkWebhookSecret, issuer, pool: doors.identityPool }));
  }
  app.use(latestChallengeRoute(doors.visitorPool));
  app.use(exportRoutes(doors.exportPool));
  app.use(imageRoutes(doors.pagePool));
  app.use(shareRoutes(doors.pagePool));
  app.use(homeRoutes({ config, pool: doors.pagePool, addresses: doors.addresses }));
  app.use(notFound, answerError(doors.log));
}

const requireOperator: RequestHandler = (request, _response, next) => {
  const caller = callerOf(request);
  if (!caller) {
    const hint = "Send an Authorization header with a bearer token.";
    throw new RequestError(401, "TB001", "You are not signed in.", hint);
  }
  if (caller.role !== "operator") {
    const hint = "An operator is made in SQL: see db/README.md.";
    throw new RequestError(403, "TB004", "Only operators may do this.", hint);
  }
  next();
};
