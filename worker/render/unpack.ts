// worker/render/find-browser.ts -> [worker/render/unpack.ts] -> $TMPDIR
// A program of its own: unpacks the browser of @sparticuz/chromium, with the libraries that a bare system lacks.
import path from "node:path";
import { fileURLToPath } from "node:url";
import chromium, { inflate } from "@sparticuz/chromium";

const entry = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
await inflate(path.resolve(path.dirname(entry), "..", "bin", "al2023.tar.br"));
await chromium.executablePath();
