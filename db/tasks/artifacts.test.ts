// [db/tasks/artifacts.test.ts] -> app_public.artifacts, app_private.blobs, app_private.handles and their doors
import { createHash } from "node:crypto";
import { addAnswer, addTask } from "../testing/arena.ts";
import { anonymous, type Db, describe, expect, member, operator, type Seat, test } from "../testing/database.ts";

const page = "<!doctype html><h1>Hello</h1>";
const webp = (text: string) => Buffer.concat([Buffer.from("RIFF0000WEBP"), Buffer.from(text)]);
const [image, thumb] = [webp("large"), webp("small")];
const hex = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const rendered = JSON.stringify({ status: "rendered", width: 1280, height: 720, isBlank: false, isMoving: true });
const worker: Seat = { role: "autobench_worker" };
const server: Seat = { role: "autobench_server" };

const claim = (db: Db, id: string, at = "now()") =>
  db.rowsAs<{ verdict: string; html: string | null }>(
    worker,
    `select * from app_private.claim_artifact($1, '2 minutes', ${at})`,
    [id],
  );
const record = (db: Db, id: string, outcome = rendered, pictures: (Buffer | null)[] = [image, thumb]) =>
  db.rowsAs<{ ok: boolean }>(worker, "select app_private.record_artifact($1, $2, $3, $4) as ok", [
    id,
    outcome,
    ...pictures,
  ]);
const artifact = (db: Db, id: string) => db.row("select * from app_public.artifacts where submission_id = $1", [id]);
const jobs = (db: Db, id: string) =>
  db.rows("select task_identifier, attempts, max_attempts from graphile_worker.jobs where key = $1", [`render:${id}`]);

describe("a page that comes", () => {
  test("is queued to be rendered, once", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    expect(await artifact(db, submissionId)).toMatchObject({ status: "queued", console: [], errors: [] });
    expect(await jobs(db, submissionId)).toMatchObject([{ task_identifier: "render_artifact", max_attempts: 5 }]);
    await db.rows("update app_public.submissions set status = 'in_doubt', reason = 'x' where id = $1", [submissionId]);
    await db.rows("update app_public.submissions set status = 'succeeded' where id = $1", [submissionId]);
    expect(await jobs(db, submissionId)).toHaveLength(1);
  });

  test("is not, when the answer failed", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), null);
    expect(await jobs(db, submissionId)).toEqual([]);
    expect(await db.rows("select from app_public.artifacts")).toEqual([]);
  });
});

describe("app_private.claim_artifact and record_artifact", () => {
  test("hand the page to one browser and keep what it saw", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    expect(await claim(db, submissionId)).toEqual([{ verdict: "render", html: page }]);
    expect(await claim(db, submissionId)).toEqual([{ verdict: "wait", html: null }]);
    expect(await record(db, submissionId)).toEqual([{ ok: true }]);
    expect(await artifact(db, submissionId)).toMatchObject({
      status: "rendered",
      width: 1280,
      is_blank: false,
      is_moving: true,
      image_sha256: createHash("sha256").update(image).digest(),
    });
    expect(await claim(db, submissionId)).toEqual([{ verdict: "done", html: null }]);
    expect(await record(db, submissionId, '{"status":"failed","reason":"late"}', [null, null])).toEqual([
      { ok: false },
    ]);
    expect(await artifact(db, submissionId)).toMatchObject({ status: "rendered" });
  });

  test("give it to another browser when the lease is over", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    await claim(db, submissionId);
    expect(await claim(db, submissionId, "now() + interval '119 seconds'")).toMatchObject([{ verdict: "wait" }]);
    expect(await claim(db, submissionId, "now() + interval '121 seconds'")).toMatchObject([{ verdict: "render" }]);
  });

  test("take it back when the browser could not be started", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    await claim(db, submissionId);
    await record(db, submissionId, '{"status":"queued"}', [null, null]);
    expect(await claim(db, submissionId)).toMatchObject([{ verdict: "render" }]);
  });

  test("say so when the page has gone", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    await db.rows("delete from app_public.submission_codes");
    expect(await claim(db, submissionId)).toEqual([{ verdict: "done", html: null }]);
    expect(await artifact(db, submissionId)).toMatchObject({ status: "failed" });
  });

  test("keep equal pictures once", async ({ db }) => {
    const task = await addTask(db.client);
    for (const answer of [await addAnswer(db.client, task, page), await addAnswer(db.client, task, `${page} `)]) {
      await claim(db, answer.submissionId);
      await record(db, answer.submissionId);
    }
    expect(await db.rows("select from app_private.blobs")).toHaveLength(2);
  });

  test.for([
    ["bytes that are no picture", rendered, Buffer.from("<svg onload=alert(1)>")],
    ["a picture that is too large", rendered, webp("x".repeat(4_194_304))],
  ] as const)("refuse %s", async ([, outcome, bytes], { db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    await claim(db, submissionId);
    await expect(record(db, submissionId, outcome, [bytes, thumb])).rejects.toMatchObject({ code: "TB060" });
  });

  test("refuse a rendering without a picture, and a console that was not cut", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
    await claim(db, submissionId);
    await expect(record(db, submissionId, rendered, [null, null])).rejects.toMatchObject({
      constraint: "artifacts_rendered_whole",
    });
    const long = JSON.stringify({ status: "failed", reason: "x", console: Array.from({ length: 51 }, () => "x") });
    await expect(record(db, submissionId, long, [null, null])).rejects.toMatchObject({
      constraint: "artifacts_console_cut",
    });
  });

  test("are doors for the worker alone", async ({ db }) => {
    for (const seat of [server, { role: "autobench_operator" } as const]) {
      await expect(db.rowsAs(seat, "select app_private.claim_artifact(gen_random_uuid(), '1 minute')")).rejects.toThrow(
        "permission denied for function claim_artifact",
      );
      await expect(db.rowsAs(seat, "select app_private.record_artifact(gen_random_uuid(), '{}')")).rejects.toThrow(
        "permission denied for function record_artifact",
      );
    }
  });
});

