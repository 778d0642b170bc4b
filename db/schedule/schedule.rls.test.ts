// [db/schedule/schedule.rls.test.ts] -> app_private.scheduled_tasks and what stands around it, from every seat
import { anonymous, type Db, describe, expect, member, operator, type Seat, test } from "../testing/database.ts";

type Who = "anonymous" | "member" | "operator" | "server" | "operations" | "worker";

async function seats(db: Db): Promise<Record<Who, Seat>> {
  return {
    anonymous,
    member: member(await db.person()),
    operator: operator(await db.operator()),
    server: { role: "autobench_server" },
    operations: { role: "autobench_operations" },
    worker: { role: "autobench_worker" },
  };
}

const schemas = { anonymous: true, member: true, operations: true }; // these do not even get into app_private

describe.for([
  ["app_private.task_registry", "name", { next_run_at: "now()" }],
  ["app_private.task_aliases", "alias", { name: "'cleanup_expired'" }],
  ["app_private.scheduled_tasks", "id", { status: "'completed'" }],
] as const)("%s", ([table, key, change]) => {
  test("is read by operators alone, and written by nobody", async ({ db }) => {
    await db.rows("select from app_private.log_scheduled_task('cleanup_expired')");
    for (const [who, seat] of Object.entries(await seats(db))) {
      const denied =
        who in schemas
          ? "permission denied for schema app_private"
          : `permission denied for table ${table.split(".")[1]}`;
      const read = db.rowsAs(seat, `select ${key} from ${table}`);
      if (who === "operator") expect((await read).length).toBeGreaterThan(0);
      else await expect(read, who).rejects.toThrow(denied);
      const [column, value] = Object.entries(change)[0] ?? [];
      for (const sql of [
        `update ${table} set ${column} = ${value}`,
        `delete from ${table}`,
        `insert into ${table} (${column}) values (${value})`,
      ]) {
        await expect(db.rowsAs(seat, sql), `${who}: ${sql}`).rejects.toThrow(denied);
      }
    }
  });
});

describe.for([
  ["log_scheduled_task('cleanup_expired')", ["worker"]],
  ["request_scheduled_task('cleanup_expired')", ["server"]],
  ["process_scheduled_tasks()", ["worker", "server"]],
  ["begin_scheduled_task(1)", ["worker"]],
  ["finish_scheduled_task(1, 1)", ["worker"]],
  ["fail_scheduled_task(1, 1, 'no', true)", ["worker"]],
  ["scheduled_task_state(1)", ["worker"]],
  ["period_key('cleanup_expired')", ["worker"]],
  ["note_next_runs('{}')", ["worker"]],
  ["mend_cron_clock()", ["worker"]],
  ["metrics()", ["server"]],
  ["dead_jobs()", ["operator"]],
  ["known_task('cleanup_expired')", []],
  ["queue_scheduled_task(1)", []],
  ["period_start('day', now())", []],
] as const)("app_private.%s", ([call, allowed]) => {
  test(`is for ${allowed.join(" and ") || "our own functions"} alone`, async ({ db }) => {
    for (const [who, seat] of Object.entries(await seats(db))) {
      const run = db.rowsAs(seat, `select from app_private.${call}`);
      if ((allowed as readonly string[]).includes(who)) await run;
      else {
        const [name] = call.split("(");
        await expect(run, who).rejects.toThrow(
          who in schemas ? "permission denied for schema app_private" : `permission denied for function ${name}`,
        );
      }
    }
  });
});

describe.for(["job_runs", "scheduled_tasks", "dead_jobs"])("app_operations.%s", (view) => {
  test("is for operators alone", async ({ db }) => {
    const { id } = await db.row<{ id: string }>("select id from app_private.log_scheduled_task('cleanup_expired')");
    await db.rows("update graphile_worker._private_jobs set attempts = max_attempts where key = $1", [
      `scheduled_task:${id}`,
    ]);
    for (const [who, seat] of Object.entries(await seats(db))) {
      const read = db.rowsAs(seat, `select * from app_operations.${view}`);
      if (who === "operator") expect((await read).length).toBeGreaterThan(0);
      else await expect(read, who).rejects.toThrow("permission denied for schema app_operations");
    }
  });
});

describe.for(["trigger_task('cleanup_expired', 'because')", "retry_job(1, 'because')"])("app_operations.%s", (call) => {
  test("is for operators in good standing alone", async ({ db }) => {
    const everybody = await seats(db);
    for (const [who, seat] of Object.entries(everybody)) {
      if (who === "operator") continue; // see operations.test.ts
      await expect(db.rowsAs(seat, `select app_operations.${call}`), who).rejects.toThrow(
        "permission denied for schema app_operations",
      );
    }
    const impostor = operator(everybody.member.userId ?? "");
    await expect(db.rowsAs(impostor, `select app_operations.${call}`)).rejects.toMatchObject({ code: "TB004" });
    await expect(db.rowsAs({ role: "autobench_operator" }, `select app_operations.${call}`)).rejects.toMatchObject({
      code: "TB001",
    });
  });
});
