// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/drawing.ts] -> worker/rehearsal/pages/document.ts
// A place to draw: it opens with a figure that draws itself, so that nobody faces an empty sheet.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript, stageScript } from "./stage.ts";

function master(brief: Brief): string {
  const { palette: c, random } = brief;
  const fold = brief.mentions("symmetr|mirror|mandala|kaleidoscope|radial|snowflake")
    ? random.pick([6, 8, 12])
    : random.pick([1, 2, 6, 8]);
  const colours = [...c.ramp, c.ink, c.panel];
  const swatches = colours.map(
    (colour, index) =>
      `<button class="sw" style="background:${colour}" data-c="${index}" aria-label="Colour ${index + 1}"></button>`,
  );
  return polished(brief, {
    lead: "Draw anywhere. The mirror count repeats your stroke around the middle.",
    hints: [
      ["1-8", "colour"],
      ["[ ]", "brush"],
      ["M", "mirrors"],
      ["Z Y", "undo, redo"],
      ["X", "clear"],
    ],
    body: raw`<div class="room"><div class="card tools" role="toolbar" aria-label="Tools"><div class="sws">${swatches.join("")}</div>
<label>Brush <input id="size" type="range" min="1" max="36" value="${random.int(4, 9)}"></label><label>Mirrors <select id="fold">${[1, 2, 4, 6, 8, 12].map((n) => `<option${n === fold ? " selected" : ""}>${n}</option>`).join("")}</select></label>
<button id="undo">Undo</button><button id="redo">Redo</button><button id="wipe">Clear</button><button id="figure" class="go">New figure</button></div>
<div class="card fill"><canvas id="sheet" tabindex="0" aria-label="Drawing sheet"></canvas></div></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:flex;gap:.8rem;padding-bottom:.3rem}.tools{width:9.4rem;padding:.7rem;display:flex;flex-direction:column;gap:clamp(.25rem,1.2vh,.6rem);overflow:auto}.tools button{padding:.25rem}.tools label{font-size:.8rem;color:var(--muted)}.tools input,.tools select{width:100%}
.tools input{accent-color:var(--accent)}.tools select{background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:.15rem}.sws{display:grid;grid-template-columns:repeat(4,1fr);gap:.3rem}.sw{aspect-ratio:1;border-radius:50%!important;padding:0!important;min-width:0}.sw.on{outline:2px solid var(--ink);outline-offset:2px}#sheet{cursor:crosshair}`,
    script: raw`
const C = ${inline(c)}, COLOURS = ${inline(colours)};${rngScript}${pingScript}${stageScript}
const $ = (id) => document.getElementById(id);
let R = rng(${brief.seed}), strokes = [], undone = [], live = null, colour = ${random.int(0, 5)}, W = 1, H = 1, auto = null;
const paper = document.createElement("canvas");
function path(g, s, from) {
  const n = s.fold, k = Math.min(W, H);
  for (let m = 0; m < n; m++) for (const flip of n > 1 ? [1, -1] : [1]) {
    g.save(); g.translate(W / 2, H / 2); g.rotate((m / n) * 6.28319); g.scale(1, flip); g.strokeStyle = s.c; g.lineCap = g.lineJoin = "round";
    for (let i = Math.max(1, from); i < s.p.length; i++) {
      const a = s.p[i - 1], b = s.p[i], z = s.p[i - 2] || a;
      g.lineWidth = s.w * (b[2] || 1); g.beginPath(); g.moveTo(((z[0] + a[0]) / 2) * k, ((z[1] + a[1]) / 2) * k); g.quadraticCurveTo(a[0] * k, a[1] * k, ((a[0] + b[0]) / 2) * k, ((a[1] + b[1]) / 2) * k); g.stroke();
    }
    g.restore();
  }
}
function repaint() {
  const d = Math.min(2, devicePixelRatio || 1); paper.width = W * d; paper.height = H * d;
  const g = paper.getContext("2d"); g.scale(d, d); for (const s of strokes) path(g, s, 0);
}
function add(s, from) { const d = Math.min(2, devicePixelRatio || 1), g = paper.getContext("2d"); g.setTransform(d, 0, 0, d, 0, 0); path(g, s, from); }
function figure() {
  const fold = Number($("fold").value), queue = [], rings = fold > 2 ? 5 : 9;
  for (let q = 0; q < rings; q++) {
    const s = { c: C.ramp[q % 6], w: 1.5 + R() * 4, fold: fold, p: [] }, a = 1 + Math.floor(R() * 5), b = 1 + Math.floor(R() * 7), r = 0.08 + (q / rings) * 0.3, ph = R() * 6, span = fold > 2 ? 1.6 : 6.4;
    for (let t = 0; t <= span; t += 0.04) { const d = r + 0.07 * Math.sin(t * a + ph) + 0.045 * Math.cos(t * b); s.p.push([Math.cos(t + q) * d * (fold > 2 ? 1 : 1.5), Math.sin(t + q) * d, 0.5 + 0.6 * Math.abs(Math.sin(t * 2 + ph))]); }
    queue.push(s);
  }
  auto = { queue: queue, now: null, i: 0 };
}
function stepAuto(n) {
  while (auto && n-- > 0) {
    if (!auto.now) { const next = auto.queue.shift(); if (!next) { auto = null; return; } auto.full = next.p; auto.now = { c: next.c, w: next.w, fold: next.fold, p: [] }; strokes.push(auto.now); }
    auto.now.p.push(auto.full[auto.now.p.length]); add(auto.now, auto.now.p.length - 1);
    if (auto.now.p.length === auto.full.length) auto.now = null;
  }
}
const view = stage($("sheet"), {
  size: function (w, h) { W = w; H = h; repaint(); },
  step: function () { stepAuto(Number($("fold").value) > 2 ? 2 : 7); },
  draw: function (g, w, h) {
    g.fillStyle = C.panel; g.fillRect(0, 0, w, h);
    const n = Number($("fold").value); g.strokeStyle = C.line; g.setLineDash([2, 6]);
    if (n > 1) for (let m = 0; m < n; m++) { const a = (m / n) * 6.28319; g.beginPath(); g.moveTo(w / 2, h / 2); g.lineTo(w / 2 + Math.cos(a) * w, h / 2 + Math.sin(a) * w); g.stroke(); }
    g.setLineDash([]); g.drawImage(paper, 0, 0, w, h);
  },
});
function spot(e) { const p = view.point(e), k = Math.min(W, H); return [(p.x - W / 2) / k, (p.y - H / 2) / k, e.pressure && e.pointerType === "pen" ? 0.4 + e.pressure : 1]; }
const sheet = $("sheet");
sheet.addEventListener("pointerdown", (e) => { sheet.setPointerCapture(e.pointerId); if (auto) stepAuto(9999); undone = []; live = { c: COLOURS[colour], w: Number($("size").value), fold: Number($("fold").value), p: [spot(e), spot(e)] }; strokes.push(live); add(live, 0); });
sheet.addEventListener("pointermove", (e) => { if (!live) return; for (const q of e.getCoalescedEvents ? e.getCoalescedEvents() : [e]) live.p.push(spot(q)); add(live, live.p.length - 2); });
addEventListener("pointerup", () => { live = null; });
function undo() { const s = strokes.pop(); if (s) { undone.push(s); auto = null; repaint(); ping("Undone"); } }
function redo() { const s = undone.pop(); if (s) { strokes.push(s); repaint(); ping("Done again"); } }
function wipe() { strokes = []; undone = []; auto = null; repaint(); ping("Cleared"); }
function pick(k) { colour = k; document.querySelectorAll(".sw").forEach((b, i) => b.classList.toggle("on", i === k)); }
document.querySelector(".sws").onclick = (e) => { if (e.target.dataset.c) pick(Number(e.target.dataset.c)); };
$("undo").onclick = undo; $("redo").onclick = redo; $("wipe").onclick = wipe; $("figure").onclick = () => { wipe(); figure(); };
addEventListener("keydown", (e) => {
  const k = e.key.toLowerCase(), size = $("size");
  if (k >= "1" && k <= "8") pick(Number(k) - 1);
  if (k === "[") size.value = Number(size.value) - 2; if (k === "]") size.value = Number(size.value) + 2;
  if (k === "z") undo(); if (k === "y") redo(); if (k === "x") wipe();
  if (k === "m") { const f = $("fold"); f.selectedIndex = (f.selectedIndex + 1) % f.options.length; }
});
pick(colour); figure(); stepAuto(Number($("fold").value) > 2 ? 90 : 300);`,
  });
}

