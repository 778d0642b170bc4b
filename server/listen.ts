// server/main.ts, server/sandbox.ts -> [server/listen.ts]
import type { Server } from "node:http";
import { ExplainedError } from "../process/explained.ts";

/** Listens, or says in words which variable to change. */
export function listen(server: Server, host: string, port: number, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use by another program. Set ${variable} to a free port, for example ${variable}=${port + 10}.`,
        EACCES: `Port ${port} may not be used by this account. Set ${variable} to a port above 1023.`,
        EADDRNOTAVAIL: `${host} is not an address of this machine. Correct HOST.`,
        ENOTFOUND: `${host} is not the name of an address. Correct HOST.`,
      };
      reject(new ExplainedError(reasons[error.code ?? ""] ?? error.message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
