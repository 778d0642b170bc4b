// [db/models/content.test.ts] -> app_private.apply_models(), apply_prompts(), pick_prompt(), model_for_role()
import { type Db, describe, expect, test } from "../testing/database.ts";

const provider = {
  name: "maple",
  protocol: "openai",
  base_url: "https://maple.example/v1",
  api_key_env: "MAPLE_API_KEY",
};
const model = (slug: string, more: object = {}) => ({
  slug,
  display_name: slug,
  provider: "maple",
  api_model: slug,
  family: "maple",
  ...more,
});
const content = {
  providers: [provider],
  models: [model("maple-1"), model("maple-2")],
  roles: { write_task: ["maple-2", "maple-1"], judge: ["maple-1"] },
};

async function apply(db: Db, what: object): Promise<string[]> {
  const rows = await db.rows<{ kind: string; name: string; change: string }>(
    "select * from app_private.apply_models($1::jsonb)",
    [JSON.stringify(what)],
  );
  return rows.map((row) => `${row.kind} ${row.name} ${row.change}`);
}

describe("app_private.apply_models", () => {
  test("takes everything in, and finds nothing to do the second time", async ({ db }) => {
    expect(await apply(db, content)).toEqual([
      "provider maple added",
      "model maple-1 added",
      "model maple-2 added",
      "role judge 1 added",
      "role write_task 1 added",
      "role write_task 2 added",
    ]);
    expect(await apply(db, content)).toEqual([]);
  });

  test.for([
    [
      "a provider's address",
      { providers: [{ ...provider, base_url: "https://maple.example/v2" }] },
      ["provider maple changed"],
    ],
    ["what a provider bills", { providers: [{ ...provider, is_overload_free: true }] }, ["provider maple changed"]],
    [
      "a provider's peculiarities",
      { providers: [{ ...provider, traits: { canLookUp: true } }] },
      ["provider maple changed"],
    ],
    ["a price", { models: [model("maple-1", { input_usd_per_million: 2 })] }, ["model maple-1 changed"]],
    ["a model's settings", { models: [model("maple-1", { params: { temperature: 1 } })] }, ["model maple-1 changed"]],
    ["a new model", { models: [model("maple-3")] }, ["model maple-3 added"]],
    [
      "an order of roles",
      { roles: { ...content.roles, write_task: ["maple-1"] } },
      ["role write_task 1 changed", "role write_task 2 removed"],
    ],
  ] as const)("sees %s", async ([, change, expected], { db }) => {
    await apply(db, content);
    expect(await apply(db, { ...content, ...change })).toEqual(expected);
    expect(await apply(db, { ...content, ...change })).toEqual([]);
  });

  test("a model that is no longer listed stays as it is: history keeps it", async ({ db }) => {
    await apply(db, content);
    expect(await apply(db, { ...content, models: [model("maple-1")] })).toEqual([]);
    expect(await db.rows("select from app_public.models where slug = 'maple-2'")).toHaveLength(1);
  });

  test("what was corrected in SQL stays where the list says nothing of it", async ({ db }) => {
    await apply(db, content);
    await db.rows(`update app_private.providers set is_overload_free = true, traits = '{"canLookUp": true}'`);
    expect(await apply(db, { ...content, providers: [{ ...provider, max_parallel: 9 }] })).toEqual([
      "provider maple changed",
    ]);
    expect(await db.row("select max_parallel, is_overload_free, traits from app_private.providers")).toEqual({
      max_parallel: 9,
      is_overload_free: true,
      traits: { canLookUp: true },
    });
  });

  test("a retired model stays inactive, however it is listed", async ({ db }) => {
    await apply(db, content);
    await db.rows("update app_public.models set is_active = false, retired_at = now() where slug = 'maple-1'");
    expect(await apply(db, content)).toEqual([]);
    await apply(db, { ...content, models: [model("maple-1", { display_name: "Maple, the first", is_active: true })] });
    expect(await db.row("select display_name, is_active from app_public.models where slug = 'maple-1'")).toEqual({
      display_name: "Maple, the first",
      is_active: false,
    });
  });

  test("the canned models' roles stand behind the real ones, and neither list removes the other's", async ({ db }) => {
    const canned = {
      role_priority_from: 1000,
      providers: [{ ...provider, name: "canned", api_key_env: null, is_rehearsal: true }],
      models: [model("canned-1", { provider: "canned", is_rehearsal: true })],
      roles: { write_task: ["canned-1"] },
    };
    await apply(db, content);
    expect(await apply(db, canned)).toEqual([
      "provider canned added",
      "model canned-1 added",
      "role write_task 1001 added",
    ]);
    expect(await apply(db, content)).toEqual([]);
    expect(await apply(db, canned)).toEqual([]);
    expect(await apply(db, { ...canned, roles: {} })).toEqual(["role write_task 1001 removed"]);
    expect(await db.rows("select from app_private.llm_roles")).toHaveLength(3);
  });

  test("the first usable model of a role does it", async ({ db }) => {
    await apply(db, content);
    const who = (keys: string[], isRehearsal = false) =>
      db.row(
        "select m.slug from (select app_private.model_for_role('write_task', $1::text[], $2) as id) r left join app_public.models m using (id)",
        [keys, isRehearsal],
      );
    expect(await who(["MAPLE_API_KEY"])).toEqual({ slug: "maple-2" });
    await db.rows("update app_public.models set is_active = false where slug = 'maple-2'");
    expect(await who(["MAPLE_API_KEY"])).toEqual({ slug: "maple-1" });
    expect(await who([])).toEqual({ slug: null });
    expect(await who(["MAPLE_API_KEY"], true)).toEqual({ slug: null });
  });
});

