// worker/rehearsal/speak.ts -> [worker/rehearsal/battle.ts] -> worker/rehearsal/judge.ts
// Plays the judge of a battle: grades each answer by the rubric in the request, as it would alone, and compares.
import { judgeAnswer } from "./judge.ts";

export interface Comparison {
  readonly reasoning: string;
  readonly better: "first" | "second" | "draw";
}

/** Less than this apart, neither is clearly better. */
const close = 5;

/** Nothing if the request holds no two answers and a rubric. */
export function judgeBattle(system: string, user: string): Comparison | undefined {
  const found =
    /^<<<first answer (\S+)>>>\n([\s\S]*)\n<<<end of first answer \1>>>$([\s\S]*)^<<<second answer \1>>>\n([\s\S]*)\n<<<end of second answer \1>>>$/m.exec(
      user,
    );
  if (!found) return undefined;
  const [, code, first = "", , second = ""] = found;
  const rest = user.slice(0, found.index);
  const grade = (answer: string) =>
    judgeAnswer(system, `${rest}\n<<<answer ${code}-1>>>\n${answer}\n<<<end of answer ${code}-1>>>`);
  const [one, two] = [grade(first), grade(second)];
  if (!one || !two) return undefined;
  const apart = one.score - two.score;
  const better = Math.abs(apart) < close ? "draw" : apart > 0 ? "first" : "second";
  return { reasoning: `First answer: ${one.reasoning} Second answer: ${two.reasoning}`, better };
}
