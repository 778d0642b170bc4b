// server/requests.test.ts, server/lifecycle.test.ts -> [server/testing/raw.ts] -> a server, byte by byte
// For requests that no decent client would send.
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  text: string;
  ms: number;
}

/** Sends bytes and collects what comes back until the other side closes the connection. */
export function exchange(port: number, bytes: string): Promise<RawAnswer> {
  const began = performance.now();
  const socket = dial(port);
  socket.write(bytes);
  return collect(socket).then((text) => ({ text, ms: performance.now() - began }));
}

/** An open connection; what goes wrong on it shows in how it ends. */
export function dial(port: number, allowHalfOpen = false): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen });
  socket.on("error", () => undefined);
  return socket;
}

/** All that arrives on a connection until it is closed. */
export function collect(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.once("close", () => resolve(text));
  });
}
