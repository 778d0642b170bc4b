// settings, embedded Postgres -> [db/cluster/database.ts] -> every connection of ours
// The connection strings of one Autobench database, one for each login.
import { createHmac, randomBytes } from "node:crypto";
import path from "node:path";
import { root } from "../../process/environment.ts";
import { type Settings, SettingsError } from "../../process/settings.ts";
import type { Cluster } from "./embedded.ts";
import { keepSecret } from "./secret.ts";

export const logins = ["autobench_owner", "autobench_worker", "autobench_server", "autobench_operations"] as const;
export type Login = (typeof logins)[number];

export interface Database {
  url(login: Login): string;
}

export const databaseName = "autobench";

/** The setting that holds the address of each login. */
export const variables = {
  autobench_owner: "DATABASE_URL",
  autobench_worker: "WORKER_DATABASE_URL",
  autobench_server: "SERVER_DATABASE_URL",
  autobench_operations: "OPERATIONS_DATABASE_URL",
} as const satisfies Record<Login, keyof Settings>;

/** Where this checkout keeps its data. */
export function dataFolder(settings: Pick<Settings, "DATA_DIR">): string {
  return path.resolve(root, settings.DATA_DIR);
}

/** The database that the settings name, or nothing where the embedded one is meant. */
export function externalDatabase(settings: Settings): Database | undefined {
  if (!Object.values(variables).some((name) => settings[name])) return undefined;
  return {
    url(login) {
      const name = variables[login];
      const url = settings[name];
      if (!url) {
        throw new SettingsError([
          `${name} is missing: with a Postgres of your own, each process is given the address of its own login (${login}).`,
        ]);
      }
      return url;
    },
  };
}

/** A database of an embedded cluster: the logins' passwords follow from one random secret in the data folder. */
export function embeddedDatabase(cluster: Pick<Cluster, "folder" | "port">, name = databaseName): Database {
  const secret = keepSecret(path.join(cluster.folder, "logins.secret"), () => randomBytes(32).toString("base64url"));
  return {
    url(login) {
      const password = createHmac("sha256", secret).update(login).digest("base64url");
      return `postgres://${login}:${password}@127.0.0.1:${cluster.port}/${name}`;
    },
  };
}

/** The same address with another database's name. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
