// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/puzzle.ts] -> worker/rehearsal/pages/document.ts
// A puzzle that can always be solved: sliding tiles, lights to put out, or pairs to remember.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript } from "./stage.ts";

/** Each game defines N (side), `deal()`, `act(i)` (false if not allowed), `won()`, `hint()` (a cell or -1) and `face(i)`. */
const games = {
  sliding: raw`
let N = SIZE, cells = [];
function deal() {
  cells = Array.from({ length: N * N }, (_, i) => (i + 1) % (N * N)); let hole = N * N - 1, from = -1; path = [];
  for (let k = 0; k < N * N * 12; k++) { const o = near(hole).filter((p) => p !== from), p = o[Math.floor(R() * o.length)]; cells[hole] = cells[p]; cells[p] = 0; path.push(hole); from = hole; hole = p; }
  trim();
}
let path = [];
function trim() { for (let k = 1; k < path.length; k++) if (path[k] === path[k - 2]) { path.splice(k - 1, 2); k = 0; } }
function near(i) { const r = []; if (i % N) r.push(i - 1); if (i % N < N - 1) r.push(i + 1); if (i >= N) r.push(i - N); if (i < N * N - N) r.push(i + N); return r; }
function act(i) {
  const h = cells.indexOf(0); if (!near(h).includes(i)) return false;
  cells[h] = cells[i]; cells[i] = 0; if (path[path.length - 1] === i) path.pop(); else path.push(h); return true;
}
function won() { return cells.every((v, i) => v === (i + 1) % (N * N)); }
function hint() { return path.length ? path[path.length - 1] : -1; }
function steer(key) { const h = cells.indexOf(0), i = { ArrowLeft: h % N < N - 1 ? h + 1 : -1, ArrowRight: h % N ? h - 1 : -1, ArrowUp: h + N < N * N ? h + N : -1, ArrowDown: h - N }[key]; return i >= 0 ? i : -1; }
function face(i) { const v = cells[i]; return v ? { t: LABELS ? "" : String(v), cls: v === i + 1 ? "home" : "", hue: (v - 1) / (N * N - 2), id: v, say: String(v) } : { t: "", cls: "hole", hue: 0, id: 0, say: "gap" }; }
const LABELS = 0, SLIDES = true;`,
  lights: raw`
let N = SIZE + 1, cells = [], presses = [];
function touch(i) { const r = [i]; if (i % N) r.push(i - 1); if (i % N < N - 1) r.push(i + 1); if (i >= N) r.push(i - N); if (i < N * N - N) r.push(i + N); return r; }
function deal() { cells = Array(N * N).fill(0); presses = []; const n = 6 + Math.floor(R() * 5); while (presses.length < n) { const i = Math.floor(R() * N * N); if (!presses.includes(i)) { presses.push(i); touch(i).forEach((k) => { cells[k] ^= 1; }); } } }
function act(i) { touch(i).forEach((k) => { cells[k] ^= 1; }); presses = presses.includes(i) ? presses.filter((k) => k !== i) : presses.concat(i); return true; }
function won() { return cells.every((v) => !v); }
function hint() { return presses.length ? presses[0] : -1; }
function steer() { return -1; }
function face(i) { return { t: "", cls: cells[i] ? "lit" : "dark", hue: ((i % N) + Math.floor(i / N)) / (2 * N), id: i, say: cells[i] ? "lit" : "dark" }; }
const SLIDES = false;`,
  pairs: raw`
let N = 4, cells = [], open = [], found = [], lock = false, seen = {};
const SHAPES = ["<circle cx='24' cy='24' r='15'/>", "<rect x='10' y='10' width='28' height='28' rx='4'/>", "<path d='M24 7l17 31H7z'/>", "<path d='M24 6l5 12 13 1-10 8 3 13-11-7-11 7 3-13L6 19l13-1z'/>", "<path d='M24 40C4 26 10 8 24 16 38 8 44 26 24 40z'/>", "<path d='M6 24h36M24 6v36' stroke-width='10'/>", "<path d='M24 5l15 19-15 19L9 24z'/>", "<path d='M8 34c6-30 26-30 32 0M14 38h20' stroke-width='6' fill='none'/>"];
function deal() { cells = []; for (let k = 0; k < 8; k++) cells.push(k, k); for (let k = 15; k > 0; k--) { const j = Math.floor(R() * (k + 1)), t = cells[k]; cells[k] = cells[j]; cells[j] = t; } open = []; lock = false; seen = {}; const first = Math.floor(R() * 8); found = [first]; }
function act(i) {
  if (lock || open.includes(i) || found.includes(cells[i])) return false;
  open.push(i); seen[i] = 1;
  if (open.length === 2) { if (cells[open[0]] === cells[open[1]]) { found.push(cells[i]); open = []; } else { lock = true; setTimeout(() => { open = []; lock = false; show(); }, 750); } }
  return true;
}
function won() { return found.length === 8; }
function hint() { if (open.length === 1) return cells.findIndex((v, i) => v === cells[open[0]] && i !== open[0]); return cells.findIndex((v) => !found.includes(v)); }
function steer() { return -1; }
function face(i) { const up = open.includes(i) || found.includes(cells[i]); return { t: up ? "<svg viewBox='0 0 48 48' fill='currentColor' stroke='currentColor'>" + SHAPES[cells[i]] + "</svg>" : "", cls: up ? "up" : "down", hue: cells[i] / 7, id: i, say: up ? "card " + (cells[i] + 1) : "face down" }; }
const SLIDES = false;`,
};

