// every response of the site's origin -> [server/headers.ts]
import type { RequestHandler } from "express";
import helmet from "helmet";
import type { ServerConfig } from "./config.ts";

/** The site's own headers: scripts and styles of its own, frames of the second origin alone. */
export function siteHeaders(config: ServerConfig, sandbox: string): RequestHandler {
  const isHttps = config.publicUrl.startsWith("https:");
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameSrc: [sandbox],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    xFrameOptions: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
    crossOriginEmbedderPolicy: false, // the second origin's frames could not be shown otherwise
  });
}

/** GraphiQL brings inline scripts, workers and styles; it is off outside development unless a setting asks for it. */
export const graphiqlHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader(
    "content-security-policy",
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; " +
      "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  next();
};

/** CORS by list: other origins read answers only if they are named in CORS_ORIGINS. Tokens travel in a header, never in a cookie. */
export function allowOrigins(isOrigin: (origin: string) => boolean): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary("origin");
    if (origin === undefined || !isOrigin(origin)) return next();
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "etag, retry-after, www-authenticate");
    if (request.method !== "OPTIONS") return next();
    response.setHeader("access-control-allow-methods", "GET, POST");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    response.setHeader("access-control-max-age", "600");
    return response.status(204).end();
  };
}