function artisan(brief: Brief): string {
  const c = brief.palette;
  const start = Array.from({ length: 60 }, (_, k) => [
    Math.round(420 + Math.cos(k / 4) * k * 2.6),
    Math.round(180 + Math.sin(k / 4) * k * 2.2),
  ]);
  return solid(brief, {
    body: raw`<p><input type="color" id="col" value="${c.accent}"> size <input type="range" id="size" min="1" max="30" value="${brief.random.int(4, 8)}"> <button id="clear">Clear</button> <button id="undo">Undo</button></p><canvas id="c" width="860" height="370"></canvas>`,
    style: raw`canvas{background:#fff;border:1px solid ${c.line};cursor:crosshair;width:100%;height:calc(100vh - 130px);touch-action:none}p{margin:0 0 8px}`,
    script: raw`
const cv = document.getElementById("c"), g = cv.getContext("2d");
let strokes = [{ c: "${c.accent}", w: 5, p: ${inline(start)} }, { c: "${c.second}", w: ${brief.random.int(2, 9)}, p: ${inline(start.map(([x, y]) => [x, 360 - (y ?? 0)]))} }], now = null;
function draw() {
  g.clearRect(0, 0, cv.width, cv.height); g.lineCap = g.lineJoin = "round";
  for (const s of strokes) { g.strokeStyle = s.c; g.lineWidth = s.w; g.beginPath(); s.p.forEach((q, i) => (i ? g.lineTo(q[0], q[1]) : g.moveTo(q[0], q[1]))); g.stroke(); }
}
function at(e) { const b = cv.getBoundingClientRect(); return [((e.clientX - b.left) * cv.width) / b.width, ((e.clientY - b.top) * cv.height) / b.height]; }
cv.onpointerdown = (e) => { now = { c: document.getElementById("col").value, w: document.getElementById("size").value, p: [at(e)] }; strokes.push(now); };
cv.onpointermove = (e) => { if (now) { now.p.push(at(e)); draw(); } };
onpointerup = () => { now = null; };
document.getElementById("clear").onclick = () => { strokes = []; draw(); };
document.getElementById("undo").onclick = () => { strokes.pop(); draw(); };
draw();`,
  });
}

