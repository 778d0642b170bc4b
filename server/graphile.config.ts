// app_public, app_operations -> [server/graphile.config.ts] -> /graphql, /operations/graphql
// The whole GraphQL surface: which schemas it is derived from, whom a request acts for, what is refused.
import "postgraphile";
import "postgraphile/grafserv/express/v4";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import type { IncomingMessage } from "node:http";
import { makeMaskError, type ConstraintErrors } from "./errors.ts";
import { callerOf } from "./identity/caller.ts";
import type { DocumentGuard } from "./guard/document-guard.ts";
import { limits } from "./guard/limits.ts";
import type { Log } from "../process/log.ts";
import { documentGuardPlugin } from "./plugins/document-guard.ts";
import { MissingRowPlugin } from "./plugins/missing-row.ts";
import { PlainNamesPlugin } from "./plugins/plain-names.ts";
import { SubscriptionsPlugin } from "./plugins/subscriptions.ts";
import { VotesPlugin } from "./plugins/votes.ts";
import { type Voter, voterOf } from "./voter.ts";

declare global {
  namespace Grafast {
    interface Context {
      /** The signed-in member, for what is not decided in SQL: the topics of subscriptions. */
      userId: string | null;
    }
  }
}

/** The two surfaces. Each has its own login, which can become only the roles named here. */
export const surfaces = {
  public: { path: "/graphql", schemas: ["app_public"], signedIn: "autobench_member", anonymous: "autobench_anon" },
  operations: {
    path: "/operations/graphql",
    schemas: ["app_public", "app_operations"],
    signedIn: "autobench_operator",
    anonymous: undefined, // nobody but an operator gets this far
  },
} as const;
export type SurfaceName = keyof typeof surfaces;

export interface PresetOptions {
  surface: SurfaceName;
  service: GraphileConfig.PgServiceConfiguration;
  constraints: ConstraintErrors;
  log: Log;
  guard: DocumentGuard;
  isIntrospectable: boolean;
  graphiqlPath: string | undefined;
  /** The second origin, for the addresses of live pages; known once it listens. */
  sandboxUrl?: () => string;
}

export function makePreset(options: PresetOptions): GraphileConfig.Preset {
  const surface = surfaces[options.surface];
  return {
    extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset],
    plugins: [PlainNamesPlugin, MissingRowPlugin, SubscriptionsPlugin, VotesPlugin, documentGuardPlugin(options.guard)],
    disablePlugins: ["NodePlugin", "QueryQueryPlugin"],
    pgServices: [options.service],
    gather: { pgStrictFunctions: true },
    schema: {
      defaultBehavior: "-resource:insert -resource:update -resource:delete", // functions are the doors, save where a table's own grants are the rule
      dontSwallowErrors: true,
      retryOnInitFail: false,
    },
    grafast: {
      explain: false,
      timeouts: { planning: 500, execution: 5000 },
      context(request) {
        const message: IncomingMessage | undefined = request.expressv4?.req ?? request.ws?.request;
        return contextFor(options.surface, callerOf(message)?.userId, options.sandboxUrl?.(), voterOf(message));
      },
    },
    grafserv: {
      graphqlPath: surface.path,
      graphiql: options.graphiqlPath !== undefined,
      ...(options.graphiqlPath ? { graphiqlPath: options.graphiqlPath } : {}),
      graphiqlOnGraphQLGET: false,
      websockets: false, // the stock handler takes frames of any size from any origin: see server/sockets.ts
      maxRequestLength: limits.bytes,
      outputDataAsString: true,
      maskError: makeMaskError({
        constraints: options.constraints,
        log: options.log,
        hidesSuggestions: !options.isIntrospectable,
      }),
    },
  };
}

const nobody: Voter = { visitor: "", network: "" };

/** Whom a request acts for, as Postgres is told: the role, the member or the visitor, and how long a statement may take. */
export function contextFor(
  name: SurfaceName,
  userId: string | undefined,
  sandboxUrl = "",
  voter: Voter = nobody,
): Partial<Grafast.Context> {
  const surface = surfaces[name];
  const role = userId === undefined ? surface.anonymous : surface.signedIn;
  if (role === undefined) throw new Error("Only operators get to this surface.");
  return {
    userId: userId ?? null,
    pgSettings: {
      role,
      "app.user_id": userId ?? "",
      "app.visitor": userId === undefined ? voter.visitor : "",
      "app.network": voter.network,
      "app.sandbox_url": sandboxUrl,
      statement_timeout: "3000",
      lock_timeout: "1000",
    },
  };
}
