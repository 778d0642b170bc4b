// /graphql, sockets -> [server/plugins/document-guard.ts] -> server/guard/document-guard.ts
// A plugin, since only here HTTP and WebSocket meet before a document is validated or planned.
import "postgraphile/grafserv";
import { SafeError } from "postgraphile/grafast";
import { RequestError } from "../errors.ts";
import type { DocumentGuard } from "../guard/document-guard.ts";

export function documentGuardPlugin(guard: DocumentGuard): GraphileConfig.Plugin {
  return {
    name: "DocumentGuardPlugin",
    version: "1.0.0",
    grafserv: {
      middleware: {
        async processGraphQLRequestBody(next, { body }) {
          try {
            body.query = (await guard.admit(body)).text;
          } catch (error) {
            throw error instanceof RequestError ? safe(error) : error;
          }
          return next();
        },
      },
    },
  };
}

/** The same error as grafserv understands it: it answers with the status and shows the rest. */
function safe(error: RequestError): SafeError {
  const { code, hint, status } = error;
  const extensions = { code, ...(hint ? { hint } : {}) };
  Object.defineProperty(extensions, "statusCode", { value: status, enumerable: false }); // for the header, not the text
  return new SafeError(error.message, extensions);
}
