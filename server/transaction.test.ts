// server/transaction.ts -> [server/transaction.test.ts]
// What opens a request's transaction is not waited for: so whatever goes wrong with it has to stop what was sent after it.
import { openPool } from "../db/cluster/connect.ts";
import { test as base, describe, expect } from "../db/testing/database.ts";
import { silentLog } from "../process/log.ts";
import { oneTransaction } from "./transaction.ts";

const test = base.extend("request", { scope: "file" }, async ({ database }, { onCleanup }) => {
  const own = openPool(database.url("autobench_server"), {
    name: "requests",
    max: 1,
    log: silentLog,
    hasPipeline: true,
  });
  onCleanup(() => own.end());
  return oneTransaction(own);
});

const seat = { role: "autobench_anon", "app.user_id": "", "app.network": "203.0.113.0/24" };
const who =
  "select current_user::text as who, current_setting('app.network', true) as network, pg_backend_pid() as pid";

describe("a request's transaction", () => {
  test("runs as its seat, and leaves nothing of it behind", async ({ request }) => {
    const as = await request(seat, (client) => client.query<{ who: string }>({ text: who }));
    expect(as.rows).toMatchObject([{ who: "autobench_anon", network: "203.0.113.0/24" }]);
    const without = await request(null, (client) => client.query<{ who: string }>({ text: who }));
    expect(without.rows).toMatchObject([{ who: "autobench_server", network: "" }]);
  });

  test("does nothing when its seat is refused, and says why", async ({ request }) => {
    let ran: unknown;
    const refused = request({ ...seat, role: "autobench_operator" }, async (client) => {
      ran = await client.query({ text: "select 1" }).catch((error: unknown) => error);
    });
    await expect(refused).rejects.toMatchObject({
      code: "42501",
      message: expect.stringContaining("autobench_operator"),
    });
    expect(ran).toMatchObject({ code: "25P02" }); // the transaction is aborted
    const next = await request(seat, (client) => client.query({ text: "select 1 as one" }));
    expect(next.rows).toEqual([{ one: 1 }]);
    // Work that says what it was told is no better off: the first error is the one that counts.
    const told = request({ ...seat, role: "autobench_operator" }, (client) => client.query({ text: "select 1" }));
    await expect(told).rejects.toMatchObject({ code: "42501" });
  });

  test("needs nothing of an earlier one on its connection, as behind a pooler", async ({ request }) => {
    await request(seat, (client) => client.query({ text: "deallocate all" }));
    const next = await request(seat, (client) => client.query({ text: "select 1 as one" }));
    expect(next.rows).toEqual([{ one: 1 }]);
  });

  test("would have no right to anything, were it not opened", async ({ pool }) => {
    // Cut short at the right moment, begin and the settings do nothing, and the request's statement runs as the login.
    const { rows } = await pool.query(
      `select l.login, c.relname as name
         from unnest(array['autobench_server', 'autobench_operations']) l (login)
           cross join pg_class c
         where c.relnamespace in ('app_public'::regnamespace, 'app_operations'::regnamespace) and c.relkind in ('r', 'v', 'm', 'p')
           and (has_any_column_privilege(l.login, c.oid, 'select, insert, update') or has_table_privilege(l.login, c.oid, 'delete'))
       union all
       select l.login, p.proname
         from unnest(array['autobench_server', 'autobench_operations']) l (login)
           cross join pg_proc p
         where p.pronamespace in ('app_public'::regnamespace, 'app_operations'::regnamespace)
           and has_function_privilege(l.login, p.oid, 'execute')`,
    );
    expect(rows).toEqual([]);
  });

  test("is taken back when the work fails, on the same connection, and a part of it by itself", async ({ request }) => {
    const pid = async () =>
      (await request(seat, (client) => client.query<{ pid: number }>({ text: who }))).rows[0]?.pid;
    const before = await pid();
    const failing = request(seat, async (client) => {
      await client.query({ text: "select set_config('app.network', 'kept', false)" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const network = await request(seat, async (client) => {
      const part = client.withTransaction(async (inner) => {
        await inner.query({ text: "select set_config('app.network', 'inside', true)" });
        await inner.query({ text: "select 1 / 0" });
      });
      await expect(part).rejects.toMatchObject({ code: "22012" });
      return client.query<{ network: string }>({ text: who });
    });
    expect(network.rows).toMatchObject([{ network: "203.0.113.0/24" }]);
    const without = await request(null, (client) => client.query({ text: who }));
    expect(without.rows).toMatchObject([{ network: "" }]);
    expect(await pid()).toBe(before);
  });

  test("gives up a connection that was cut, and the next one has another", async ({ request, pool }) => {
    const cut = request(seat, async (client) => {
      const { rows } = await client.query<{ pid: number }>({ text: who });
      await pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      return client.query({ text: who });
    });
    await expect(cut).rejects.toThrow();
    const next = await request(seat, (client) => client.query({ text: "select 1 as one" }));
    expect(next.rows).toEqual([{ one: 1 }]);
  });
});