describe("app_private.apply_prompts", () => {
  const prompts = [
    { role: "answer", version: "v1", system: "s", template: "{{prompt}}" },
    { role: "writer", version: "v1", system: "s", template: "{{day}}" },
  ];
  const take = (db: Db, what: object[]) =>
    db.rows("select role, version, change from app_private.apply_prompts($1::jsonb)", [JSON.stringify(what)]);

  test("takes new versions in, and finds nothing to do the second time", async ({ db }) => {
    expect(await take(db, prompts)).toEqual([
      { role: "answer", version: "v1", change: "added" },
      { role: "writer", version: "v1", change: "added" },
    ]);
    expect(await take(db, prompts)).toEqual([]);
    expect(await take(db, [...prompts, { ...prompts[0], version: "v2" }])).toEqual([
      { role: "answer", version: "v2", change: "added" },
    ]);
  });

  test.for(["system", "template"])("refuses a version whose %s was changed", async (part, { db }) => {
    await take(db, prompts);
    await expect(take(db, [{ ...prompts[0], [part]: "other" }])).rejects.toMatchObject({
      code: "TB050",
      hint: expect.stringContaining("new version"),
    });
  });
});

describe("app_private.pick_prompt", () => {
  const drawn = `select p.version, count(*)::int as n
    from generate_series(1, 4000) i
      cross join lateral app_private.pick_prompt('answer', md5(i::text)::uuid) p
    group by 1 order by 1`;
  const weigh = (db: Db, weights: readonly number[]) =>
    db.rows(
      "insert into app_private.prompts (role, version, system, template, weight) select 'answer', 'v' || n, 's', 't', w from unnest($1::numeric[]) with ordinality u (w, n)",
      [weights],
    );

  test("draws each version by its weight, within three standard deviations, and never one that weighs nothing", async ({
    db,
  }) => {
    const weights = [1, 0, 3, 6];
    await weigh(db, weights);
    const rows = await db.rows<{ version: string; n: number }>(drawn);
    expect(rows.map((row) => row.version)).toEqual(["v1", "v3", "v4"]);
    for (const { version, n } of rows) {
      const share = (weights[Number(version.slice(1)) - 1] ?? 0) / 10;
      expect(Math.abs(n - 4000 * share), version).toBeLessThan(3 * Math.sqrt(4000 * share * (1 - share)));
    }
    expect(await db.rows(drawn)).toEqual(rows); // the same subject, the same version
  });

  test("gives every subject a version, down to the last share", async ({ db }) => {
    await weigh(db, [1, 1, 1]);
    const rows = await db.rows<{ n: number }>(drawn);
    expect(rows.reduce((sum, row) => sum + row.n, 0)).toBe(4000);
  });

  test("gives nothing where nothing weighs", async ({ db }) => {
    await weigh(db, [0]);
    expect(await db.rows(drawn)).toEqual([]);
  });
});