function gameOf(brief: Brief): keyof typeof games {
  if (brief.mentions("slid|fifteen|tiles|shunt|parking|rearrang")) return "sliding";
  if (brief.mentions("lights?\\b|lamps?\\b|toggle|switch|lantern|window")) return "lights";
  if (brief.mentions("pair|memory|match|remember|cards")) return "pairs";
  return brief.random.pick(["sliding", "lights", "pairs"]);
}

function master(brief: Brief): string {
  const game = gameOf(brief);
  const c = brief.palette;
  return polished(brief, {
    lead: {
      sliding: "Slide the tiles back into order.",
      lights: "Pressing a lamp turns its neighbours too. Put them all out.",
      pairs: "Find the pairs.",
    }[game],
    hints: [
      ["← ↑ ↓ →", game === "sliding" ? "slide" : "choose"],
      ["Enter", "press"],
      ["H", "hint"],
      ["U", "undo"],
      ["N", "new"],
    ],
    body: raw`<div class="room"><div id="grid" role="grid" aria-label="Puzzle"></div><aside class="card"><div><b id="moves">0</b><span>moves</span></div><div><b id="time">0:00</b><span>time</span></div><div><b id="best">-</b><span>best</span></div>
<button id="hint">Hint</button><button id="undo">Undo</button><button id="new" class="go">New puzzle</button><p id="say"></p></aside></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:flex;gap:1.5rem;justify-content:center;align-items:center;padding-bottom:.4rem}#grid{position:relative;height:min(calc(100vh - 120px),58vw);aspect-ratio:1;padding:10px;border-radius:calc(var(--r) + 6px);background:${c.dark ? "#00000055" : c.line};box-shadow:inset 0 2px 10px #0003}
.cell{position:absolute;padding:0;border:0;border-radius:var(--r);display:grid;place-items:center;font-weight:700;font-size:clamp(1rem,4.4vmin,2.3rem);transition:transform .16s ease-out,background .25s,box-shadow .25s,opacity .25s;color:${c.onAccent};box-shadow:inset 0 -4px 0 #0003,0 3px 8px #0003}.cell:active{filter:brightness(1.1)}.cell.hole{opacity:0;pointer-events:none}
.cell.home::after{content:"";position:absolute;right:9%;top:9%;width:7px;height:7px;border-radius:50%;background:currentColor;opacity:.75}.cell.dark{background:var(--panel)!important;box-shadow:inset 0 2px 6px #0003}.cell.lit{box-shadow:0 0 22px color-mix(in srgb,${c.second} 70%,transparent),inset 0 -4px 0 #0002}.cell.down{background:repeating-linear-gradient(45deg,var(--accent) 0 7px,var(--third) 7px 14px)!important}.cell.up{background:var(--panel)!important}.cell.up svg{width:64%;color:var(--tone)}
.cell.tip{animation:tip .5s 3 alternate}@keyframes tip{to{box-shadow:0 0 0 5px var(--ink)}}.done .cell:not(.hole){animation:wave .6s calc(var(--i)*38ms) both}@keyframes wave{50%{filter:brightness(1.35)}}aside{padding:1rem 1.1rem;width:min(11rem,26vw);display:flex;flex-direction:column;gap:clamp(.25rem,1.4vh,.7rem)}aside div b{font-size:1.35rem;font-variant-numeric:tabular-nums;margin-right:.4rem}aside span,#say{color:var(--muted);font-size:.85rem}#say{min-height:1.4em}`,
    script: raw`
const SIZE = 4, C = ${inline(c)};${rngScript}${pingScript}
let R = rng(${brief.seed}), moves = 0, past = [], begun = 0, at = 0, best = 0, done = false;
${games[game]}
const $ = (id) => document.getElementById(id), grid = $("grid"), els = {};
function mix(h) { return C.ramp[Math.max(0, Math.min(5, Math.round(h * 5)))]; }
function show() {
  const px = (100 - 3.2) / N;
  for (let i = 0; i < N * N; i++) {
    const f = face(i), id = "c" + f.id; let e = els[id];
    if (!e) { e = document.createElement("button"); e.setAttribute("role", "gridcell"); e.onclick = () => press(Number(e.dataset.at)); grid.appendChild(e); els[id] = e; }
    e.className = "cell " + f.cls; if (e.dataset.face !== f.t) { e.innerHTML = f.t; e.dataset.face = f.t; } e.dataset.at = i; e.style.setProperty("--i", i); e.style.setProperty("--tone", mix(f.hue));
    e.style.width = e.style.height = px - 1.1 + "%"; e.style.left = e.style.top = "1.9%"; e.style.background = mix(f.hue);
    const step = (100 * px) / (px - 1.1); e.style.transform = "translate(" + (i % N) * step + "%," + Math.floor(i / N) * step + "%)";
    e.tabIndex = i === at ? 0 : -1; e.setAttribute("aria-label", "Row " + (Math.floor(i / N) + 1) + " column " + ((i % N) + 1) + ", " + f.say);
  }
  $("moves").textContent = moves; $("best").textContent = best || "-";
}
function press(i) {
  if (done || i < 0) return;
  const keep = cells.slice(); if (!act(i)) return;
  past.push([keep, i]); moves++; if (!begun) begun = Date.now(); $("say").textContent = ""; finish(); show();
}
function finish() { if (won() && !done) { done = true; grid.classList.add("done"); best = best ? Math.min(best, moves) : moves; $("say").textContent = "Solved in " + moves + " moves."; ping("Solved in " + moves + " moves"); } }
function fresh() { moves = 0; past = []; begun = 0; done = false; grid.classList.remove("done"); deal(); at = 0; $("say").textContent = ""; $("time").textContent = "0:00"; show(); }
function undo() { const p = past.pop(); if (!p || done) return; if (SLIDES) act(p[0].indexOf(0)); else if (typeof presses !== "undefined") act(p[1]); else return; moves++; show(); }
function tip() { const i = hint(), e = i >= 0 && [...grid.children].find((x) => Number(x.dataset.at) === i); if (e) { e.classList.remove("tip"); void e.offsetWidth; e.classList.add("tip"); ping(e.getAttribute("aria-label")); } }
$("hint").onclick = tip; $("undo").onclick = undo; $("new").onclick = fresh;
addEventListener("keydown", (e) => {
  const k = e.key.toLowerCase(), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -N, ArrowDown: N }[e.key];
  if (step) { e.preventDefault(); if (SLIDES) press(steer(e.key)); else if (at + step >= 0 && at + step < N * N) { at += step; show(); [...grid.children].find((x) => Number(x.dataset.at) === at).focus(); } }
  if (k === "h") tip(); if (k === "u") undo(); if (k === "n") fresh();
});
setInterval(() => { if (begun && !done) { const s = Math.floor((Date.now() - begun) / 1000); $("time").textContent = Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0"); } }, 250);
fresh();`,
  });
}

