// db/testing/database.ts, server/testing/issuer.ts -> [server/testing/server.ts] -> server/**/*.test.ts
// The real server on a port of its own, over the test file's copy of the database, with an identity provider beside it.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { oneRow } from "../../db/cluster/connect.ts";
import { test as base } from "../../db/testing/database.ts";
import { createLog } from "../../process/log.ts";
import { readSettings } from "../../process/settings.ts";
import { serverConfig, type ServerConfig } from "../config.ts";
import { type RunningServer, startServer } from "../main.ts";
import { type Ask, makeClient, type Send } from "./client.ts";
import { startIssuer } from "./issuer.ts";
import { type SocketOptions, TestSocket } from "./socket.ts";

export interface LogLine {
  level: string;
  message: string;
  [key: string]: unknown;
}

export interface TestServer extends RunningServer {
  gql: Ask;
  send: Send;
  /** An open socket that the server has agreed to talk to. */
  socket(options?: SocketOptions): Promise<TestSocket>;
  config: ServerConfig;
  log: LogLine[];
}

export interface Person {
  id: string;
  username: string;
  subject: string;
  token: string;
}

export type Environment = Record<string, string>;

export const test = base
  .extend("issuer", { scope: "file" }, async ({}, { onCleanup }) => {
    const issuer = await startIssuer();
    onCleanup(() => issuer.close());
    return issuer;
  })
  /** Starts another server over the same database; it is closed with the file, unless the test closes it. */
  .extend("start", { scope: "file" }, async ({ database, issuer }, { onCleanup }) => {
    const running: RunningServer[] = [];
    onCleanup(async () => void (await Promise.all(running.map((server) => server.close()))));
    return async (environment: Environment = {}, changes: Partial<ServerConfig> = {}): Promise<TestServer> => {
      const settings = readSettings({
        PORT: "0",
        SANDBOX_PORT: "0",
        READS_PER_MINUTE: "1000000",
        ...("AUTH_ISSUER" in environment ? {} : { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: issuer.audience }),
        ...environment,
      });
      const config = { ...serverConfig(settings), ...changes };
      const log: LogLine[] = [];
      const write = (line: string) => void log.push(JSON.parse(line) as LogLine);
      const server = await startServer(config, database, createLog({ level: "debug", write }));
      running.push(server);
      const socket = (options?: SocketOptions) => TestSocket.open(server.url, options);
      return { ...server, ...makeClient(server), socket, config, log };
    };
  })
  .extend("server", { scope: "file" }, ({ start }) => start())
  /** A new member with a token of the issuer's. */
  .extend("member", { scope: "file" }, async ({ pool, issuer }) => {
    return async (claims: Record<string, unknown> = {}): Promise<Person> => {
      const subject = `person_${randomBytes(5).toString("hex")}`;
      const { user_id: id } = await oneRow<{ user_id: string }>(
        pool,
        "select user_id from app_private.sign_in($1, $2, $3)",
        [issuer.url, subject, JSON.stringify({ username: subject, ...claims })],
      );
      const { username } = await oneRow<{ username: string }>(
        pool,
        "select username from app_public.users where id = $1",
        [id],
      );
      return { id, username, subject, token: await issuer.token(subject) };
    };
  })
  .extend("operator", { scope: "file" }, async ({ pool, member }) => {
    return async (): Promise<Person> => {
      const person = await member();
      await pool.query("update app_private.accounts set role = 'operator' where user_id = $1", [person.id]);
      return person;
    };
  });

/** Waits until a condition holds, looking often; fails with `what` when it does not in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Still not so after ${ms} ms: ${what}`);
    await delay(10);
  }
}

export { describe, expect } from "../../db/testing/database.ts";
