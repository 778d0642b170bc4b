// db/testing/database.ts, server/graphile.config.ts -> [db/testing/graphql.ts] -> tests of what GraphQL shows
// GraphQL within the test's own transaction: the real schema and guard, no server, and everything rolled back at the end.
import { makeSchema } from "postgraphile";
import { makeWithPgClientViaPgClientAlreadyInTransaction } from "postgraphile/@dataplan/pg/adaptors/pg";
import { execute } from "postgraphile/grafast";
import type { ExecutionResult, GraphQLError, GraphQLSchema } from "postgraphile/graphql";
import { silentLog } from "../../process/log.ts";
import { type ConstraintErrors, makeMaskError, readConstraintErrors, RequestError } from "../../server/errors.ts";
import { contextFor, makePreset, type SurfaceName, surfaces } from "../../server/graphile.config.ts";
import { type DocumentGuard, makeDocumentGuard } from "../../server/guard/document-guard.ts";
import { limits } from "../../server/guard/limits.ts";
import { readPersistedOperations } from "../../server/persisted.ts";
import { openPools, pgService } from "../../server/pools.ts";
import type { Database } from "../cluster/database.ts";
import { type Db, type Seat, test as base } from "./database.ts";

export interface GraphqlError {
  message: string;
  path?: readonly (string | number)[];
  extensions: { code?: string; hint?: string };
}

export interface GraphqlAnswer {
  data?: Record<string, unknown> | null;
  errors?: GraphqlError[];
  /** The first error's code. */
  code?: string | undefined;
}

export type Gql = (seat: Seat, document: string, variables?: Record<string, unknown>) => Promise<GraphqlAnswer>;

interface Surface {
  schema: GraphQLSchema;
  guard: DocumentGuard;
  constraints: ConstraintErrors;
}

/** What the server would build for one surface, as its login. */
async function build(surface: SurfaceName, database: Database): Promise<Surface> {
  const login = surface === "public" ? "autobench_server" : "autobench_operations";
  const pools = openPools(database.url(login), surface, silentLog);
  const isIntrospectable = true;
  const guard = makeDocumentGuard({
    schema: () => schema,
    limits,
    isIntrospectable,
    persisted: readPersistedOperations(),
    isPersistedOnly: false,
  });
  const constraints = await readConstraintErrors(pools.anonymous);
  const service = pgService(pools, [...surfaces[surface].schemas]);
  const options = { surface, service, constraints, log: silentLog, guard, isIntrospectable, graphiqlPath: undefined };
  const { schema } = await makeSchema(makePreset(options));
  await pools.end();
  return { schema, guard, constraints };
}

export const test = base
  /** The two surfaces of this file's database, each built when it is first asked. */
  .extend("surfaceOf", { scope: "file" }, ({ database }) => {
    const built = new Map<SurfaceName, Promise<Surface>>();
    return (name: SurfaceName): Promise<Surface> => {
      const surface = built.get(name) ?? build(name, database);
      built.set(name, surface);
      return surface;
    };
  })
  /** Asks from a seat: a visitor's or member's at /graphql, an operator's at /operations/graphql. */
  .extend("gql", ({ db, surfaceOf }): Gql => {
    return async (seat, source, variables = {}) => {
      const name = seat.role === "autobench_operator" ? "operations" : "public";
      if (name === "public" && (seat.role === "autobench_anon") !== (seat.userId === undefined)) {
        throw new Error("A visitor has no id, and a member has one.");
      }
      const surface = await surfaceOf(name);
      return ask(db, surface, contextFor(name, seat.userId), source, variables);
    };
  });

async function ask(
  db: Db,
  { schema, guard, constraints }: Surface,
  context: Partial<Grafast.Context>,
  source: string,
  variables: Record<string, unknown>,
): Promise<GraphqlAnswer> {
  const unexpected: unknown[] = [];
  const log = {
    ...silentLog,
    error: (_sentence: string, data?: { error?: unknown }) => void unexpected.push(data?.error),
  };
  const mask = makeMaskError({ constraints, log, hidesSuggestions: false });
  try {
    const { document } = await guard.admit({ query: source, variableValues: variables });
    const result = (await execute({
      schema,
      document,
      variableValues: variables,
      contextValue: {
        ...context,
        withPgClient: makeWithPgClientViaPgClientAlreadyInTransaction(db.client as never, true),
        pgSubscriber: null,
      },
    })) as ExecutionResult;
    const errors = result.errors?.map((error: GraphQLError) => mask(error).toJSON() as GraphqlError);
    // What callers would see as TB000 is a fault, unless the test is about just that.
    if (unexpected.length) throw unexpected[0];
    return {
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(errors ? { errors, code: errors[0]?.extensions.code } : {}),
    };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { message, code, hint } = error;
    return { errors: [{ message, extensions: { code, ...(hint ? { hint } : {}) } }], code };
  } finally {
    // What a request sets lasts until the transaction's end, which here is the test's.
    await db.rows(
      `select set_config(name, value, true)
         from (values ('role', 'autobench_owner'), ('app.user_id', ''), ('statement_timeout', '0'), ('lock_timeout', '0'))
           as s (name, value)`,
    );
  }
}

export { anonymous, type Db, describe, expect, member, operator, type Seat } from "./database.ts";
