// server/plugins/subscriptions.ts, app_public.submit_answer(), worker/judge.ts -> [server/practice.test.ts]
// A member's first day on the practice ground, over GraphQL alone: the real server, the real worker, the rehearsal judge.
import { readFileSync } from "node:fs";
import path from "node:path";
import { rehearsalContent } from "../cli/rehearsal.ts";
import { syncContent, syncModels } from "../db/cluster/content.ts";
import { root } from "../process/environment.ts";
import { startRehearsal } from "../worker/rehearsal/server.ts";
import { startTestWorker } from "../worker/tests/worker.ts";
import { isListening } from "./testing/listening.ts";
import { describe, expect, test as base, until } from "./testing/server.ts";

const slug = "rows-that-multiplied";
const example = (name: string) =>
  readFileSync(path.join(root, "content/problems", slug, "examples", `${name}.md`), "utf8").replace(/^[^]*?\n\n/, "");

const test = base
  .extend("practice", { scope: "file" }, async ({ start, database }, { onCleanup }) => {
    const rehearsal = await startRehearsal({ paceMs: () => 0 });
    await syncContent(database.superuserUrl);
    await syncModels(database.superuserUrl, rehearsalContent(rehearsal.url));
    const worker = await startTestWorker(database, {}, undefined, { hasRehearsal: true });
    onCleanup(async () => {
      await worker.stop();
      await rehearsal.close();
    });
    return start({ AUTH_ISSUER: "" }); // rehearsal tokens, as npm start gives them
  })
  /** Signs in as somebody at this machine does. */
  .extend("signIn", { scope: "file" }, ({ practice }) => async (username: string) => {
    const { text } = await practice.send("/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ username }),
    });
    return (JSON.parse(text) as { token: string }).token;
  });

const startProblem = `mutation ($slug: String!) { startProblem(input: { slug: $slug }) { attempt { id version draft } } }`;
const saveDraft = `mutation ($attempt: UUID!, $text: String!, $version: Int!) {
  saveDraft(input: { attempt: $attempt, text: $text, version: $version }) { attempt { draft version } } }`;
const submitAnswer = `mutation ($slug: String!, $answer: String!, $key: String!) {
  submitAnswer(input: { slug: $slug, answer: $answer, idempotencyKey: $key }) { answer { id status basePoints timeBonusPoints } } }`;
const judged = `subscription { answerJudged { id status verdict { score isCorrect feedback } } }`;
const standing = `{ me { totalPoints streak { current longest isAtRisk }
    userAchievements(first: 20) { nodes { achievementType } }
    userProgresses(first: 10) { nodes { status attemptsCount pointsEarned } } }
  myRank(kind: all) { rank points solved }
  myAllowance { dailyTokens used reserved } }`;

interface Standing {
  me: {
    totalPoints: number;
    streak: { current: number };
    userAchievements: { nodes: { achievementType: string }[] };
    userProgresses: { nodes: { status: string; attemptsCount: number; pointsEarned: number }[] };
  };
  myRank: { rank: string; points: number; solved: number };
  myAllowance: { used: number; reserved: number };
}

