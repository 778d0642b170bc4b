// server/routes/home.ts -> [server/gallery/arena.js] -> the visitor's browser, as /arena.js
// Draws a ballot, shows both pages, casts the vote, says how others voted. It never learns a name before its time.
const arena = document.querySelector(".arena");
const part = (name) => arena.querySelector(`[data-${name}]`);
const buttons = [...arena.querySelectorAll("[data-verdict]")];
const places = {
  left: arena.querySelector('[data-side="left"] [data-frame]'),
  right: arena.querySelector('[data-side="right"] [data-frame]'),
};

let ballot = null;
let shownAt = 0;
let isPointerIn = false;
let lastKey = { name: "", at: 0 };
let tally = 0;

/** Asks by the name of a document of web/operations: so it is answered where free ones are not. */
async function ask(documentId, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ documentId, variables }),
  });
  const { data, errors } = await response.json();
  if (errors)
    throw Object.assign(new Error(errors[0].message), {
      hint: errors[0].extensions?.hint,
      code: errors[0].extensions?.code,
    });
  return data;
}

function say(text) {
  part("message").textContent = text;
  part("message").hidden = !text;
}

async function next() {
  part("result").hidden = true;
  allow(false);
  say("A ballot is being drawn …");
  try {
    ({ ballot } = (await ask("drawBallot")).drawBallot);
  } catch (error) {
    ballot = null;
    arena.dataset.state = "empty";
    for (const place of Object.values(places)) place.replaceChildren();
    return say([error.message, error.hint].filter(Boolean).join(" "));
  }
  arena.dataset.state = "ballot";
  part("title").textContent = ballot.task.title;
  part("prompt").textContent = ballot.task.promptText;
  part("kind").textContent =
    `${ballot.task.voteCount} votes on this task so far${tally ? `, ${tally} of yours today` : ""}. Which page is better?`;
  const hasPictures = ballot.leftPage.imageUrl && ballot.rightPage.imageUrl;
  for (const side of ["left", "right"]) {
    if (hasPictures) showPicture(side);
    else run(side);
  }
  part("run").hidden = !hasPictures;
  shownAt = performance.now();
  say("");
  allow(true);
}

function allow(isAllowed) {
  for (const button of buttons) button.disabled = !isAllowed;
}

function showPicture(side) {
  const page = ballot[`${side}Page`];
  const picture = new Image(1280, 720);
  picture.src = page.imageUrl;
  picture.alt = `Picture of page ${side === "left" ? "A" : "B"}`;
  places[side].replaceChildren(picture);
}

/** The live page, on its own origin, with scripts and nothing else. */
function run(side) {
  const frame = document.createElement("iframe");
  frame.title = `Page ${side === "left" ? "A" : "B"}`;
  frame.setAttribute("sandbox", "allow-scripts"); // and never more: not the same origin, no windows, no forms
  frame.setAttribute("allow", "");
  frame.referrerPolicy = "no-referrer";
  frame.addEventListener("pointerenter", () => (isPointerIn = true));
  frame.addEventListener("pointerleave", () => (isPointerIn = false));
  frame.src = ballot[`${side}Page`].url;
  places[side].replaceChildren(frame);
}

async function vote(verdict) {
  if (!ballot || buttons[0].disabled) return;
  allow(false);
  try {
    const dwellMs = Math.round(performance.now() - shownAt);
    const { vote: result } = (await ask("castVote", { id: ballot.id, verdict, dwellMs })).castVote;
    tally++;
    tell(verdict, result);
  } catch (error) {
    tell(verdict, null, [error.message, error.hint].filter(Boolean).join(" "));
  }
}

function tell(verdict, result, problem = "") {
  const place = part("result");
  const lines = [];
  const line = (tag, text, className = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = className;
    lines.push(element);
  };
  if (problem) line("p", problem);
  else {
    const said = { left: "A is better", tie: "as good", both_bad: "both bad", right: "B is better" };
    line("p", `You said: ${said[verdict]}.`, "own");
    const others = [
      ["A is better", result.leftVotes],
      ["As good", result.tieVotes],
      ["Both bad", result.bothBadVotes],
      ["B is better", result.rightVotes],
    ];
    const all = others.reduce((sum, [, votes]) => sum + votes, 0);
    if (!all) line("p", "Nobody else has voted on this pair yet.");
    for (const [text, votes] of all ? others : []) {
      const bar = document.createElement("meter");
      Object.assign(bar, { min: 0, max: all, value: votes });
      const label = document.createElement("label");
      label.append(`${text} (${votes}) `, bar);
      lines.push(label);
    }
    if (result.leftModel) line("p", `A is by ${result.leftModel.displayName}, B by ${result.rightModel.displayName}.`);
    else line("p", "Whose pages these are is shown when the task closes.");
  }
  const more = document.createElement("button");
  more.type = "button";
  more.textContent = "Next pair";
  more.addEventListener("click", next);
  place.replaceChildren(...lines, more);
  place.hidden = false;
  more.focus();
}

const keys = {
  1: "left",
  2: "tie",
  3: "both_bad",
  4: "right",
  ArrowLeft: "left",
  ArrowRight: "right",
};
document.addEventListener("keydown", (event) => {
  lastKey = { name: event.key, at: performance.now() };
  // A vote is final: a key that is held down, or is half of another, is none. Up and down are for scrolling.
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.shiftKey && event.key.startsWith("Arrow")) return; // on some keyboards the digits need it
  if (event.target.closest("summary, a")) return;
  const verdict = keys[event.key];
  if (!verdict || !part("result").hidden) return;
  event.preventDefault();
  void vote(verdict);
});
for (const button of buttons) button.addEventListener("click", () => vote(button.dataset.verdict));
part("run").addEventListener("click", () => {
  run("left");
  run("right");
  part("run").hidden = true;
});

// A page may grab the keyboard's focus. It keeps it only if the visitor went there, by pointer or by Tab.
window.addEventListener("blur", () => {
  const frame = document.activeElement;
  if (frame?.tagName !== "IFRAME" || isPointerIn) return;
  if (lastKey.name === "Tab" && performance.now() - lastKey.at < 500) return;
  frame.blur();
  buttons[0].focus();
});

void next();
