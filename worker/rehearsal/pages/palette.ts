// worker/rehearsal/pages/brief.ts -> [worker/rehearsal/pages/palette.ts] -> worker/rehearsal/pages/document.ts
// Colours that belong together whatever the seed: they are chosen in OKLCH, where equal steps look equal, and written as hex.
import type { Random } from "../seed.ts";

export interface Palette {
  readonly dark: boolean;
  readonly bg: string;
  readonly panel: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly second: string;
  readonly third: string;
  /** Six colours along one arc of hues, for series, tiles and particles. */
  readonly ramp: readonly string[];
  /** Six shades of one hue, from far and pale to near and deep. */
  readonly depth: readonly string[];
  /** Top and bottom of a sky. */
  readonly sky: readonly [string, string];
}

export function choosePalette(random: Random): Palette {
  const hue = random.int(0, 359);
  const arc = random.pick([70, 110, 150, 200, -90, -140]);
  const dark = random.chance(0.5);
  const tint = random.pick([0.006, 0.014, 0.026]);
  const vivid = random.pick([0.12, 0.15, 0.18]);
  const at = (share: number) => hue + arc * share;
  const ramp = [0, 1, 2, 3, 4, 5].map((step) =>
    oklch((dark ? 0.82 : 0.52) + (dark ? -0.03 : 0.045) * (step % 3), vivid * 0.95, at(step / 5)),
  );
  return {
    dark,
    ramp,
    bg: dark ? oklch(0.19, tint + 0.01, hue) : oklch(0.972, tint, hue),
    panel: dark ? oklch(0.245, tint + 0.014, hue) : oklch(0.995, tint / 4, hue),
    ink: dark ? oklch(0.95, 0.012, hue) : oklch(0.25, 0.03, hue),
    muted: dark ? oklch(0.74, 0.025, hue) : oklch(0.5, 0.03, hue),
    line: dark ? oklch(0.35, 0.025, hue) : oklch(0.885, 0.014, hue),
    accent: dark ? oklch(0.79, vivid, hue) : oklch(0.53, vivid, hue),
    onAccent: dark ? oklch(0.19, 0.03, hue) : oklch(0.99, 0.004, hue),
    second: dark ? oklch(0.8, vivid, at(0.55)) : oklch(0.6, vivid, at(0.55)),
    third: dark ? oklch(0.76, vivid, at(1)) : oklch(0.62, vivid, at(1)),
    depth: [0, 1, 2, 3, 4, 5].map((step) =>
      oklch(
        dark ? 0.5 - step * 0.055 : 0.78 - step * 0.085,
        0.05 + step * 0.009,
        at(0.5) + (at(0) - at(0.5)) * (step / 5),
      ),
    ),
    sky: dark
      ? [oklch(0.16, 0.045, hue), oklch(0.42, 0.1, at(0.5))]
      : [oklch(0.8, 0.075, hue), oklch(0.95, 0.045, at(0.4))],
  };
}

/** OKLCH to #rrggbb; chroma is taken back until the colour fits sRGB. */
export function oklch(lightness: number, chroma: number, hue: number): string {
  const angle = (hue * Math.PI) / 180;
  for (let c = chroma; c > 0; c -= 0.004) {
    const channels = toLinear(lightness, c * Math.cos(angle), c * Math.sin(angle));
    if (channels.every((value) => value >= -0.0005 && value <= 1.0005)) return hex(channels);
  }
  return hex(toLinear(lightness, 0, 0));
}

function toLinear(lightness: number, a: number, b: number): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function hex(linear: readonly number[]): string {
  const bytes = linear.map((value) => {
    const v = Math.min(1, Math.max(0, value));
    const encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${bytes.join("")}`;
}