describe("who sees an artifact", () => {
  const count = async (db: Db, seat: Seat) => (await db.rowsAs(seat, "select from app_public.artifacts")).length;

  test("everybody a revealed one, an operator every one", async ({ db }) => {
    const [open, sealed] = [await addTask(db.client), await addTask(db.client, { slot: 2 })];
    await addAnswer(db.client, open, page);
    await addAnswer(db.client, sealed, page);
    const [ada, root] = [await db.person(), await db.operator()];
    expect(await count(db, anonymous)).toBe(1);
    expect(await count(db, member(ada))).toBe(1);
    expect(await count(db, operator(root))).toBe(2);
    await db.rows("select app_private.close_task($1, now())", [sealed.id]);
    expect(await count(db, anonymous)).toBe(2);
  });

  test("nobody writes one, or sees bytes and handles", async ({ db }) => {
    const ada = await db.person();
    for (const seat of [anonymous, member(ada)]) {
      await expect(db.rowsAs(seat, "update app_public.artifacts set status = 'queued'")).rejects.toThrow(
        "permission denied for table artifacts",
      );
    }
    for (const table of ["blobs", "handles"]) {
      await expect(db.rowsAs(operator(await db.operator()), `select from app_private.${table}`)).rejects.toThrow(
        `permission denied for table ${table}`,
      );
    }
  });

  test("its addresses follow from what may be seen", async ({ db }) => {
    const task = await addTask(db.client);
    const { submissionId } = await addAnswer(db.client, task, page);
    await claim(db, submissionId);
    await record(db, submissionId);
    const addresses = () =>
      db.rowsAs(
        anonymous,
        `select app_public.artifacts_image_url(a) as image, app_public.artifacts_thumb_url(a) as thumb, app_public.artifacts_live_url(a) as live
           from app_public.artifacts a`,
      );
    await db.rows("select set_config('app.sandbox_url', 'https://pages.test', true)");
    expect(await addresses()).toEqual([
      {
        image: `/images/${hex(image)}.webp`,
        thumb: `/images/${hex(thumb)}.webp`,
        live: `https://pages.test/p/${hex(Buffer.from(page))}`,
      },
    ]);
    await db.rows("update app_public.submission_codes set expires_at = now()");
    expect(await addresses()).toMatchObject([{ image: `/images/${hex(image)}.webp`, live: null }]);
  });
});

