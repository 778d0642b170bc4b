// worker/rehearsal/speak.ts -> [worker/rehearsal/pages/answer.ts] -> worker/rehearsal/pages/<theme>.ts
// A contestant's reply: the page for the task, in the manner in which that model is used to handing pages over.
import type { Skill } from "../models.ts";
import { seeded, type Random } from "../seed.ts";
import type { Theme } from "../themes.ts";
import { animation } from "./animation.ts";
import { arcade } from "./arcade.ts";
import { boardGame } from "./board-game.ts";
import { readBrief, type PageMaker } from "./brief.ts";
import { calculator } from "./calculator.ts";
import { chart } from "./chart.ts";
import { clock } from "./clock.ts";
import { drawing } from "./drawing.ts";
import { form } from "./form.ts";
import { generativeArt } from "./generative-art.ts";
import { interfacePage } from "./interface.ts";
import { landingPage } from "./landing-page.ts";
import { physics } from "./physics.ts";
import { puzzle } from "./puzzle.ts";
import { simulation } from "./simulation.ts";
import { table } from "./table.ts";
import { textTool } from "./text-tool.ts";

const makers: Record<Theme, PageMaker> = {
  animation,
  arcade,
  "board-game": boardGame,
  calculator,
  chart,
  clock,
  drawing,
  form,
  "generative-art": generativeArt,
  interface: interfacePage,
  "landing-page": landingPage,
  physics,
  puzzle,
  simulation,
  table,
  "text-tool": textTool,
};

/** The page that a contestant of this skill makes for a task: the same prompt always gives the same bytes. */
export function pageFor(prompt: string, skill: Skill): string {
  const brief = readBrief(prompt, skill);
  return makers[brief.theme](brief);
}

/** The whole reply. Each hand has its habits: bare, fenced, or a fence with talk around it. */
export function answerTask(prompt: string, skill: Skill): string {
  const page = pageFor(prompt, skill);
  const random = seeded(`manner\n${skill}\n${prompt}`);
  switch (skill) {
    case "artisan":
      return random.chance(0.8) ? page : fenced(page, "html");
    case "apprentice":
      return fenced(page, random.pick(["html", "html", "HTML"]));
    case "novice":
      return `${opening(random)}\n\n${fenced(page, random.pick(["html", ""]))}\n\nSave it as a file and open it in a browser. I did not have time to try everything.`;
    default:
      return `${opening(random)}\n\n${fenced(page, "html")}\n\n${closing(random)}`;
  }
}

function fenced(page: string, language: string): string {
  return `\`\`\`${language}\n${page.trimEnd()}\n\`\`\``;
}

function opening(random: Random): string {
  return random.pick([
    "Here is the page, complete in one file.",
    "This is a single HTML document with everything inline.",
    "Below is my solution. It needs no network and no other files.",
  ]);
}

function closing(random: Random): string {
  return random.pick([
    "It can be used with the keyboard alone, scales with the window, and respects reduced motion.",
    "Everything is drawn from one palette; the keys are listed at the bottom of the page.",
    "The layout holds from small frames to full screens, and the state changes are announced to screen readers.",
  ]);
}
