// db/cluster/pg-dump.ts -> [db/cluster/pg-dump.test.ts] -> a database, there and back
import { withClient } from "./connect.ts";
import { withDatabase } from "./database.ts";
import { dumpDatabase } from "./pg-dump.ts";
import { describe, expect, test } from "../testing/database.ts";

describe("pg_dump", () => {
  test("writes a database that can be read back, long rows and odd letters included", async ({ database }) => {
    const long = "äöü€ 'quoted' \\ 名前 \n".repeat(10_000); // more than any one packet
    await withClient(database.superuserUrl, async (client) => {
      await client.query("create schema there; create table there.rows (id integer primary key, body text)");
      await client.query("insert into there.rows select i, $1 || i from generate_series(1, 3) i", [long]);
    });
    const dump = await dumpDatabase(database.superuserUrl, ["--schema=there"]);

    await withClient(database.superuserUrl, async (client) => {
      await client.query("drop schema there cascade");
      await client.query(dump);
      const { rows } = await client.query("select id, body = $1 || id as is_same from there.rows order by id", [long]);
      expect(rows).toEqual([1, 2, 3].map((id) => ({ id, is_same: true })));
    });
  });

  test("says why it could not", async ({ database }) => {
    const nowhere = withDatabase(database.superuserUrl, "nowhere");
    await expect(dumpDatabase(nowhere)).rejects.toThrow('database "nowhere" does not exist');
    const silent = new URL(database.superuserUrl);
    silent.port = "1";
    await expect(dumpDatabase(silent.href)).rejects.toThrow("ECONNREFUSED");
    await expect(dumpDatabase(database.superuserUrl, ["--no-such-flag"])).rejects.toThrow("no-such-flag");
  });
});
