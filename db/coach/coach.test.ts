// [db/coach/coach.test.ts] -> app_public.request_coaching(), and the other doors of the practice ground as GraphQL has them
import { addProblem, solve } from "../points/testing/practice.ts";
import { anonymous, describe, expect, member, test } from "../testing/graphql.ts";

describe("over GraphQL", () => {
  test("a member asks the coach, once for the same practice, and sees neither input nor reply", async ({ db, gql }) => {
    const ada = await db.person({ username: "ada" });
    const ask =
      "mutation { requestCoaching(input: {}) { coaching { id status note nextProblem { slug } createdAt } } }";
    const first = await gql(member(ada), ask);
    expect(first.errors).toBeUndefined();
    const { coaching } = (first.data ?? {})["requestCoaching"] as { coaching: { id: string; status: string } };
    expect(coaching).toMatchObject({ status: "pending", note: null, nextProblem: null });
    const again = (await gql(member(ada), ask)).data?.["requestCoaching"] as { coaching: { id: string } };
    expect(again.coaching.id).toBe(coaching.id);
    await solve(db.client, { user: ada, problem: await addProblem(db.client) });
    const later = (await gql(member(ada), ask)).data?.["requestCoaching"] as { coaching: { id: string } };
    expect(later.coaching.id).not.toBe(coaching.id);
    expect((await gql(member(ada), "{ coachings(first: 5) { nodes { status } } }")).data).toEqual({
      coachings: { nodes: [{ status: "pending" }, { status: "pending" }] },
    });
    expect((await gql(member(await db.person()), "{ coachings(first: 5) { nodes { id } } }")).data).toEqual({
      coachings: { nodes: [] },
    });
    await expect(db.rowsAs(member(ada), "select input from app_public.queue_jobs")).rejects.toThrow(
      "permission denied for table queue_jobs",
    );
    expect((await gql(anonymous, ask)).code).toBe("TB004");
  });

  test("is told of problems alone that are open to the member", async ({ db }) => {
    const ada = await db.person();
    const [first, later] = [
      await addProblem(db.client, { slug: "coach-first" }),
      await addProblem(db.client, { slug: "coach-later" }),
    ];
    await db.rows(
      `insert into app_public.module_prerequisites (module_id, prerequisite_id)
         select l.module_id, f.module_id from app_public.problems l, app_public.problems f where l.id = $1 and f.id = $2`,
      [later, first],
    );
    const candidates = async () =>
      (
        await db.rows<{ slug: string }>(
          `select c ->> 'slug' as slug from jsonb_array_elements(app_private.coach_summary($1) -> 'candidates') c
             where c ->> 'slug' like 'coach-%'`,
          [ada],
        )
      ).map(({ slug }) => slug);
    expect(await candidates()).toEqual(["coach-first"]);
    await solve(db.client, { user: ada, problem: first });
    expect(await candidates()).toEqual(["coach-later"]);
  });

  test("what expired is shown as free, and a wish that waits reserves anew", async ({ db }) => {
    const ada = await db.person();
    const wish = () => db.rowsAs<{ id: string }>(member(ada), "select id from app_public.request_coaching()");
    const reserved = async () =>
      (await db.rowsAs<{ reserved: number }>(member(ada), "select reserved from app_public.my_allowance()"))[0]
        ?.reserved;
    const [job] = await wish();
    const before = await reserved();
    expect(before).toBeGreaterThan(1000);
    await db.rows("update app_private.token_reservations set expires_at = now() - interval '1 second'");
    expect(await reserved()).toBe(0);
    expect((await wish())[0]?.id).toBe(job?.id);
    expect(await reserved()).toBe(before);
    await db.rows("select app_private.claim_coach_batch(now(), 1)");
    await db.rows("select app_private.give_up_coach_batch(batch_id, 'Nobody.', false) from app_public.queue_jobs");
    expect(await reserved()).toBe(0);
    await wish();
    expect(await reserved()).toBe(before);
  });

  test("two members fight, and one shows a card", async ({ db, gql }) => {
    const [ada, bob] = [await db.person({ username: "ada" }), await db.person({ username: "bob" })];
    await addProblem(db.client, { slug: "fight" });
    const challenged = await gql(
      member(ada),
      `mutation { challengeMember(input: { username: "bob", problemSlug: "fight" }) { battle { id status opponent { username } problem { slug } } } }`,
    );
    expect(challenged.errors).toBeUndefined();
    const { battle } = (challenged.data ?? {})["challengeMember"] as { battle: { id: string } };
    expect(battle).toMatchObject({ status: "open", opponent: { username: "bob" }, problem: { slug: "fight" } });
    const act = (user: string, name: string, more = "") =>
      gql(member(user), `mutation ($id: UUID!) { ${name}(input: { battleId: $id ${more} }) { battle { status } } }`, {
        id: battle.id,
      });
    expect((await act(ada, "acceptBattle")).code).toBe("TB093");
    expect((await act(bob, "acceptBattle")).data).toEqual({ acceptBattle: { battle: { status: "active" } } });
    expect((await act(bob, "answerBattle", 'answer: "The leak."')).data).toEqual({
      answerBattle: { battle: { status: "active" } },
    });
    expect((await act(ada, "cancelBattle")).code).toBe("TB098");

    const shared = await gql(member(ada), "mutation { shareProgress(input: { days: 3 }) { token } }");
    const { token } = (shared.data ?? {})["shareProgress"] as { token: string };
    const card = await gql(anonymous, "query ($token: String!) { sharedProgress(token: $token) }", { token });
    expect(card.data?.["sharedProgress"]).toMatchObject({ username: "ada", points: 0 });
  });

  test("what one has earned is one's own to see", async ({ db, gql }) => {
    const ada = await db.person({ username: "ada" });
    await solve(db.client, { user: ada, problem: await addProblem(db.client) });
    const document = `{ pointsEntries(first: 9) { nodes { reason points } } userProgresses(first: 9) { nodes { status pointsEarned } }
      dailyActivities(first: 9) { nodes { exercisesCompleted } } }`;
    const own = await gql(member(ada), document);
    expect(own.errors).toBeUndefined();
    expect(own.data).toMatchObject({
      userProgresses: { nodes: [{ status: "completed", pointsEarned: 100 }] },
      dailyActivities: { nodes: [{ exercisesCompleted: 1 }] },
    });
    expect(((own.data ?? {})["pointsEntries"] as { nodes: unknown[] }).nodes).toHaveLength(4);
    const other = await gql(member(await db.person()), document);
    expect(other.data).toEqual({
      pointsEntries: { nodes: [] },
      userProgresses: { nodes: [] },
      dailyActivities: { nodes: [] },
    });
  });
});
