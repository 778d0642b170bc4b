// npx vitest run worker/rehearsal -> [worker/rehearsal/pages/brief.test.ts] -> worker/rehearsal/pages/brief.ts, classify.ts
import { describe, expect, it } from "vitest";
import { oklch } from "./palette.ts";
import { readBrief, titleOf } from "./brief.ts";
import { classify } from "./classify.ts";

describe("the title of a task", () => {
  it.each([
    ["Title: The Tidal Organ\nBuild an animation.", "The Tidal Organ"],
    ["# Frost Fair\n\nDraw a scene.", "Frost Fair"],
    ['{"title": "Paper Moons", "prompt": "x"}'.replaceAll(", ", ",\n"), "Paper Moons"],
    ['Build "Lopsided Lighthouse", an arcade game.', "Lopsided Lighthouse"],
    ["Build a self-contained tide clock that shows the moon.", "Tide Clock"],
    ["Please create an interactive table of birds with filters.", "Table of Birds"],
    ["A bat flies through an endless limestone cave. Pressing space makes it climb.", "A Bat Flies Through an Endless"],
    ["", "Untitled"],
  ])("is found in %j", (prompt, title) => {
    expect(titleOf(prompt)).toBe(title);
  });
});

describe("the theme of a task", () => {
  it.each([
    ["Theme: puzzle\nA clock made of charts.", "puzzle"],
    ['"theme": "text-tool", "prompt": "draw a chart"', "text-tool"],
    ["Theme is board game. Make it fun.", "board-game"],
    ["Make a pendulum with gravity and friction that can be dragged.", "physics"],
    ["A page that adds up a restaurant bill and splits the tip.", "calculator"],
    ["Show the current time with an hour hand and a minute hand.", "clock"],
    ["Cells live or die by the number of their neighbours; show the population.", "simulation"],
    ["Sliding tiles are shuffled and must be put in order again; count the moves.", "puzzle"],
    ["A paddle, a ball, three lives and a wall to break.", "arcade"],
    ["Something else entirely.", "generative-art"],
  ])("is read from %j", (prompt, theme) => {
    expect(classify(prompt, titleOf(prompt))).toBe(theme);
  });
});

it("takes labels from what the task lists, and fills up from the page's own", () => {
  const brief = readBrief(
    "Compare otters, urchins and seals in a bar chart with axes and labels, drawn with canvas, SVG or CSS.",
    "master",
  );
  expect(brief.labels(5, ["North", "South"]).slice(0, 3)).toEqual(["Otters", "Urchins", "Seals"]);
  expect(brief.labels(5, ["North", "South"])).toHaveLength(5);
});

it("gives other colours for another task, and valid ones for every hue", () => {
  expect(readBrief("A chart of plums", "master").palette.accent).not.toBe(
    readBrief("A chart of pears", "master").palette.accent,
  );
  for (let hue = 0; hue < 360; hue += 7) expect(oklch(0.6, 0.3, hue)).toMatch(/^#[0-9a-f]{6}$/);
});
