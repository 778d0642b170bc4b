// [server/sandbox.test.ts] -> server/sandbox.ts, server/routes/images.ts, server/gallery, artifacts (GraphQL)
// What goes over the wire, byte for byte: pages by hash and by handle, pictures, and nothing that names a sealed model.
import { createHash } from "node:crypto";
import http from "node:http";
import { addAnswer, addTask } from "../db/testing/arena.ts";
import { describe, expect, test as base } from "../db/testing/database.ts";
import { silentLog } from "../process/log.ts";
import { refusedFeatures } from "../process/page-headers.ts";
import { readSettings } from "../process/settings.ts";
import { serverConfig } from "./config.ts";
import { startServer } from "./main.ts";

const html = "<!doctype html><title>Grüße</title><h1>A page</h1>";
const sealedHtml = "<!doctype html><h1>A sealed page</h1>";
const webp = (text: string) => Buffer.concat([Buffer.from("RIFF0000WEBP"), Buffer.from(text)]);
const hex = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

interface Answer {
  status: number;
  /** Name and value as they came, without those of the connection itself. */
  headers: Record<string, string>;
  body: Buffer;
  raw: string;
}

function get(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const own = Object.entries(response.headers).filter(
          ([name]) => !["date", "connection", "keep-alive"].includes(name),
        );
        const body = Buffer.concat(chunks);
        const raw = `${response.rawHeaders.join("\n")}\n${body.toString("latin1")}`;
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(own) as Answer["headers"], body, raw });
      });
    });
    request.on("error", reject).end();
  });
}

const test = base.extend("arena", { scope: "file" }, async ({ database, pool }, { onCleanup }) => {
  const [open, sealed] = [await addTask(pool, { title: "Open" }), await addTask(pool, { slot: 2, title: "Sealed" })];
  const shown = await addAnswer(pool, open, html, { name: "Shown Model" });
  const hidden = await addAnswer(pool, sealed, sealedHtml, { name: "Hidden Model" });
  for (const [{ submissionId }, name] of [
    [shown, "shown"],
    [hidden, "hidden"],
  ] as const) {
    await pool.query("select app_private.claim_artifact($1, '1 minute')", [submissionId]);
    await pool.query("select app_private.record_artifact($1, $2, $3, $4)", [
      submissionId,
      '{"status":"rendered","width":1280,"height":720,"isBlank":false,"isMoving":true,"errors":["boom <b>"]}',
      webp(`${name} large`),
      webp(`${name} small`),
    ]);
  }
  const server = await startServer(
    serverConfig(readSettings({ PORT: "0", SANDBOX_PORT: "0", READS_PER_MINUTE: "100000" })),
    database,
    silentLog,
  );
  onCleanup(() => server.close());
  const mint = async (kind: string): Promise<string> => {
    const sql = "select app_private.mint_handle($1, $2, now() + interval '10 minutes') as handle";
    const { rows } = await pool.query<{ handle: string }>(sql, [hidden.submissionId, kind]);
    return rows[0]?.handle ?? "";
  };
  return { server, shown, hidden, sealed, mint };
});

const inFrame = { "sec-fetch-dest": "iframe" };

const pageHeaders = (site: string) => ({
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: data:; " +
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src data: blob:; worker-src blob:; " +
    "connect-src data: blob:; form-action 'none'; base-uri 'none'; frame-src 'none'; object-src 'none'; " +
    `manifest-src 'none'; frame-ancestors ${site} ${site.replace("127.0.0.1", "localhost")}`,
  "connection-allowlist": "()",
  "permissions-policy": refusedFeatures.map((name) => `${name}=()`).join(", "),
  "x-dns-prefetch-control": "off",
  "origin-agent-cluster": "?1",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "cross-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  vary: "sec-fetch-dest",
});

const refusal = {
  "content-type": "text/plain; charset=utf-8",
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "transfer-encoding": "chunked",
};

