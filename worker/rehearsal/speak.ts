// worker/rehearsal/server.ts -> [worker/rehearsal/speak.ts] -> worker/rehearsal/{pages/answer,writer,judge,battle,coach}.ts
// Which part a model plays, and in which dress its answer goes out: bare JSON where the caller asked for structured
// output, else as that model likes to write.
import { judgeBattle } from "./battle.ts";
import { coachMembers } from "./coach.ts";
import { isJson, type Heard } from "./heard.ts";
import { judgeAnswer } from "./judge.ts";
import type { RehearsalModel } from "./models.ts";
import { answerTask, pageFor } from "./pages/answer.ts";
import { fit } from "./schema.ts";
import { themes, type Theme } from "./themes.ts";
import { writeTask } from "./writer.ts";

export function speak(model: RehearsalModel, heard: Heard): string {
  switch (model.role) {
    case "write_task":
      return asJson(writeTask(heard.user, themesAllowed(heard.format)), heard);
    case "judge": {
      const verdict = judgeBattle(heard.system, heard.user) ?? judgeAnswer(heard.system, heard.user);
      return verdict === undefined
        ? "I cannot grade this: the request holds no rubric that I can read."
        : asJson(verdict, heard);
    }
    case "coach":
      return asJson(coachMembers(heard.user), heard);
    default:
      return contestant(model, heard);
  }
}

function contestant(model: RehearsalModel, heard: Heard): string {
  const skill = model.skill ?? "novice";
  if (heard.format === undefined) return answerTask(heard.user, skill);
  const page = pageFor(heard.user, skill);
  if (heard.format === true) return JSON.stringify({ html: page });
  const names = isJson(heard.format["properties"]) ? Object.keys(heard.format["properties"]) : [];
  const place = names.find((name) => /html|page|document|code|source|content|answer/i.test(name)) ?? names[0] ?? "html";
  return JSON.stringify(fit({ [place]: page }, heard.format));
}

function asJson(value: unknown, heard: Heard): string {
  if (heard.format === undefined) return JSON.stringify(value, null, 2);
  return JSON.stringify(heard.format === true ? value : fit(value, heard.format));
}

/** A schema may offer some themes only. */
function themesAllowed(format: Heard["format"]): readonly Theme[] {
  const properties = isJson(format) && isJson(format["properties"]) ? format["properties"] : {};
  const offered: unknown = isJson(properties["theme"]) ? properties["theme"]["enum"] : undefined;
  const known = Array.isArray(offered) ? themes.filter((theme) => offered.includes(theme)) : [];
  return known.length > 0 ? known : themes;
}
