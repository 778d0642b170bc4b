// server/config.ts -> [server/addresses.ts] -> server/headers.ts, server/sandbox.ts, server/gallery/, app.sandbox_url (SQL)
// Where the two origins are, as browsers know them.
import { isLoopback, type ServerConfig } from "./config.ts";

export interface Addresses {
  site: string;
  /** The origins whose pages may frame the second origin's: the site, and on loopback its other names. */
  ancestors: readonly string[];
  sandbox: string;
}

/** Ports are those that are listened on: 0 in the settings lets the system choose. */
export function addressesOf(config: ServerConfig, ports: { site: number; sandbox: number }): Addresses {
  const site = new URL(config.publicUrl);
  if (config.port === 0) site.port = String(ports.site);
  const sandbox = new URL(config.sandboxUrl ?? site.origin);
  if (!config.sandboxUrl) sandbox.port = String(ports.sandbox);
  const names = isLoopback(site.hostname) && site.protocol === "http:" ? ["127.0.0.1", "localhost"] : [];
  const others = names.map((name) => `http://${name}${site.port ? `:${site.port}` : ""}`);
  return { site: site.origin, ancestors: [...new Set([site.origin, ...others])], sandbox: sandbox.origin };
}
