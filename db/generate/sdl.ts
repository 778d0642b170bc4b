// app_public, app_operations -> server/graphile.config.ts -> [db/generate/sdl.ts] -> db/generated/*.graphql
// The contract of each GraphQL surface, built as its own login, so that it shows just what that login may reach.
import { makeSchema } from "postgraphile";
import { silentLog } from "../../process/log.ts";
import { sdlOf } from "../../server/endpoint.ts";
import { makePreset, type SurfaceName, surfaces } from "../../server/graphile.config.ts";
import { readPersistedOperations } from "../../server/persisted.ts";
import { openPools, pgService } from "../../server/pools.ts";
import type { Database } from "../cluster/database.ts";

export async function sdl(database: Database, surface: SurfaceName): Promise<string> {
  const login = surface === "public" ? "autobench_server" : "autobench_operations";
  const pools = openPools(database.url(login), `sdl ${surface}`, silentLog);
  try {
    const { schema } = await makeSchema(
      makePreset({
        surface,
        service: pgService(pools, [...surfaces[surface].schemas]),
        constraints: new Map(),
        log: silentLog,
        guard: {
          schema: () => schema,
          isIntrospectable: true,
          persisted: readPersistedOperations(),
          isPersistedOnly: false,
        },
        graphiqlPath: undefined,
      }),
    );
    return await sdlOf({ schema: () => schema });
  } finally {
    await pools.end();
  }
}
