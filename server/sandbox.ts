// SANDBOX_PORT -> [server/sandbox.ts]
// The second origin: the only place from which a page that a model wrote is ever served. It knows no cookie and no member.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inUrl, type ServerConfig } from "./config.ts";
import { listen } from "./listen.ts";

export interface Sandbox {
  url: string;
  port: number;
  close(): Promise<void>;
}

export async function startSandbox(config: ServerConfig): Promise<Sandbox> {
  const { headersMs, requestMs, checkMs } = config.timeouts;
  const server = createServer(
    { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs, maxHeaderSize: 8192 },
    (_request, response) => {
      response.writeHead(404, {
        "content-type": "text/plain; charset=utf-8",
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      });
      response.end("There is no such page.\n");
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