describe("the second origin", () => {
  test("serves a revealed page by its hash, under the whole set of headers", async ({ arena: { server } }) => {
    const answer = await get(`${server.sandboxUrl}/p/${hex(html)}`, inFrame);
    const { "cache-control": cache, ...headers } = answer.headers;
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(html);
    expect(headers).toEqual({ ...pageHeaders(server.url), "content-length": String(Buffer.byteLength(html)) });
    const [, seconds] = /^public, max-age=(\d+), immutable$/.exec(cache ?? "") ?? [];
    expect(Number(seconds)).toBeGreaterThan(29 * 3600);
    expect(Number(seconds)).toBeLessThanOrEqual(30 * 3600);
    const head = await get(`${server.sandboxUrl}/p/${hex(html)}`, inFrame, "HEAD");
    expect([head.status, head.body.length, head.headers["content-length"]]).toEqual([
      200,
      0,
      headers["content-length"],
    ]);
  });

  test("serves a sealed page by its handle alone, and no cache keeps it", async ({ arena: { server, mint } }) => {
    const answer = await get(`${server.sandboxUrl}/h/${await mint("page")}`, inFrame);
    expect(answer.body.toString()).toBe(sealedHtml);
    expect(answer.headers).toEqual({
      ...pageHeaders(server.url),
      "cache-control": "no-store",
      "content-length": String(sealedHtml.length),
    });
  });

  test("sends whoever comes without the frame to the site", async ({ arena: { server } }) => {
    const visits: Record<string, string>[] = [{}, { "sec-fetch-dest": "document" }, { "sec-fetch-dest": "object" }];
    for (const dest of visits) {
      for (const path of [`/p/${hex(html)}`, `/p/${"0".repeat(64)}`, `/h/${"0".repeat(64)}`]) {
        const answer = await get(`${server.sandboxUrl}${path}`, { ...dest, cookie: "a=b" });
        expect([answer.status, answer.headers]).toEqual([302, { ...refusal, location: `${server.url}/` }]);
        expect(answer.body.toString()).toBe("This page is shown on the site alone.\n");
      }
    }
  });

  test("knows nothing else", async ({ arena: { server, mint } }) => {
    const [page, image] = [await mint("page"), await mint("image")];
    const paths = [
      "/",
      `/p/${hex(sealedHtml)}`,
      `/h/${image}`,
      `/p/${page}`,
      `/h/${hex(html)}`,
      `/p/${hex(html)}?x`,
      `/p/${hex(html)}/`,
    ];
    paths.push(
      `/p/${hex(html).toUpperCase()}`,
      `//p/${hex(html)}`,
      "/favicon.ico",
      "/robots.txt",
      "/site.css",
      "/p/../p",
    );
    for (const path of paths) {
      const answer = await get(`${server.sandboxUrl}${path}`, inFrame);
      expect([path, answer.status, answer.headers]).toEqual([path, 404, refusal]);
      expect(answer.body.toString()).toBe("There is no such page.\n");
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect((await get(`${server.sandboxUrl}/p/${hex(html)}`, inFrame, method)).status).toBe(404);
    }
  });
});