describe("a first day", () => {
  test(
    "from signing in to a rank, and the same again brings no points",
    { timeout: 60_000 },
    async ({ practice, signIn }) => {
      const token = await signIn("ada_first");
      const ask = (document: string, variables = {}) => practice.gql(document, { token, variables });
      const { me } = (await ask("{ me { id } }")).data as { me: { id: string } };

      const started = (await ask(startProblem, { slug })).data as { startProblem: { attempt: { id: string } } };
      const attempt = started.startProblem.attempt.id;
      expect(started.startProblem.attempt).toMatchObject({ version: 1, draft: "" });

      // Two tabs have seen version 1.
      expect((await ask(saveDraft, { attempt, text: "first tab", version: 1 })).data).toMatchObject({
        saveDraft: { attempt: { draft: "first tab", version: 2 } },
      });
      const conflict = await ask(saveDraft, { attempt, text: "second tab", version: 1 });
      expect(conflict.errors?.[0]).toMatchObject({
        message: "The draft was changed elsewhere.",
        extensions: { code: "TB082", details: { current: { id: attempt, draft: "first tab", version: 2 } } },
      });

      const socket = await practice.socket({ token });
      const id = socket.begin(judged);
      await until("the server listens", () => isListening(practice, `answers:${me.id}`));
      const next = async () =>
        ((await socket.next((message) => message.id === id)).payload as { data: { answerJudged: Judged } }).data
          .answerJudged;

      const submitted = (await ask(submitAnswer, { slug, answer: example("good"), key: "ada-answers-once" })).data as {
        submitAnswer: { answer: { id: string; basePoints: number; timeBonusPoints: number } };
      };
      const { answer } = submitted.submitAnswer;
      expect(answer).toMatchObject({ status: "judging", basePoints: 50, timeBonusPoints: 10 });
      const again = await ask(submitAnswer, { slug, answer: example("good"), key: "ada-answers-once" });
      expect(again.data).toMatchObject({ submitAnswer: { answer: { id: answer.id } } }); // the same key, the same answer

      const verdict = await next();
      expect(verdict).toMatchObject({ id: answer.id, status: "judged", verdict: { isCorrect: true } });
      expect(verdict.verdict.score).toBeGreaterThanOrEqual(85);
      expect(verdict.verdict.feedback.length).toBeGreaterThan(20);

      const first = (await ask(standing)).data as unknown as Standing;
      const types = first.me.userAchievements.nodes.map(({ achievementType }) => achievementType);
      expect(types).toEqual(expect.arrayContaining(["first_answer", "first_solve"]));
      expect(first.me.totalPoints).toBeGreaterThanOrEqual(60);
      expect(first.me.streak).toEqual({ current: 1, longest: 1, isAtRisk: false });
      expect(first.me.userProgresses.nodes).toEqual([{ status: "completed", attemptsCount: 1, pointsEarned: 60 }]);
      expect(first.myAllowance.reserved).toBe(0);
      expect(first.myAllowance.used).toBeGreaterThan(500);
      await until("her rank is counted", async () => {
        const { myRank } = (await ask(standing)).data as unknown as Standing;
        return Number(myRank.rank) === 1 && myRank.points === first.me.totalPoints && myRank.solved === 1;
      });

      // The same once more: judged, and worth nothing.
      const second = await ask(submitAnswer, { slug, answer: example("good"), key: "ada-answers-twice" });
      expect(second.errors).toBeUndefined();
      expect(await next()).toMatchObject({ status: "judged", verdict: { isCorrect: true } });
      const after = (await ask(standing)).data as unknown as Standing;
      expect(after.me.totalPoints).toBe(first.me.totalPoints);
      expect(after.me.userProgresses.nodes).toMatchObject([{ attemptsCount: 2, pointsEarned: 60 }]);
      expect(after.me.streak.current).toBe(1);
      await socket.close();
    },
  );
});

interface Judged {
  id: string;
  status: string;
  verdict: { score: number; isCorrect: boolean; feedback: string };
}

describe("answerJudged", () => {
  test(
    "tells members of their own answers, and nobody of anybody else's",
    { timeout: 60_000 },
    async ({ practice, signIn, pool }) => {
      const [hers, his] = [await signIn("ada_second"), await signIn("bob_second")];
      const ids = [];
      for (const token of [hers, his]) {
        await practice.gql(startProblem, { token, variables: { slug } });
        ids.push(((await practice.gql("{ me { id } }", { token })).data as { me: { id: string } }).me.id);
      }
      const [adaId = "", bobId = ""] = ids;
      const [ada, bob] = [await practice.socket({ token: hers }), await practice.socket({ token: his })];
      const [adas, bobs] = [ada.begin(judged), bob.begin(judged)];
      for (const id of ids) await until("the server listens", () => isListening(practice, `answers:${id}`));
      const submitAs = (token: string, key: string) =>
        practice.gql(submitAnswer, { token, variables: { slug, answer: example("wrong"), key } });

      await submitAs(hers, "ada-is-wrong-1");
      expect((await ada.next((message) => message.id === adas)).payload).toMatchObject({
        data: { answerJudged: { verdict: { isCorrect: false } } },
      });
      // Forged: her answer's id on his topic. Had it reached him, it would have come before his own.
      const { rows } = await pool.query<{ id: string }>("select id from app_public.answers where user_id = $1", [
        adaId,
      ]);
      await pool.query("select pg_notify($1, $2)", [`answers:${bobId}`, JSON.stringify({ id: rows[0]?.id })]);
      await submitAs(his, "bob-is-wrong-1");
      const heard = (await bob.next((message) => message.id === bobs)).payload as { data: { answerJudged: Judged } };
      expect(heard.data.answerJudged.id).not.toBe(rows[0]?.id);
      expect(await practice.gql(`{ answer(id: "${rows[0]?.id ?? ""}") { id } }`, { token: his })).toMatchObject({
        data: { answer: null },
      });
      await Promise.all([ada.close(), bob.close()]);
    },
  );
});
