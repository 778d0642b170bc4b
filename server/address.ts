// X-Forwarded-For, the connection -> [server/address.ts] -> server/rate.ts, server/sockets.ts
// Where a request comes from, as limits count it. Express decides how far proxies are believed, for upgrades as well.
import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import type { Express } from "express";

export type AddressOf = (request: IncomingMessage) => string;

export function addressReader(app: Express): AddressOf {
  return (request) => {
    // A request that asks to become a socket never passes through Express: it is dressed as one of its own.
    const asExpress = Object.create(app.request, {
      headers: { value: request.headers },
      socket: { value: request.socket },
    }) as { ip: string | undefined };
    return networkOf(asExpress.ip ?? "");
  };
}

/** What counts as one caller: an IPv4 address, or the /64 of which one IPv6 subscriber has all. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  // A dotted end stands for two groups.
  const size = (groups: string[]): number => groups.length + (groups.at(-1)?.includes(".") ? 1 : 0);
  const missing = tail === undefined ? 0 : Math.max(0, 8 - size(left) - size(right));
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
