// [db/practice/apply_problems.test.ts] -> app_private.apply_problems(), app_private.tg_module_prerequisites__acyclic()
import type { Registry } from "../cluster/problems.ts";
import { anonymous, describe, expect, test } from "../testing/database.ts";
import { aModule, applyRegistry, aProblem } from "./testing/practice.ts";

const registry: Registry = {
  modules: [aModule("first"), aModule("second", ["first"])],
  problems: ["a", "b", "c", "d", "e", "f"].map((slug) => aProblem(slug, { module: slug > "d" ? "second" : "first" })),
};
const without = (slugs: string[]): Registry => ({
  ...registry,
  problems: registry.problems.filter(({ slug }) => !slugs.includes(slug)),
});
const changed = (slug: string, more: object): Registry => ({
  ...registry,
  problems: registry.problems.map((problem) => (problem.slug === slug ? { ...problem, ...more } : problem)),
});
const hash = "ab".repeat(32);

describe("app_private.apply_problems", () => {
  test("takes everything in, and finds nothing to do the second time", async ({ db }) => {
    expect(await applyRegistry(db.client, registry)).toEqual([
      "module first added",
      "module second added",
      "prerequisite second after first added",
      ...["a", "b", "c", "d", "e", "f"].map((slug) => `problem ${slug} added`),
    ]);
    const state = "select md5(string_agg(p::text, '' order by p.id)) from app_public.problems p";
    const [before] = await db.rows(state);
    expect(await applyRegistry(db.client, registry)).toEqual([]);
    expect(await db.row(state)).toEqual(before);
    expect(
      await db.row(`select (select count(*)::int from app_private.problem_keys) as keys,
          (select count(*)::int from app_private.problem_examples) as examples`),
    ).toEqual({ keys: 6, examples: 30 });
  });

  test("says what changed and what moved, and two may exchange their names", async ({ db }) => {
    await applyRegistry(db.client, registry);
    expect(await applyRegistry(db.client, changed("a", { title: "Another", hash }))).toEqual(["problem a changed"]);
    expect(await applyRegistry(db.client, changed("a", { title: "Another", slug: "z", hash }))).toEqual([
      "problem z moved",
    ]);
    const [a, b] = registry.problems;
    const exchanged = {
      ...registry,
      problems: [{ ...a!, slug: "b" }, { ...b!, slug: "a" }, ...registry.problems.slice(2)],
    };
    await applyRegistry(db.client, registry);
    expect(await applyRegistry(db.client, exchanged)).toEqual(["problem a moved", "problem b moved"]);
    expect(await applyRegistry(db.client, changed("c", { module: "second" }))).toContain("problem c moved");
  });

  test("retires what is gone and deletes nothing, and takes it back", async ({ db }) => {
    await applyRegistry(db.client, registry);
    expect(await applyRegistry(db.client, without(["a"]))).toEqual(["problem a retired"]);
    expect(await applyRegistry(db.client, without(["a"]))).toEqual([]);
    const retired =
      "select slug, is_published, retired_at is not null as is_retired from app_public.problems where slug = 'a'";
    expect(await db.row(retired)).toEqual({ slug: "a", is_published: false, is_retired: true });
    expect(await db.rowsAs(anonymous, retired)).toHaveLength(1); // it stays to be seen by its name
    expect(await applyRegistry(db.client, registry)).toEqual(["problem a changed"]);
    expect(await db.row(retired)).toEqual({ slug: "a", is_published: true, is_retired: false });
  });

  test("refuses to retire more than a fifth, unless it is forced", async ({ db }) => {
    await applyRegistry(db.client, registry);
    await db.rows("savepoint before");
    await expect(applyRegistry(db.client, without(["a", "b"]))).rejects.toMatchObject({
      code: "TB088",
      message: "2 of 6 problems would be retired: a, b.",
    });
    await db.rows("rollback to before");
    expect(await applyRegistry(db.client, without(["a", "b"]), true)).toEqual([
      "problem a retired",
      "problem b retired",
    ]);
  });

  test("forces nothing published: what its file holds back stays hidden", async ({ db }) => {
    await applyRegistry(db.client, changed("a", { is_published: false, hash }));
    expect(await db.rowsAs(anonymous, "select slug from app_public.problems where slug = 'a'")).toEqual([]);
  });

  test("lets no module wait for itself, by whatever way", async ({ db }) => {
    await applyRegistry(db.client, registry);
    for (const requires of [["second"], ["third"]]) {
      await db.rows("savepoint before");
      const circle = {
        ...registry,
        modules: [aModule("first", requires), aModule("second", ["first"]), aModule("third", ["second"])],
      };
      await expect(applyRegistry(db.client, circle)).rejects.toMatchObject({ code: "TB087" });
      await db.rows("rollback to before");
    }
    await expect(
      db.rows("insert into app_public.module_prerequisites select id, id from app_public.modules limit 1"),
    ).rejects.toMatchObject({ constraint: "module_prerequisites_not_itself" });
  });

  test("without its guards a circle and a fifth too many would pass", async ({ db }) => {
    await applyRegistry(db.client, registry);
    await db.rows("alter table app_public.module_prerequisites disable trigger user");
    const circle = { ...registry, modules: [aModule("first", ["second"]), aModule("second", ["first"])] };
    expect(await applyRegistry(db.client, circle)).toEqual(["prerequisite first after second added"]);
    expect(await applyRegistry(db.client, without(["a", "b"]), true)).toHaveLength(3);
  });

  test("leaves nobody a way to the rubric, the reference and the examples", async ({ db }) => {
    await applyRegistry(db.client, registry);
    const ada = await db.person();
    for (const table of ["problem_keys", "problem_examples"]) {
      await expect(
        db.rowsAs({ role: "autobench_member", userId: ada }, `select * from app_private.${table}`),
      ).rejects.toThrow("permission denied for schema app_private");
      await expect(db.rowsAs({ role: "autobench_worker" }, `select * from app_private.${table}`)).rejects.toThrow(
        `permission denied for table ${table}`,
      );
    }
  });
});
