// GET /images/<sha256>.webp, GET /images/h/<handle> -> [server/routes/images.ts] -> app_private.read_image(), app_private.read_handle()
// Pictures of pages, on the site's own origin: bytes that a browser made of a page, never the page.
import { Router } from "express";
import type pg from "pg";
import { RequestError } from "../errors.ts";

interface Picture {
  media_type: string | null;
  bytes: Buffer | null;
}

export function imageRoutes(pool: pg.Pool): Router {
  const read = async (sql: string, name: string): Promise<{ type: string; bytes: Buffer }> => {
    const { rows } = await pool.query<Picture>(sql, [name]);
    const { media_type: type, bytes } = rows[0] ?? { media_type: null, bytes: null };
    if (!type || !bytes) throw new RequestError(404, "TB063", "There is no such picture.", "It may be sealed still.");
    return { type, bytes };
  };
  return Router()
    .get(/^\/images\/([0-9a-f]{64})\.webp$/, async (request, response) => {
      const { type, bytes } = await read("select * from app_private.read_image(decode($1, 'hex'))", request.params[0]!);
      response.writeHead(200, {
        "content-type": type,
        "content-length": bytes.length,
        "cache-control": "public, max-age=31536000, immutable", // a hash names one picture for ever, and is revealed for ever
      });
      response.end(bytes);
    })
    .get(/^\/images\/h\/([0-9a-f]{64})$/, async (request, response) => {
      const { type, bytes } = await read("select * from app_private.read_handle($1, false)", request.params[0]!);
      response.writeHead(200, { "content-type": type, "content-length": bytes.length, "cache-control": "no-store" });
      response.end(bytes);
    });
}