describe("what the server may read", () => {
  const readImage = (db: Db, bytes: Buffer) =>
    db.rowsAs(server, "select * from app_private.read_image($1)", [createHash("sha256").update(bytes).digest()]);
  const readPage = (db: Db, html: string, at = "now()") =>
    db.rowsAs(server, `select * from app_private.read_page($1, ${at})`, [createHash("sha256").update(html).digest()]);
  const open = (db: Db, handle: string, isPage: boolean, at = "now()") =>
    db.rowsAs(server, `select * from app_private.read_handle($1, $2, ${at})`, [handle, isPage]);

  test("pictures by hash from the reveal on, pages until they expire", async ({ db }) => {
    const task = await addTask(db.client, { slot: 2 });
    const { submissionId } = await addAnswer(db.client, task, page);
    await claim(db, submissionId);
    await record(db, submissionId);
    expect(await readImage(db, image)).toEqual([{ media_type: null, bytes: null }]);
    expect(await readPage(db, page)).toEqual([{ bytes: null, seconds_left: null }]);
    await db.rows("select app_private.close_task($1, now())", [task.id]);
    expect(await readImage(db, image)).toEqual([{ media_type: "image/webp", bytes: image }]);
    expect(await readPage(db, page)).toEqual([{ bytes: Buffer.from(page), seconds_left: 86_400 }]);
    expect(await readPage(db, page, "now() + interval '1 day'")).toEqual([{ bytes: null, seconds_left: null }]);
    expect(await readImage(db, webp("other"))).toEqual([{ media_type: null, bytes: null }]);
  });

  test("a sealed page by its handle alone, until that expires", async ({ db }) => {
    const { submissionId } = await addAnswer(db.client, await addTask(db.client, { slot: 2 }), page);
    await claim(db, submissionId);
    await record(db, submissionId);
    const mint = async (kind: string) =>
      (
        await db.row<{ handle: string }>(
          "select app_private.mint_handle($1, $2, now() + interval '10 minutes') as handle",
          [submissionId, kind],
        )
      ).handle;
    const handles = { page: await mint("page"), image: await mint("image"), thumb: await mint("thumb") };
    expect(new Set(Object.values(handles)).size).toBe(3);
    for (const handle of Object.values(handles)) expect(handle).toMatch(/^[0-9a-f]{64}$/);
    expect(await open(db, handles.page, true)).toEqual([{ media_type: "text/html", bytes: Buffer.from(page) }]);
    expect(await open(db, handles.image, false)).toEqual([{ media_type: "image/webp", bytes: image }]);
    expect(await open(db, handles.thumb, false)).toEqual([{ media_type: "image/webp", bytes: thumb }]);
    const nothing = [{ media_type: null, bytes: null }];
    expect(await open(db, handles.page, false), "a page is never opened on the site's origin").toEqual(nothing);
    expect(await open(db, handles.image, true)).toEqual(nothing);
    expect(await open(db, handles.page, true, "now() + interval '10 minutes'")).toEqual(nothing);
    expect(await open(db, "f".repeat(64), true)).toEqual(nothing);
  });

  test("no handle for what is not there, or names its maker while it is sealed", async ({ db }) => {
    const mint = (id: string) =>
      db.rows("select app_private.mint_handle($1, 'page', now() + interval '1 minute')", [id]);
    const task = await addTask(db.client, { slot: 2 });
    const failed = await addAnswer(db.client, task, null);
    await expect(db.as({ role: "autobench_owner" }, () => mint(failed.submissionId))).rejects.toMatchObject({
      code: "TB061",
    });
    const telling = await addAnswer(db.client, task, page, { namesMaker: ["claude"] });
    await expect(db.as({ role: "autobench_owner" }, () => mint(telling.submissionId))).rejects.toMatchObject({
      code: "TB062",
    });
    await db.rows("select app_private.close_task($1, now())", [task.id]);
    expect(await mint(telling.submissionId)).toHaveLength(1);
  });

  test("and nobody else may", async ({ db }) => {
    const calls = [
      "read_image('')",
      "read_page('')",
      "read_handle('', true)",
      "mint_handle(gen_random_uuid(), 'page', now())",
    ];
    for (const call of calls) {
      await expect(db.rowsAs(worker, `select app_private.${call}`)).rejects.toThrow("permission denied for function");
      await expect(db.rowsAs(anonymous, `select app_private.${call}`)).rejects.toThrow(
        "permission denied for schema app_private",
      );
    }
  });
});

test("handles go an hour after they expire; pictures stay when the page goes", async ({ db }) => {
  const { submissionId } = await addAnswer(db.client, await addTask(db.client), page);
  await claim(db, submissionId);
  await record(db, submissionId);
  await db.rows("select app_private.mint_handle($1, 'page', now() + interval '1 minute')", [submissionId]);
  const purge = (table: string, at: string) =>
    db.row(`select app_private.purge_batch($1, now() + $2::interval) as n`, [table, at]);
  expect(await purge("app_private.handles", "60 minutes")).toEqual({ n: 0 });
  expect(await purge("app_private.handles", "62 minutes")).toEqual({ n: 1 });
  expect(await purge("app_public.submission_codes", "3 days")).toEqual({ n: 1 });
  expect(await purge("app_private.blobs", "100 years")).toEqual({ n: 0 });
  expect(await artifact(db, submissionId)).toMatchObject({ status: "rendered" });
});