describe("the site's origin", () => {
  test("shows revealed pictures for ever, sealed ones by handle alone", async ({ arena }) => {
    const { server, mint } = arena;
    const shown = await get(`${server.url}/images/${hex(webp("shown large"))}.webp`);
    expect(shown.body).toEqual(webp("shown large"));
    expect(shown.headers).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
    expect(shown.headers["set-cookie"]).toBeUndefined();
    const sealed = await get(`${server.url}/images/h/${await mint("thumb")}`);
    expect(sealed.body).toEqual(webp("hidden small"));
    expect(sealed.headers).toMatchObject({ "content-type": "image/webp", "cache-control": "no-store" });
    for (const path of [
      `/images/${hex(webp("hidden large"))}.webp`,
      `/images/${hex(webp("shown large"))}.png`,
      `/images/${"0".repeat(64)}.webp`,
      `/images/h/${await mint("page")}`,
    ]) {
      expect([path, (await get(`${server.url}${path}`)).status]).toEqual([path, 404]);
    }
  });

  test("never serves what a model wrote", async ({ arena: { server, mint } }) => {
    const page = await mint("page");
    for (const path of [`/p/${hex(html)}`, `/h/${page}`, `/images/${hex(html)}.webp`, `/images/h/${page}`]) {
      const answer = await get(`${server.url}${path}`, inFrame);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    }
    const gallery = (await get(`${server.url}/`)).body.toString();
    expect(gallery).toContain("boom &lt;b&gt;");
    expect(gallery).not.toMatch(/<(script|style)(?![^>]*src=)|<[^>]+\son\w+=|<[^>]+\sstyle=/);
  });

  test("shows the day: pictures of what is open, nothing of what is sealed", async ({ arena: { server, hidden } }) => {
    const answer = await get(`${server.url}/`);
    const text = answer.body.toString();
    expect(text).toContain("Shown Model");
    expect(text).toContain(`/images/${hex(webp("shown small"))}.webp`);
    expect(text).toContain(`data-live="${server.sandboxUrl}/p/${hex(html)}"`);
    expect(text).toContain("Sealed: whose page is whose");
    for (const secret of ["Hidden Model", hidden.slug, hidden.modelId, hidden.submissionId, hex(sealedHtml)]) {
      expect(answer.raw).not.toContain(secret);
    }
    expect(answer.headers["content-security-policy"]).toContain(`frame-src ${server.sandboxUrl};`);
    const day = new Date().toISOString().slice(0, 10);
    expect((await get(`${server.url}/days/${day}`)).status).toBe(200);
    for (const other of ["2020-01-01", "2026-13-45", "x"])
      expect((await get(`${server.url}/days/${other}`)).status).toBe(404);
  });
});

test("nothing that a voter receives names a sealed page's model", async ({
  arena: { server, hidden, sealed, mint },
}) => {
  const paths = {
    page: `${server.sandboxUrl}/h/${await mint("page")}`,
    image: `${server.url}/images/h/${await mint("image")}`,
    thumb: `${server.url}/images/h/${await mint("thumb")}`,
  };
  const received: string[] = [];
  for (const [kind, url] of Object.entries(paths)) {
    const answer = await get(url, inFrame);
    expect([kind, answer.status]).toEqual([kind, 200]);
    received.push(url, answer.raw);
  }
  const all = received.join("\n").toLowerCase();
  const secrets = [
    hidden.slug,
    hidden.modelId,
    hidden.submissionId,
    "hidden model",
    "test-provider",
    "test-family",
    sealed.id,
  ];
  for (const secret of [...secrets, hex(sealedHtml), hex(webp("hidden large"))]) {
    for (const form of [secret, secret.replaceAll("-", ""), Buffer.from(secret).toString("base64").toLowerCase()]) {
      expect(all).not.toContain(form);
    }
  }
});

test("GraphQL tells of a revealed artifact, and of no other", async ({ arena: { server } }) => {
  const answer = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query:
        "{ artifacts(first: 10) { nodes { status imageUrl thumbUrl liveUrl isBlank isMoving errors console width height submission { model { displayName } } } } }",
    }),
  });
  expect(await answer.json()).toEqual({
    data: {
      artifacts: {
        nodes: [
          {
            status: "rendered",
            imageUrl: `/images/${hex(webp("shown large"))}.webp`,
            thumbUrl: `/images/${hex(webp("shown small"))}.webp`,
            liveUrl: `${server.sandboxUrl}/p/${hex(html)}`,
            isBlank: false,
            isMoving: true,
            errors: ["boom <b>"],
            console: [],
            width: 1280,
            height: 720,
            submission: { model: { displayName: "Shown Model" } },
          },
        ],
      },
    },
  });
});