function artisan(brief: Brief): string {
  const c = brief.palette;
  const game = gameOf(brief);
  const size = game === "sliding" ? brief.random.pick([3, 4]) : 4;
  const side = game === "lights" ? size + 1 : size;
  return solid(brief, {
    lead: { sliding: "Click a tile next to the gap.", lights: "Put out all the lights.", pairs: "Find all pairs." }[
      game
    ],
    body: raw`<div id="g"></div><p>Moves: <b id="m">0</b> <button id="n">New game</button> <b id="w"></b></p>`,
    style: raw`main{text-align:center}#g{display:inline-grid;grid-template-columns:repeat(${side},calc((100vh - 190px)/${side}));gap:5px;background:${c.line};padding:8px;border-radius:8px}#g button{aspect-ratio:1;padding:0;font-size:24px;font-weight:bold;background:${c.accent};color:${c.onAccent};border:0}#g .hole{visibility:hidden}#g .dark{background:${c.panel}}#g .lit{background:${c.second}}#g .up{background:${c.panel};color:${c.accent}}#g svg{width:60%}p{margin:8px}`,
    script: raw`
const SIZE = ${size};${rngScript}
const R = rng(${brief.seed});
${games[game]}
let moves = 0;
function show() {
  document.getElementById("g").innerHTML = cells.map((_, i) => { const f = face(i); return '<button data-i="' + i + '" class="' + f.cls + '">' + f.t + "</button>"; }).join("");
  document.getElementById("m").textContent = moves; document.getElementById("w").textContent = won() && moves ? "Solved!" : "";
}
document.getElementById("g").onclick = (e) => { const b = e.target.closest("button"); if (b && act(Number(b.dataset.i))) { moves++; show(); } };
document.getElementById("n").onclick = () => { deal(); moves = 0; show(); };
deal(); show();`,
  });
}

