// server/routes/home.ts -> [server/gallery/site.js] -> the visitor's browser, as /site.js
// Runs a page in the stage's frame when it is asked for. Nothing here listens to what a page says: it has no voice.
const stage = document.querySelector("#stage");
const place = stage.querySelector("[data-frame]");
let frame = null;
let opener = null;
let lastKey = { name: "", at: 0 };
let isOver = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-live]");
  if (button) open(button);
  else if (event.target.closest("[data-close]") || event.target === stage) stage.close();
});

function open(button) {
  opener = button;
  stage.querySelector("h2").textContent = button.dataset.title;
  frame = document.createElement("iframe");
  frame.title = button.dataset.title;
  frame.setAttribute("sandbox", "allow-scripts"); // and never more: not the same origin, no windows, no forms
  frame.setAttribute("allow", "");
  frame.referrerPolicy = "no-referrer";
  frame.addEventListener("pointerenter", () => (isOver = true));
  frame.addEventListener("pointerleave", () => (isOver = false));
  frame.src = button.dataset.live;
  place.replaceChildren(frame);
  stage.showModal();
}

stage.addEventListener("close", () => {
  place.replaceChildren(); // whatever it was doing ends here
  [frame, isOver] = [null, false];
  opener?.focus();
});

// A page may grab the keyboard's focus. It keeps it only if the visitor went there, by pointer or by Tab.
document.addEventListener("keydown", (event) => (lastKey = { name: event.key, at: performance.now() }), true);
window.addEventListener("blur", () => {
  if (!frame || document.activeElement !== frame || isOver) return;
  if (lastKey.name === "Tab" && performance.now() - lastKey.at < 500) return;
  frame.blur();
  stage.querySelector("[data-close]").focus();
});

for (const time of document.querySelectorAll("time[data-left]")) {
  const at = time.textContent;
  const show = () => {
    const minutes = Math.max(0, Math.ceil((Date.parse(time.dateTime) - Date.now()) / 60_000));
    time.textContent = `${at}, in ${minutes >= 60 ? `${Math.floor(minutes / 60)} h ` : ""}${minutes % 60} min`;
  };
  show();
  setInterval(show, 30_000);
}

// While answers are coming the page looks again, unless somebody is looking at one of them.
if (document.querySelector("main[data-pending]") || !document.querySelector(".cards")) {
  setInterval(() => stage.open || document.hidden || location.reload(), 10_000);
}
