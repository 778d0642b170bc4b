// [db/retention/retention_rules.test.ts] -> app_private.retention_rules, app_private.purge_rules()
import { anonymous, describe, expect, member, operator, test } from "../testing/database.ts";

const rules = "select table_name, column_name, keep, batch, why from app_private.retention_rules order by 1";

describe("app_private.retention_rules", () => {
  test("each names a plain table, or a view of one, and in it an indexed instant", async ({ db }) => {
    const found = await db.rows<{ name: string; kind: string; type: string; is_indexed: boolean }>(
      `select r.table_name as name, c.relkind as kind, format_type(a.atttypid, null) as type,
          exists (
            select from pg_index i
                inner join pg_attribute b on b.attrelid = i.indrelid and b.attnum = i.indkey[0]
              where b.attname = a.attname and i.indisvalid
                -- A view says which rows of its one table are meant, and may have an index of just those.
                and (i.indpred is null or c.relkind = 'v')
                and i.indrelid = case c.relkind when 'v' then (
                  select d.refobjid
                    from pg_rewrite w
                      inner join pg_depend d on d.objid = w.oid and d.deptype = 'n' and d.refclassid = 'pg_class'::regclass
                      inner join pg_attribute t on t.attrelid = d.refobjid and t.attnum = d.refobjsubid
                    where w.ev_class = c.oid and d.refobjid <> c.oid and t.attname = 'ctid'
                ) else c.oid end
          ) as is_indexed
        from app_private.retention_rules r
          left join pg_class c on c.oid = to_regclass(r.table_name)
          left join pg_attribute a on a.attrelid = c.oid and a.attname = r.column_name and not a.attisdropped`,
    );
    expect(found.length).toBeGreaterThan(0);
    // A partitioned table would not do: purge_batch() deletes by ctid, which two partitions may share.
    for (const { name, kind, ...rest } of found) {
      expect(["r", "v"], name).toContain(kind);
      expect(rest, name).toEqual({ type: "timestamp with time zone", is_indexed: true });
    }
  });

  test("each says why, and purges its table without an error", async ({ db }) => {
    for (const { table_name, why } of await db.rows<{ table_name: string; why: string }>(rules)) {
      expect(why).toMatch(/^[A-Z].{10,}\.$/);
      expect(await db.row("select app_private.purge_batch($1) >= 0 as is_done", [table_name])).toEqual({
        is_done: true,
      });
    }
  });

  test("no rule leaves a row that it should delete hanging on another table", async ({ db }) => {
    const holding = await db.rows(
      `select f.conname from pg_constraint f join app_private.retention_rules r on f.confrelid = to_regclass(r.table_name)
        where f.contype = 'f' and f.confdeltype in ('a', 'r') and r.keep is not null`,
    );
    expect(holding).toEqual([]);
  });

  test.for([
    ["keep = interval '0'", "retention_rules_keep_positive"],
    ["keep = interval '-1 day'", "retention_rules_keep_positive"],
    ["batch = 0", "retention_rules_batch_sane"],
    ["batch = 100001", "retention_rules_batch_sane"],
  ] as const)("refuses %s", async ([change, constraint], { db }) => {
    await expect(db.rows(`update app_private.retention_rules set ${change}`)).rejects.toMatchObject({
      code: "23514",
      constraint,
    });
  });

  test("is read by operators and written through no API", async ({ db }) => {
    const [ada, boss] = [await db.person(), await db.operator()];
    expect((await db.rowsAs(operator(boss), rules)).length).toBeGreaterThan(0);
    await expect(db.rowsAs(operator(boss), "update app_private.retention_rules set keep = null")).rejects.toThrow(
      "permission denied for table retention_rules",
    );
    for (const role of ["autobench_worker", "autobench_server"] as const) {
      await expect(db.rowsAs({ role }, rules)).rejects.toThrow("permission denied for table retention_rules");
    }
    for (const seat of [anonymous, member(ada)]) {
      await expect(db.rowsAs(seat, rules)).rejects.toThrow("permission denied for schema app_private");
    }
  });
});

describe("app_private.purge_rules", () => {
  test("lists what is to be purged for the worker, without what is kept for ever", async ({ db }) => {
    await db.rows("update app_private.retention_rules set keep = null where table_name = 'app_private.rate_limits'");
    await db.rows("update app_private.retention_rules set batch = 7 where table_name = 'app_private.erased_subjects'");
    const listed = await db.rowsAs(
      { role: "autobench_worker" },
      "select table_name, batch from app_private.purge_rules()",
    );
    expect(listed).toContainEqual({ table_name: "app_private.erased_subjects", batch: 7 });
    expect(listed.map(({ table_name }) => table_name)).not.toContain("app_private.rate_limits");
    await expect(db.rowsAs({ role: "autobench_server" }, "select app_private.purge_rules()")).rejects.toThrow(
      "permission denied for function purge_rules",
    );
  });
});
