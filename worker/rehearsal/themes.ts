// worker/rehearsal/writer.ts, pages/classify.ts -> [worker/rehearsal/themes.ts]

export const themes = [
  "animation",
  "arcade",
  "board-game",
  "calculator",
  "chart",
  "clock",
  "drawing",
  "form",
  "generative-art",
  "interface",
  "landing-page",
  "physics",
  "puzzle",
  "simulation",
  "table",
  "text-tool",
] as const;

export type Theme = (typeof themes)[number];
