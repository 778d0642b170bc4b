// db/generate/write.ts, db/generate/check.ts -> [db/generate/compare.ts] -> what somebody reads who has to mend it
// Differences in words: where the first one is, and a few lines of it.

const shown = 8;

/** Where two texts first differ, with a few lines of each, or nothing if they are the same. */
export function firstDifference(old: string, now: string): string | undefined {
  if (old === now) return undefined;
  const [before, after] = [old.split("\n"), now.split("\n")];
  return `differs from line ${sharedStart(before, after) + 1}:\n${changedLines(before, after).join("\n")}`;
}

/** The first few lines that make the difference, marked - and +. */
export function changedLines(before: readonly string[], after: readonly string[]): string[] {
  const start = sharedStart(before, after);
  const [oldRest, newRest] = [before.slice(start), after.slice(start)];
  const end = sharedStart(oldRest.toReversed(), newRest.toReversed());
  const [old, now] = [oldRest.slice(0, oldRest.length - end), newRest.slice(0, newRest.length - end)];
  // Between the first change and the last, what both have says nothing; unless order is all that differs.
  const isOrder = old.every((line) => now.includes(line)) && now.every((line) => old.includes(line));
  return [...mark("-", isOrder ? old : without(old, now)), ...mark("+", isOrder ? now : without(now, old))];
}

/** How many lines are the same at the beginning. */
function sharedStart(before: readonly string[], after: readonly string[]): number {
  const first = before.findIndex((line, index) => line !== after[index]);
  return first < 0 ? before.length : first;
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return lines.filter((line) => line.trim() && !known.has(line));
}

function mark(sign: string, lines: readonly string[]): string[] {
  const marked = lines.slice(0, shown).map((line) => `  ${sign} ${line}`);
  return lines.length > shown ? [...marked, `  ${sign} … ${lines.length - shown} more`] : marked;
}

/** How two maps of objects differ: one text for each object that is in one alone, or that is not the same in both. */
export function compareObjects(
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
  sides: { left: string; right: string },
): string[] {
  return [...new Set([...left.keys(), ...right.keys()])].toSorted().flatMap((key) => {
    const [a, b] = [left.get(key), right.get(key)];
    if (a === b) return [];
    if (b === undefined) return [`${key} is in ${sides.left} only`];
    if (a === undefined) return [`${key} is in ${sides.right} only`];
    const lines = changedLines(a.split("\n"), b.split("\n")).join("\n");
    return [`${key} differs, - in ${sides.left}, + in ${sides.right}:\n${lines}`];
  });
}
