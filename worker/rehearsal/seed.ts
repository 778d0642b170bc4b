// worker/rehearsal/server.ts -> [worker/rehearsal/seed.ts] -> worker/rehearsal/pages/
// Everything that a canned model "decides" is drawn from the hash of what it was asked: the same request gives the same
// bytes on every machine, and nothing has to be stored.
import { createHash } from "node:crypto";

export interface Random {
  /** A number in [0, 1). */
  float(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
}

export function seeded(text: string): Random {
  const digest = createHash("sha256").update(text).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = digest.readUInt32LE(12);
  // sfc32: small, fast, and its four words are filled by the digest.
  const float = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  const int = (low: number, high: number): number => low + Math.floor(float() * (high - low + 1));
  return {
    float,
    int,
    chance: (probability) => float() < probability,
    pick: (list) => {
      const chosen = list[int(0, list.length - 1)];
      if (chosen === undefined) throw new Error("pick() from an empty list.");
      return chosen;
    },
    shuffled: (list) => {
      const keyed = list.map((item) => ({ item, key: float() }));
      return keyed.toSorted((left, right) => left.key - right.key).map(({ item }) => item);
    },
  };
}

/** Hexadecimal digits of the hash of a text, for request and reply ids. */
export function hexOf(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
