// [worker/render/pixels.test.ts] -> worker/render/pixels.ts, worker/render/heard.ts
import { crc32, deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { clean, Heard, heardLimits } from "./heard.ts";
import { countDifferent, isBlank, isMotion, readPng } from "./pixels.ts";

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  const named = Buffer.concat([Buffer.from(type), body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([head, named, sum]);
}

/** A PNG of these rows, each stored by the filter of its number. */
function png(width: number, rows: number[][], channels = 3, filters: number[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
  const stored = rows.flatMap((row, y) => {
    const kind = filters[y] ?? 0;
    const at = (x: number, line: number[] | undefined) => (x < 0 ? 0 : (line?.[x] ?? 0));
    const line = row.map((value, x) => {
      const [a, b, c] = [at(x - channels, row), at(x, rows[y - 1]), at(x - channels, rows[y - 1])];
      const near = [a, b, c].toSorted((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0]!;
      return (value - [0, a, b, (a + b) >> 1, near][kind]!) & 255;
    });
    return [kind, ...line];
  });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.from(stored));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

const field = (width: number, height: number, colour: number[]) =>
  Array.from({ length: height }, () => Array.from({ length: width }, () => colour).flat());

describe("readPng", () => {
  test.for([3, 4])("undoes every filter, with %i channels", (channels) => {
    const rows = Array.from({ length: 10 }, (_, y) =>
      Array.from({ length: 7 * channels }, (_unused, x) => (x * 37 + y * y * 11) % 256),
    );
    const pixels = readPng(png(7, rows, channels, [0, 1, 2, 3, 4, 4, 3, 2, 1, 0]));
    expect([pixels.width, pixels.height, pixels.channels]).toEqual([7, 10, channels]);
    expect([...pixels.data]).toEqual(rows.flat());
  });

  test.for([
    ["no PNG", Buffer.from("RIFFxxxxWEBP")],
    ["a cut one", png(4, field(4, 4, [1, 2, 3])).subarray(0, 40)],
    ["one that unpacks to more than it says", png(4, field(40, 40, [1, 2, 3]))],
  ] as const)("refuses %s", ([, bytes]) => {
    expect(() => readPng(bytes)).toThrow();
  });
});

test("blank is one colour, stray pixels aside; motion is more than a caret", () => {
  const plain = readPng(png(60, field(60, 60, [10, 20, 30])));
  const dotted = field(60, 60, [10, 20, 30]);
  for (let y = 0; y < 15; y++) dotted[y]!.splice(9, 3, 200, 20, 30);
  const caret = readPng(png(60, dotted));
  for (let y = 0; y < 40; y++) dotted[y]!.splice(30, 9, 200, 20, 30, 200, 20, 30, 200, 20, 30);
  const drawn = readPng(png(60, dotted));
  expect([isBlank(plain), isBlank(caret), isBlank(drawn)]).toEqual([true, true, false]);
  expect([isMotion(plain, plain), isMotion(plain, caret), isMotion(plain, drawn)]).toEqual([false, false, true]);
  expect(countDifferent(plain, drawn)).toBe(135);
});

describe("what a page says", () => {
  test("is kept to a limit, in characters that Postgres stores", () => {
    const heard = new Heard();
    let taken = 0;
    for (let line = 0; line < 200 && heard.addLine("log", `\u0000\ud800${"x".repeat(5000)}`); line++) taken++;
    for (let line = 0; line < 200; line++) heard.addError("e".repeat(5000));
    expect(taken).toBe(heardLimits.lines - 1);
    expect(heard.console).toHaveLength(heardLimits.lines);
    expect(heard.errors).toHaveLength(heardLimits.errors);
    expect(heard.console[0]?.text).toHaveLength(heardLimits.lineChars);
    expect(heard.console[0]?.text.startsWith("\ufffd\ufffdx")).toBe(true);
    expect(JSON.stringify(heard.kept()).length).toBeLessThan(30_000);
  });

  test("is not what the browser says of our own headers", () => {
    const heard = new Heard();
    heard.addLine("warning", "Error with Permissions-Policy header: Unrecognized feature: 'battery'.");
    expect(heard.console).toEqual([]);
  });

  test("is cut between characters", () => {
    expect(clean("😀".repeat(10), 6)).toBe("😀😀\ufffd…");
    expect(clean("a\tb\nc\u007f", 20)).toBe("a\tb\nc\ufffd");
  });
});
