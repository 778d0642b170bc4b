// db/testing/access/*.ts -> [db/testing/access.ts] -> db/testing/access.test.ts
// Who may do what: the grants as people decided them, written by hand, one file for each domain. The test compares
// every cell with the catalogue: nothing is granted that does not stand here, nothing stands here that is not granted.
// Which rows of a table a role sees, its policies say: see db/generated/tables.md.
import { accounts } from "./access/accounts.ts";
import { arena } from "./access/arena.ts";
import { battles } from "./access/battles.ts";
import { boards } from "./access/boards.ts";
import { budget } from "./access/budget.ts";
import { coach } from "./access/coach.ts";
import { lib } from "./access/lib.ts";
import { models } from "./access/models.ts";
import { ratings } from "./access/ratings.ts";
import { points } from "./access/points.ts";
import { practice } from "./access/practice.ts";
import { retention } from "./access/retention.ts";
import { schedule } from "./access/schedule.ts";
import { sharing } from "./access/sharing.ts";
import { streaks } from "./access/streaks.ts";
import { tasks } from "./access/tasks.ts";

/** The seats and logins, without their prefix `autobench_`; and `public`, which is everybody and may do nothing. */
export const roles = ["anon", "member", "operator", "server", "operations", "worker", "public"] as const;
export type Role = (typeof roles)[number];

/** `"*"` is the whole table with the columns that it will get; a list is those columns alone; nothing is nothing. */
export type Columns = "*" | readonly string[];

export interface Rights {
  select?: Columns;
  insert?: Columns;
  update?: Columns;
  delete?: true;
}

export interface Access {
  /** Tables and views. `{}` is one that functions alone read and write. An operator also has what a member has. */
  relations: Readonly<Record<string, Partial<Record<Role, Rights>>>>;
  /** Functions, with all of one name together. `[]` is one that other functions alone call. */
  functions: Readonly<Record<string, readonly Role[]>>;
}

/** Who may look up names in a schema. Making objects in one is for its owner. */
export const schemas: Readonly<Record<string, readonly Role[]>> = {
  app_public: ["anon", "member", "operator"],
  app_operations: ["operator"],
  app_private: ["operator", "server", "worker"],
};

export const access: Readonly<Record<string, Access>> = {
  lib,
  accounts,
  models,
  tasks,
  budget,
  arena,
  ratings,
  schedule,
  practice,
  points,
  streaks,
  boards,
  battles,
  sharing,
  coach,
  retention,
};
