// [worker/render/testing/listener.ts] -> worker/render/hostile.test.ts, server/hostile.test.ts
// What the hostile pages want to reach: every connection and every packet that arrives here is counted.
import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import type { AddressInfo } from "node:net";

export interface Listener {
  /** Fills a page's addresses in. */
  aim(html: string, name: string): string;
  /** First lines of requests; "raw" for a connection that said nothing. */
  readonly heard: string[];
  readonly packets: number;
  close(): Promise<void>;
}

/** A name that nobody has: asking for it is a way out, too. */
export const leakDomain = "leak.test";

export async function startListener(): Promise<Listener> {
  const heard: string[] = [];
  const sockets = new Set<net.Socket>();
  let packets = 0;
  const server = net.createServer((socket) => {
    const at = heard.push("raw") - 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.once("data", (data) => {
      heard[at] = data.toString("latin1").split("\r\n")[0] ?? "raw";
      socket.end(
        "HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
      );
    });
  });
  // Where nothing is ever asked for: a connection that was opened ahead is not taken by some other page's request.
  const ahead = net.createServer((socket) => {
    heard.push("opened ahead");
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  const udp = dgram.createSocket("udp4");
  udp.on("message", () => packets++);
  server.listen(0, "127.0.0.1");
  ahead.listen(0, "127.0.0.1");
  udp.bind(0, "127.0.0.1");
  await Promise.all([once(server, "listening"), once(ahead, "listening"), once(udp, "listening")]);
  const { port } = server.address() as AddressInfo;
  const places: Record<string, string> = {
    origin: `http://127.0.0.1:${port}`,
    ahead: `http://127.0.0.1:${(ahead.address() as AddressInfo).port}`,
    host: `127.0.0.1:${port}`,
    udp: `127.0.0.1:${udp.address().port}`,
    dns: leakDomain,
  };
  return {
    aim: (html, name) =>
      html
        .replaceAll("{{http}}", `${places["origin"]}/${name}`)
        .replaceAll("{{ws}}", `ws://${places["host"]}/${name}`)
        .replace(/\{\{(\w+)\}\}/g, (whole, place: string) => places[place] ?? whole),
    heard,
    get packets() {
      return packets;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => void server.close(() => resolve())),
        new Promise<void>((resolve) => void ahead.close(() => resolve())),
        new Promise<void>((resolve) => void udp.close(() => resolve())),
      ]);
    },
  };
}
