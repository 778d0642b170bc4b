// cli/stop.test.ts -> [cli/testing/clients.ts] -> Postgres, /graphql
// Clients that hang on: none of them goes by itself.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import pg from "pg";

/** A psql that stays connected until the stop cuts it off. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on("error", () => undefined); // the cut
  await client.connect();
  return client;
}

/** A client whose subscription stays open. */
export async function subscribe(site: string): Promise<void> {
  const socket = new WebSocket(`${site.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  const acknowledged = new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "connection_init" })), { once: true });
  await acknowledged;
  const payload = { query: "subscription { meChanged { username } }" };
  socket.send(JSON.stringify({ type: "subscribe", id: "1", payload }));
}

/** A client that opens a socket and never says another word, not even goodbye. */
export async function upgradeAndFallSilent(site: string): Promise<void> {
  const socket = net.connect(Number(new URL(site).port), "127.0.0.1");
  socket.on("error", () => undefined); // cut off by the stop, which is the point
  socket.write(
    "GET /graphql HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (!answer.toString().startsWith("HTTP/1.1 101 ")) throw new Error(`The socket was refused: ${answer.toString()}`);
}
