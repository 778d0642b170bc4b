// worker/rehearsal/judge.ts, coach.ts -> [worker/rehearsal/markers.ts]
// Untrusted text stands between two marker lines that carry the same fresh code, such as `<<<answer 5f1c9a0b>>>` and
// `<<<end of answer 5f1c9a0b>>>`. Whoever wrote the text could not know the code, so whatever else looks like a marker
// inside it is part of it.

export interface Separated {
  /** What stood between the markers, and nothing of the rest. */
  readonly answer: string;
  /** Everything outside. */
  readonly rest: string;
}

export function separate(text: string): Separated {
  const lines = text.split("\n");
  const codes = new Map<string, number[]>();
  lines.forEach((line, index) => {
    if (line.length > 200 || !/^\s*(?:[<[({=#*~|-]{2,}|begin\b|end\b|<\/?\w)/i.test(line)) return;
    for (const code of line.match(/[\w-]*\d[\w-]*|[\w-]{16,}/g) ?? []) {
      if (code.length >= 6) codes.set(code, [...(codes.get(code) ?? []), index]);
    }
  });
  const pairs = [...codes.values()].flatMap((places) => {
    const about = places.findIndex((place) => /answer|submission|response|members/i.test(lines[place] ?? ""));
    const from = places[Math.max(0, about)];
    const to = places[Math.max(0, about) + 1];
    return from === undefined || to === undefined ? [] : [{ from, to, isAnswer: about >= 0 }];
  });
  const pair = pairs.find(({ isAnswer }) => isAnswer) ?? pairs.at(-1);
  if (pair === undefined) return { answer: between(text, /<answer\b[^>]*>/i, /<\/answer\b[^>]*>/i), rest: text };
  return {
    answer: lines.slice(pair.from + 1, pair.to).join("\n"),
    rest: [...lines.slice(0, pair.from), ...lines.slice(pair.to + 1)].join("\n"),
  };
}

/** For requests without codes: the last element of that name. */
function between(text: string, open: RegExp, close: RegExp): string {
  const opened = text.split(open);
  return opened.length < 2 ? "" : (opened.at(-1)?.split(close)[0] ?? "");
}
