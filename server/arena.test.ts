// server/gallery/arena.js, server/gallery/leaderboard.ts -> [server/arena.test.ts]
// A visitor's own browser: a vote by keyboard from draw to result, and the board with its intervals.
import { addAnswer, addTask } from "../db/testing/arena.ts";
import { liftLimits, makeVoters, openArena } from "../db/arena/testing/arena.ts";
import { openVisitorsBrowser } from "../worker/render/testing/browser.ts";
import { describe, expect, test } from "./testing/server.ts";

const limit = 90_000;

describe("the arena", () => {
  test(
    "takes a vote by keyboard, then says what there is to say, and no name",
    { timeout: limit },
    async ({ start, pool }) => {
      const server = await start({ PERSISTED_ONLY: "1" }); // the page's own documents are among them
      const task = await addTask(pool, { slot: 2, title: "A clock <b>of words</b>" });
      for (const n of [1, 2])
        await addAnswer(pool, task, `<!doctype html><h1>Page ${n}</h1>`, { name: `Wolpertinger ${n}` });
      await pool.query("update app_public.artifacts set status = 'skipped', reason = 'A test.', rendered_at = now()");
      await pool.query("select app_private.open_matches()");
      const { context } = await openVisitorsBrowser(); // it ends with the test
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`${server.url}/arena`);
      const buttons = page.locator("[data-verdict]:enabled");
      await expect.poll(() => buttons.count(), { timeout: 20_000 }).toBe(4);
      expect(await page.locator("h1").textContent()).toBe("A clock <b>of words</b>");
      const frames = page.locator("iframe");
      expect(await frames.count()).toBe(2);
      for (const frame of await frames.all()) {
        expect(await frame.getAttribute("sandbox")).toBe("allow-scripts");
        expect(await frame.getAttribute("src")).toMatch(new RegExp(`^${server.sandboxUrl}/h/[0-9a-f]{64}$`));
      }
      await expect
        .poll(async () => (await page.frameLocator("iframe").first().locator("h1").textContent()) ?? "")
        .toMatch(/^Page [12]$/);

      // Scrolling, a key that is held, and the browser's own keys are no votes.
      for (const key of ["ArrowDown", "ArrowUp", "Shift+ArrowLeft", "Control+1", "Alt+2"])
        await page.keyboard.press(key);
      await page.evaluate(`for (const key of ["1", "ArrowRight"])
        document.dispatchEvent(new KeyboardEvent("keydown", { key, repeat: true, bubbles: true }))`);
      expect(await buttons.count()).toBe(4);
      expect((await pool.query("select from app_public.votes")).rowCount).toBe(0);
      await page.keyboard.press("4");
      await expect
        .poll(() => page.locator(".result .own").textContent(), { timeout: 10_000 })
        .toBe("You said: B is better.");
      const { rows } = await pool.query<{ verdict: string; dwell_ms: number }>(
        "select verdict, dwell_ms from app_public.votes",
      );
      expect(rows).toEqual([{ verdict: "right", dwell_ms: expect.any(Number) }]);
      expect(await page.content()).not.toContain("Wolpertinger");
      await page.keyboard.press("Enter"); // the button for the next pair has the focus
      await expect
        .poll(() => page.locator("[data-message]").textContent(), { timeout: 10_000 })
        .toMatch(/There is nothing for you to vote on/);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe("the leaderboard", () => {
  test(
    "is there before there is one, and then with intervals, by theme, without ties",
    { timeout: limit },
    async ({ server, pool }) => {
      expect((await server.send("/leaderboard")).text).toContain(
        "No board is published before a task with votes has closed.",
      );
      await pool.query(liftLimits);
      const voters = await makeVoters(pool, 24);
      const { tasks } = await openArena(pool, { models: 4, sealed: 2, day: "2026-03-02" });
      for (const { id } of tasks.filter(({ is_showcase }) => !is_showcase)) {
        await pool.query(
          `select app_private.cast_vote(v.id, null, b.id, (array['left', 'left', 'right', 'tie']::app_public.verdict[])[1 + v.id % 4], null, $3)
           from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, $2, $3) b`,
          [voters, id, "2026-03-02T12:00:00Z"],
        );
      }
      await pool.query("update app_public.models set display_name = '<Best> & worst' where slug = 'model-001'");
      await pool.query("select app_private.refresh_leaderboards('2026-03-03')");
      const { text, headers } = await server.send("/leaderboard");
      expect(text).toContain("&lt;Best&gt; &amp; worst");
      expect(text.match(/<svg /g)).toHaveLength(4);
      expect(text.match(/class="provisional"/g)).toHaveLength(4);
      expect(headers.get("set-cookie")).toBeNull();
      expect((await server.send("/leaderboard?theme=game&ties=0")).text).toContain("Leaderboard: game");
      expect((await server.send("/leaderboard?theme=%3Cscript%3E")).text).not.toContain("<script>");

      const { context } = await openVisitorsBrowser(); // it ends with the test
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await page.goto(`${server.url}/leaderboard`);
      const first = page.locator("tbody tr").first().locator(".interval .range");
      const box = await first.boundingBox();
      expect(box?.width).toBeGreaterThan(40); // it is drawn, under the site's own policy
      expect(await page.locator(".matrix tbody tr").count()).toBe(4);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
