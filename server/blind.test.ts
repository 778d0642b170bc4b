// [server/blind.test.ts] -> drawBallot, castVote, the second origin, /images/h: blind means blind on the wire
// Everything that a voter receives on a sealed task is recorded, byte for byte, and holds nothing of whose page is whose.
import { addTask } from "../db/testing/arena.ts";
import { everythingOf, readSchema } from "./testing/everything.ts";
import { describe, expect, test as base } from "./testing/server.ts";
import { answer, type Ballot, expectNothingTold, models, tellTales, Wire } from "./testing/wire.ts";

const test = base
  .extend("task", { scope: "file" }, ({ pool }) => addTask(pool, { slot: 2, title: "A sealed task" }))
  .extend("answers", { scope: "file" }, ({ pool, task }) => answer(pool, task));

describe("a voter on a sealed task", () => {
  test("receives nothing that tells whose page is whose", async ({ server, pool, task, answers }) => {
    const wire = new Wire();
    const schema = await readSchema(server.gql);
    const drawn = everythingOf(schema, "DrawnBallot", 2);
    const voted = everythingOf(schema, "VoteResult", 2);
    for (const part of ["submissions", "ballots", "title", "voteCount", "leftPage"]) expect(drawn).toContain(part);
    for (const part of ["leftModel", "ratings", "bothBadVotes"]) expect(voted).toContain(part);

    for (let round = 0; round < 6; round++) {
      const verdict = ["left", "right", "tie", "both_bad"][round % 4];
      const { drawBallot } = await wire.gql<{ drawBallot: { ballot: Ballot } }>(
        server,
        `mutation { drawBallot(input: {}) { ballot ${drawn} } }`,
      );
      const { ballot } = drawBallot;
      expect(ballot.taskId).toBe(task.id);
      for (const { url, imageUrl, thumbUrl } of [ballot.leftPage, ballot.rightPage]) {
        expect((await wire.send(url, { headers: { "sec-fetch-dest": "iframe" } })).toString("utf8")).toMatch(
          /<h1>Page [abcd]</,
        );
        await wire.send(url); // opened by itself
        expect((await wire.send(`${server.url}${imageUrl}`)).toString("latin1")).toMatch(/^RIFF0000WEBPlarge \d$/);
        expect((await wire.send(`${server.url}${thumbUrl}`)).toString("latin1")).toMatch(/^RIFF0000WEBPsmall \d$/);
      }
      await wire.gql(server, `query ($id: UUID!) { ballot(id: $id) ${everythingOf(schema, "Ballot", 2)} }`, {
        id: ballot.id,
      });
      await wire.gql(
        server,
        `mutation ($id: UUID!, $verdict: BallotVerdict!) { castVote(input: { ballotId: $id, verdict: $verdict }) { vote ${voted} } }`,
        { id: ballot.id, verdict },
      );
      await wire.gql(server, `query ($id: UUID!) { task(id: $id) ${everythingOf(schema, "Task", 2)} }`, {
        id: task.id,
      });
      await wire.gql(server, `{ votes(first: 100) { nodes ${everythingOf(schema, "Vote", 1)} } }`);
    }
    await expect(wire.gql(server, "mutation { drawBallot(input: {}) { ballot { id } } }")).rejects.toThrow("TB073");
    const lists = Object.entries({
      submissions: "Submission",
      artifacts: "Artifact",
      submissionCodes: "SubmissionCode",
      leaderboard: "Standing",
      headToHead: "Meeting",
      ratingSnapshots: "RatingSnapshot",
    });
    for (const [list, type] of lists)
      await wire.gql(server, `{ ${list}(first: 20) { nodes ${everythingOf(schema, type, 1)} } }`);
    for (const path of [
      "/",
      "/leaderboard",
      "/arena",
      "/api/latest_challenge",
      "/api/votes.csv",
      "/api/leaderboard.csv",
    ])
      await wire.send(`${server.url}${path}`);

    const received = wire.all.join("\n\n");
    expect(received).toContain("A sealed task"); // it was recorded
    expect(wire.all.length).toBeGreaterThan(80);
    expectNothingTold(received, await tellTales(pool, answers));
    // The search finds what is there: once the task has closed, the same question is answered with names.
    await pool.query("update app_public.submissions set revealed_at = now() where task_id = $1", [task.id]);
    const open = await wire.gql(server, `query ($id: UUID!) { task(id: $id) ${everythingOf(schema, "Task", 2)} }`, {
      id: task.id,
    });
    const told = JSON.stringify(open);
    expect(answers.filter(({ modelId, slug }) => told.includes(modelId) && told.includes(slug))).not.toEqual([]);
    await pool.query(
      "update app_public.submissions s set revealed_at = t.closes_at from app_public.tasks t where t.id = s.task_id and t.id = $1",
      [task.id],
    );
  });

  test("is shown each page under names of one ballot alone, on either side alike", async ({
    server,
    pool,
    answers,
  }) => {
    const names = new Set<string>();
    let firstLeft = 0;
    const voters = 40;
    for (let n = 0; n < voters; n++) {
      const wire = new Wire();
      const { drawBallot } = await wire.gql<{ drawBallot: { ballot: Ballot } }>(
        server,
        "mutation { drawBallot(input: {}) { ballot { id leftPage { url imageUrl thumbUrl } rightPage { url imageUrl thumbUrl } } } }",
      );
      const { leftPage, rightPage } = drawBallot.ballot;
      for (const url of [...Object.values(leftPage), ...Object.values(rightPage)]) names.add(String(url).slice(-64));
      const { rows } = await pool.query<{ is_first_left: boolean }>(
        "select is_first_left from app_public.ballots where id = $1",
        [drawBallot.ballot.id],
      );
      firstLeft += Number(rows[0]?.is_first_left);
    }
    expect(names.size).toBe(6 * voters);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
    // A fair coin of 40: outside of 7 to 33 once in 15,000 runs.
    expect(Math.abs(firstLeft - voters / 2)).toBeLessThan(14);
    expect(answers).toHaveLength(models);
  });

  test("opens nothing with a name of a ballot that has expired", async ({ server, pool }) => {
    const wire = new Wire();
    const { drawBallot } = await wire.gql<{ drawBallot: { ballot: Ballot } }>(
      server,
      "mutation { drawBallot(input: {}) { ballot { id leftPage { url imageUrl } } } }",
    );
    const { url, imageUrl } = drawBallot.ballot.leftPage;
    expect((await wire.send(url, { headers: { "sec-fetch-dest": "iframe" } })).toString()).toContain("<h1>Page");
    await pool.query(
      "update app_private.handles set created_at = created_at - interval '2 hours', expires_at = now() - interval '1 second' where ballot_id = $1",
      [drawBallot.ballot.id],
    );
    expect((await wire.send(url, { headers: { "sec-fetch-dest": "iframe" } })).toString()).toBe(
      "There is no such page.\n",
    );
    expect((await wire.send(`${server.url}${imageUrl}`)).toString()).toContain("TB063");
  });
});
