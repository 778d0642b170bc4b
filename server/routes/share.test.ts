// [server/routes/share.test.ts] -> server/routes/share.ts
import { describe, expect } from "vitest";
import { test } from "../testing/server.ts";

describe("GET /share/<token>", () => {
  test("shows a card, and answers 404 from the second at which it expires", async ({ pool, start }) => {
    const { rows } = await pool.query<{ token: string }>(
      `with user_row as (select user_id from app_private.sign_in('https://issuer.test', 'shares', '{"username": "ada"}'))
       insert into app_private.shareable_progress (user_id, expires_at, snapshot)
         select user_id, now() + interval '1 hour', '{"username": "<b>ada</b>", "points": 120, "solved": 1, "streak": 1, "longest_streak": 3, "badge": null, "achievements": ["First solve"]}'
           from user_row
         returning token`,
    );
    const token = rows[0]?.token ?? "";
    const { port } = await start();
    const url = `http://127.0.0.1:${port}`;
    const shown = await fetch(`${url}/share/${token}`);
    expect(shown.status).toBe(200);
    expect(shown.headers.get("cache-control")).toBe("no-store");
    const html = await shown.text();
    expect(html).toContain("&lt;b&gt;ada&lt;/b&gt;");
    expect(html).toContain("<dd>120</dd>");
    await pool.query(
      "update app_private.shareable_progress set created_at = now() - interval '1 day', expires_at = now()",
    );
    expect((await fetch(`${url}/share/${token}`)).status).toBe(404);
    for (const wrong of ["", "0", token.toUpperCase(), `${token}0`, "0".repeat(64)]) {
      expect((await fetch(`${url}/share/${wrong}`)).status, wrong).toBe(404);
    }
  });
});
