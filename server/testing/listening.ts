// server/notifications.ts (its log) -> [server/testing/listening.ts] -> server/subscriptions.test.ts, server/lifecycle.test.ts
// When a subscription has begun: the protocol does not say so, the server's log does.
import { type TestServer, until } from "./server.ts";
import type { TestSocket } from "./socket.ts";

/** Whether the public surface listens to a topic. */
export function isListening({ log }: TestServer, topic: string): boolean {
  const last = log.findLast(
    (line) => line["topic"] === topic || line.message === "the connection for notifications was lost",
  );
  return last?.message === "listening to a topic";
}

/** Subscribes to a member's own changes, and waits until the database has agreed to notify. */
export async function subscribe(server: TestServer, socket: TestSocket, userId: string): Promise<string> {
  const id = socket.begin("subscription { meChanged { id fullName isListed } }");
  await until("the server listens", () => isListening(server, `user:${userId}`));
  return id;
}
