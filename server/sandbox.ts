// SANDBOX_PORT -> [server/sandbox.ts] -> app_private.read_page(), app_private.read_handle()
// The second origin: the only place from which a page that a model wrote is ever served. It knows no cookie and no member.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import type { Log } from "../process/log.ts";
import { pageHeaders } from "../process/page-headers.ts";
import type { Addresses } from "./addresses.ts";
import { inUrl, type ServerConfig } from "./config.ts";
import { listen } from "./listen.ts";
import type { TakeOne } from "./rate.ts";

export interface Sandbox {
  url: string;
  port: number;
  close(): Promise<void>;
}

export interface SandboxOptions {
  pool: pg.Pool;
  /** Asked with each request: the site's port may be chosen after ours. */
  addresses: () => Addresses;
  /** The caller's one allowance: what they ask of the site counts too. */
  takeOne: TakeOne;
  log: Log;
}

export async function startSandbox(config: ServerConfig, options: SandboxOptions): Promise<Sandbox> {
  const { headersMs, requestMs, checkMs } = config.timeouts;
  const server = createServer(
    { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs, maxHeaderSize: 8192 },
    (request, response) => {
      answer(request, response, options).catch((error: unknown) => {
        options.log.error("a page could not be served", { error });
        say(response, 503, "The page cannot be read now.\n");
      });
    },
  );
  await listen(server, config.host, config.sandboxPort, "SANDBOX_PORT");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${inUrl(config.host)}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Page {
  bytes: Buffer;
  cache: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, options: SandboxOptions): Promise<void> {
  const { method, url = "", headers } = request;
  const [, kind, name] = /^\/(p|h)\/([0-9a-f]{64})$/.exec(url) ?? [];
  const seconds = options.takeOne(request);
  if (seconds > 0)
    return say(response, 429, `Too many requests. Try again in ${seconds} seconds.\n`, {
      "retry-after": String(seconds),
    });
  if (!kind || !name || (method !== "GET" && method !== "HEAD")) return say(response, 404, missing);
  const { site, ancestors } = options.addresses();
  if (headers["sec-fetch-dest"] !== "iframe") {
    // Opened by itself a page could send its visitor anywhere: only the site's frame keeps it in.
    return say(response, 302, "This page is shown on the site alone.\n", { location: `${site}/` });
  }
  const page = await (kind === "p" ? revealedPage(options.pool, name) : sealedPage(options.pool, name));
  if (!page) return say(response, 404, missing);
  response.writeHead(200, {
    ...pageHeaders({ ancestors, cache: page.cache }),
    vary: "sec-fetch-dest",
    "content-length": page.bytes.length,
  });
  response.end(method === "HEAD" ? undefined : page.bytes);
}

const missing = "There is no such page.\n";

function say(response: ServerResponse, status: number, text: string, more: Record<string, string> = {}): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...more,
  });
  response.end(text);
}

/** By the hash of its bytes: it may be kept by any cache, for as long as it is shown. */
async function revealedPage(pool: pg.Pool, sha256: string): Promise<Page | undefined> {
  const { rows } = await pool.query<{ bytes: Buffer | null; seconds_left: number }>(
    "select * from app_private.read_page(decode($1, 'hex'))",
    [sha256],
  );
  const [row] = rows;
  if (!row?.bytes) return undefined;
  return { bytes: row.bytes, cache: `public, max-age=${row.seconds_left}, immutable` };
}

/** By a name that was made for one ballot and says nothing. */
async function sealedPage(pool: pg.Pool, handle: string): Promise<Page | undefined> {
  const { rows } = await pool.query<{ bytes: Buffer | null }>("select bytes from app_private.read_handle($1, true)", [
    handle,
  ]);
  const [row] = rows;
  return row?.bytes ? { bytes: row.bytes, cache: "no-store" } : undefined;
}
