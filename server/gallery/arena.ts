// server/routes/home.ts -> [server/gallery/arena.ts] -> /arena.js -> drawBallot, castVote (GraphQL)
// The frame of the arena. The same for everybody: what is voted on comes by GraphQL, to one voter alone.
import { type Door, frame } from "./frame.ts";

const side = (
  name: "left" | "right",
  letter: "A" | "B",
) => `<article class="side" data-side="${name}" aria-label="Page ${letter}">
<h2>${letter}</h2><div class="picture" data-frame></div>
</article>`;

const main = `<section class="arena" data-state="loading">
<p class="kind" data-kind>Two models, one task. Which page is better?</p>
<h1 data-title>The arena</h1>
<details class="prompt"><summary>What the models were asked</summary><p data-prompt></p></details>
<p class="sealed" data-message role="status" aria-live="polite">A ballot is being drawn …</p>
<noscript><p>Voting needs JavaScript: the pages are shown in sandboxes that it makes.</p></noscript>
<div class="sides">${side("left", "A")}${side("right", "B")}</div>
<p class="untrusted">Untrusted: written by models, kept in sandboxes, no network. <button type="button" data-run>Run both pages</button></p>
<div class="verdicts" role="group" aria-label="Your verdict">
<button type="button" data-verdict="left" disabled><kbd>1</kbd> A is better</button>
<button type="button" data-verdict="tie" disabled><kbd>2</kbd> As good</button>
<button type="button" data-verdict="both_bad" disabled><kbd>3</kbd> Both bad</button>
<button type="button" data-verdict="right" disabled><kbd>4</kbd> B is better</button>
</div>
<div class="result" data-result hidden></div>
</section>`;

export function arenaPage(doors: readonly Door[]): string {
  return frame({ title: "Arena", here: "/arena", script: "/arena.js", main, doors });
}