function apprentice(brief: Brief): string {
  const colours = brief.random.shuffled(["black", "red", "blue", "green", "orange", "purple"]).slice(0, 4);
  return plain(brief, {
    lead: "Hold the mouse button and draw.",
    body: raw`<p>${colours.map((colour) => `<button style="background:${colour};color:white" onclick="c.strokeStyle='${colour}'">${colour}</button>`).join(" ")}</p><canvas id="c" width="${brief.random.int(460, 560)}" height="240" style="background:white"></canvas>`,
    script: raw`
var cv = document.getElementById("c"), c = cv.getContext("2d"), down = false;
c.lineWidth = ${brief.random.int(2, 6)}; c.strokeStyle = "${colours[0]}";
c.beginPath(); c.arc(120, 110, 50, 0, 7); c.moveTo(100, 100); c.lineTo(100, 104); c.moveTo(140, 100); c.lineTo(140, 104); c.moveTo(100, 130); c.lineTo(140, 130); c.stroke();
cv.onmousedown = function (e) { down = true; c.beginPath(); c.moveTo(e.offsetX, e.offsetY); };
cv.onmouseup = function () { down = false; };
cv.onmousemove = function (e) { if (down) { c.lineTo(e.offsetX, e.offsetY); c.stroke(); } };`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  return rough(brief, {
    body: raw`<canvas id="c" width="${brief.random.int(260, 380)}" height="200" style="border:2px dotted black"></canvas><br>draw with mouse<br><input type="button" value="${broken ? "color" : "clear"}" onclick="${broken ? "setColor('red')" : "location.hash='clear'"}">`,
    script: raw`
var c = document.getElementById("c").getContext("2d");
c.fillStyle = "${brief.random.pick(["red", "blue", "black"])}";
c.fillRect(${brief.random.int(20, 90)}, ${brief.random.int(20, 90)}, 12, 12);
document.onmousemove = function (e) { c.fillRect(e.clientX, e.clientY, 4, 4); }
${broken ? "brushes.forEach(function (b) { b.load(); });" : ""}`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const drawing: PageMaker = (brief) => hands[brief.skill](brief);