function apprentice(brief: Brief): string {
  const on = brief.random.pick(["gold", "orange", "lightgreen", "salmon"]);
  const side = brief.random.int(4, 5);
  return plain(brief, {
    lead: "Turn all the lights off.",
    body: `<table id="t"></table>`,
    style: `table{border-spacing:4px;margin:0 auto}td{width:${brief.random.int(42, 50)}px;height:44px;background:#333;cursor:pointer}td.on{background:${on}}`,
    script: raw`
var n = ${side}, t = document.getElementById("t"), start = ${inline(Array.from({ length: side * side }, () => brief.random.int(0, 1)))}, h = "";
for (var r = 0; r < n; r++) { h += "<tr>"; for (var k = 0; k < n; k++) h += "<td class='" + (start[r * n + k] ? "on" : "") + "' onclick='hit(" + r + "," + k + ")'></td>"; h += "</tr>"; }
t.innerHTML = h;
function flip(r, k) { if (t.rows[r] && t.rows[r].cells[k]) t.rows[r].cells[k].classList.toggle("on"); }
function hit(r, k) { flip(r, k); flip(r - 1, k); flip(r + 1, k); flip(r, k - 1); flip(r, k + 1); }`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  const numbers = brief.random.shuffled([1, 2, 3, 4, 5, 6, 7, 8]);
  return rough(brief, {
    body: `${numbers.map((number, index) => `<button onclick="move(this)">${number}</button>${index % 3 === 2 ? "<br>" : ""}`).join("")}<button>&nbsp;</button><p>put numbers in order</p>`,
    script: raw`
var empty = 8;
function move(b) { ${broken ? "swap(b, grid[empty]);" : `b.innerHTML = ${brief.random.pick(['"*"', '""', "Number(b.innerHTML) + 1"])};`} }`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const puzzle: PageMaker = (brief) => hands[brief.skill](brief);
