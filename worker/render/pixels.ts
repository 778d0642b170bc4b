// worker/render/visit.ts -> [worker/render/pixels.ts]
// Reads the pixels of a browser's PNG, to tell whether anything was drawn and whether it moves.
import { inflateSync } from "node:zlib";

export interface Pixels {
  width: number;
  height: number;
  /** Bytes for each pixel: red, green, blue and perhaps opacity. */
  channels: number;
  data: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Decodes a PNG of the one kind that Chromium writes: eight bits, true colour, not interlaced. */
export function readPng(png: Buffer): Pixels {
  if (!png.subarray(0, 8).equals(signature)) throw new Error("This is not a PNG.");
  let header: Buffer | undefined;
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = body;
    else if (type === "IDAT") parts.push(body);
    at += 12 + length;
  }
  if (header?.length !== 13) throw new Error("This PNG has no header.");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[header[9] ?? 0];
  if (header[8] !== 8 || !channels || header[12] !== 0 || width * height > 8192 * 8192) {
    throw new Error("This PNG is of a kind that is not read here.");
  }
  const stride = width * channels;
  const raw = inflateSync(Buffer.concat(parts), { maxOutputLength: (stride + 1) * height });
  if (raw.length !== (stride + 1) * height) throw new Error("This PNG breaks off.");
  const data = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const from = row * (stride + 1);
    undoFilter(raw[from]!, raw.subarray(from + 1, from + 1 + stride), data, row * stride, stride, channels);
  }
  return { width, height, channels, data };
}

/** One row, back to its values: each byte was stored as its difference from a neighbour. */
function undoFilter(kind: number, line: Uint8Array, data: Uint8Array, to: number, stride: number, step: number): void {
  for (let i = 0; i < stride; i++) {
    const left = i >= step ? data[to + i - step]! : 0;
    const above = to > 0 ? data[to - stride + i]! : 0;
    const corner = i >= step && to > 0 ? data[to - stride + i - step]! : 0;
    const guess =
      kind === 0
        ? 0
        : kind === 1
          ? left
          : kind === 2
            ? above
            : kind === 3
              ? (left + above) >> 1
              : paeth(left, above, corner);
    data[to + i] = line[i]! + guess;
  }
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

const visible = 8;

/** Pixels that differ visibly from those of another picture, or from one colour. */
export function countDifferent(pixels: Pixels, other: Pixels | Uint8Array): number {
  const { data, channels } = pixels;
  const reference = other instanceof Uint8Array ? undefined : other;
  if (reference && (reference.data.length !== data.length || reference.channels !== channels)) {
    return pixels.width * pixels.height;
  }
  let different = 0;
  for (let at = 0; at < data.length; at += channels) {
    for (let channel = 0; channel < 3; channel++) {
      const against = reference ? reference.data[at + channel]! : (other as Uint8Array)[channel]!;
      if (Math.abs(data[at + channel]! - against) > visible) {
        different++;
        break;
      }
    }
  }
  return different;
}

/** Whether the picture holds one colour only, a few stray pixels aside. */
export const isBlank = (pixels: Pixels): boolean => countDifferent(pixels, pixels.data.subarray(0, 3)) < 20;

/** Whether two pictures of one page differ by more than a blinking caret. */
export const isMotion = (before: Pixels, after: Pixels): boolean => countDifferent(before, after) >= 100;
