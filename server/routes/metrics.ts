// Prometheus -> GET /metrics -> [server/routes/metrics.ts] -> app_private.metrics()
// The figures of this installation, for its operators: on loopback, or with METRICS_TOKEN. To others there is no such door.
import type { RequestHandler } from "express";
import type pg from "pg";
import { makeSecretCheck } from "../secret.ts";
import { isFromHere } from "./sign-in.ts";

export interface Metric {
  name: string;
  help: string;
  labels: Record<string, string>;
  value: number;
}

export function metricsRoutes(options: {
  token: string | undefined;
  isOnlyLocal: boolean;
  pool: pg.Pool;
}): RequestHandler {
  const isToken = makeSecretCheck(options.token === undefined ? [] : [options.token]);
  return async (request, response, next) => {
    if (request.path !== "/metrics" || request.method !== "GET") return next();
    const [scheme, given] = (request.headers.authorization ?? "").split(" ");
    const hasToken = isToken(scheme?.toLowerCase() === "bearer" ? given : undefined);
    const isProxied = "x-forwarded-for" in request.headers || "forwarded" in request.headers;
    if (!hasToken && !(options.isOnlyLocal && isFromHere(request) && !isProxied)) return next();
    const { rows } = await options.pool.query<Metric>("select name, help, labels, value from app_private.metrics()");
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
    return response.send(renderMetrics(rows));
  };
}

/** The text format of Prometheus; the rows of a metric stand together. */
export function renderMetrics(metrics: readonly Metric[]): string {
  const lines: string[] = [];
  let last: string | undefined;
  for (const { name, help, labels, value } of metrics) {
    if (name !== last) lines.push(`# HELP ${name} ${escape(help)}`, `# TYPE ${name} gauge`);
    last = name;
    const list = Object.entries(labels).map(([label, text]) => `${label}="${escape(text).replaceAll('"', '\\"')}"`);
    lines.push(`${name}${list.length ? `{${list.join(",")}}` : ""} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}

const escape = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
