// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/board-game.ts] -> worker/rehearsal/pages/document.ts
// A game for two on a board: discs that flip, or four in a row, against an opponent that thinks a few moves ahead.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript } from "./stage.ts";

const reversi = raw`
const W = 8, H = 8, DIRS = [-9, -8, -7, -1, 1, 7, 8, 9];
const WORTH = [80,-20,12,6,6,12,-20,80,-20,-30,-4,-4,-4,-4,-30,-20,12,-4,3,2,2,3,-4,12,6,-4,2,1,1,2,-4,6];
function worth(i) { return WORTH[i < 32 ? i : 63 - i]; }
function open() { const b = Array(64).fill(0); b[27] = b[36] = 2; b[28] = b[35] = 1; return b; }
function flips(b, i, s) {
  const all = [];
  if (b[i]) return all;
  for (const d of DIRS) {
    const run = []; let p = i;
    for (;;) {
      const c = p % 8, n = p + d;
      if (n < 0 || n > 63 || Math.abs((n % 8) - c) > 1 || !b[n]) break;
      if (b[n] === s) { all.push(...run); break; }
      run.push(n); p = n;
    }
  }
  return all;
}
function legal(b, s) { const out = []; for (let i = 0; i < 64; i++) if (flips(b, i, s).length) out.push(i); return out; }
function apply(b, m, s) { const n = b.slice(); for (const i of flips(b, m, s)) n[i] = s; n[m] = s; return n; }
function count(b, s) { return b.filter((v) => v === s).length; }
function result(b) {
  if (legal(b, 1).length || legal(b, 2).length) return 0;
  return Math.sign(count(b, 1) - count(b, 2)) === 0 ? 3 : count(b, 1) > count(b, 2) ? 1 : 2;
}
function value(b, s) { let v = 0; for (let i = 0; i < 64; i++) if (b[i]) v += b[i] === s ? worth(i) : -worth(i); return v + 4 * (legal(b, s).length - legal(b, 3 - s).length); }
function snap(b, i) { return i; }
const DEPTH = 3, LEAD = 8;`;

const fourInARow = raw`
const W = 7, H = 6, LINES = [];
for (let y = 0; y < H; y++) for (let x = 0; x < W; x++) for (const d of [[1, 0], [0, 1], [1, 1], [-1, 1]]) {
  const ex = x + d[0] * 3, ey = y + d[1] * 3;
  if (ex >= 0 && ex < W && ey < H) LINES.push([0, 1, 2, 3].map((k) => (y + d[1] * k) * W + x + d[0] * k));
}
function open() { return Array(W * H).fill(0); }
function legal(b) { if (result(b)) return []; return [3, 2, 4, 1, 5, 0, 6].map((c) => snap(b, c)).filter((i) => i >= 0); }
function snap(b, i) { for (let y = H - 1; y >= 0; y--) if (!b[y * W + (i % W)]) return y * W + (i % W); return -1; }
function apply(b, m, s) { const n = b.slice(); n[m] = s; return n; }
function count(b, s) { return b.filter((v) => v === s).length; }
function result(b) {
  for (const l of LINES) if (b[l[0]] && l.every((i) => b[i] === b[l[0]])) return b[l[0]];
  return b.every(Boolean) ? 3 : 0;
}
function value(b, s) {
  let v = 0;
  for (const l of LINES) { let mine = 0, theirs = 0; for (const i of l) { if (b[i] === s) mine++; else if (b[i]) theirs++; } if (!theirs) v += mine * mine; if (!mine) v -= theirs * theirs; }
  return v;
}
const DEPTH = 5, LEAD = 5;`;

function isFour(brief: Brief): boolean {
  if (brief.mentions("four|drop|in a row|stack")) return true;
  return !brief.mentions("captur|flip|turn(?:s|ed) over|outflank|enclos|reversi|eight") && brief.seed % 5 < 2;
}

function master(brief: Brief): string {
  const four = isFour(brief);
  const [first, second] = brief.labels(2, ["Ember", "Tide", "Moss", "Slate", "Amber", "Cobalt", "Cedar", "Frost"]);
  const names = ["", first, second];
  return polished(brief, {
    lead: four
      ? "Four in a row wins. Pieces fall to the lowest free square."
      : "Enclose a line of discs to turn them over.",
    hints: [
      ["← ↑ ↓ →", "choose"],
      ["Enter", "place"],
      ["U", "undo"],
      ["N", "new game"],
    ],
    body: raw`<div class="room"><div id="board" role="grid" aria-label="Board"></div>
<aside class="card"><div class="side" id="s1"><i class="disc a"></i><b>${escapeHtml(names[1] ?? "")}</b><span></span></div>
<div class="side" id="s2"><i class="disc b"></i><b>${escapeHtml(names[2] ?? "")}</b><span></span></div>
<p id="say"></p><div class="meter"><i id="share"></i></div><ol id="log"></ol>
<div class="bar"><button id="undo">Undo</button><button id="fresh" class="go">New game</button></div></aside></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:flex;gap:1.4rem;justify-content:center;align-items:center;padding-bottom:.4rem}
#board{--n:${four ? 7 : 8};--m:${four ? 6 : 8};height:min(100vh - 118px,62vw);aspect-ratio:var(--n)/var(--m);display:grid;grid-template-columns:repeat(var(--n),1fr);gap:clamp(2px,.5vmin,5px);padding:clamp(5px,1.2vmin,12px);
  border-radius:calc(var(--r) + 4px);background:linear-gradient(150deg,var(--accent),var(--third));box-shadow:0 14px 40px #0004}
.cell{padding:0;border:0;border-radius:${four ? "50%" : "6px"};background:${brief.palette.panel};display:grid;place-items:center;min-width:0;min-height:0;position:relative;perspective:300px}
.cell:hover{filter:brightness(1.08)}.cell:active{transform:none}.cell.can::after{content:"";width:24%;height:24%;border-radius:50%;background:var(--accent);opacity:.5}
.cell:focus-visible{outline:3px solid var(--ink);outline-offset:-2px;z-index:2}
.disc{display:block;width:82%;height:82%;border-radius:50%;transition:transform .35s,background .2s;box-shadow:inset 0 -4px 8px #0005,inset 0 3px 6px #fff5,0 2px 5px #0004}
.disc.a{background:${brief.palette.second}}.disc.b{background:${brief.palette.ink}}.disc.turn{animation:turn .4s}.disc.new{animation:${four ? "fall .38s cubic-bezier(.4,.1,.7,1)" : "pop .25s"}}
.cell.last .disc{outline:2px solid var(--accent);outline-offset:2px}.cell.won .disc{animation:beat .7s infinite alternate}
@keyframes turn{from{transform:rotateY(180deg)}}@keyframes pop{from{transform:scale(0)}}@keyframes fall{from{transform:translateY(-420%)}}@keyframes beat{to{transform:scale(.82)}}
aside{width:min(15rem,32vw);padding:.9rem;display:flex;flex-direction:column;gap:.55rem;max-height:100%;overflow:hidden}.side{display:flex;align-items:center;gap:.5rem;padding:.3rem .45rem;border-radius:var(--r)}
.side .disc{width:20px;height:20px}.side span{margin-left:auto;font-variant-numeric:tabular-nums;font-weight:700}.side.now{background:color-mix(in srgb,var(--accent) 18%,transparent)}
.meter{height:6px;border-radius:3px;background:${brief.palette.ink};overflow:hidden}.meter i{display:block;height:100%;background:${brief.palette.second};transition:width .4s}
#say{min-height:1.4em;font-size:.9rem;color:var(--muted)}#log{flex:1;min-height:0;overflow:hidden;font-size:.78rem;color:var(--muted);padding-left:1.4rem;line-height:1.35}@media(max-height:420px){#log{display:none}}`,
    script: raw`
const NAMES = ${inline(names)};${rngScript}${four ? fourInARow : reversi}${pingScript}
const R = rng(${brief.seed});
const $ = (id) => document.getElementById(id);
let board, side, past, at = Math.floor(W * H / 2), last = -1, busy = false;
$("board").innerHTML = Array.from({ length: W * H }, (_, i) => '<button class="cell" role="gridcell" tabindex="-1" data-i="' + i + '"></button>').join("");
const cells = [...document.querySelectorAll(".cell")];
function name(i) { return "abcdefgh"[i % W] + (Math.floor(i / W) + 1); }
function search(b, s, depth, low, high) {
  const end = result(b);
  if (end) return end === 3 ? 0 : end === s ? 9000 + depth : -9000 - depth;
  if (!depth) return value(b, s);
  const moves = legal(b, s);
  if (!moves.length) return -search(b, 3 - s, depth - 1, -high, -low);
  for (const m of moves) { low = Math.max(low, -search(apply(b, m, s), 3 - s, depth - 1, -high, -low)); if (low >= high) break; }
  return low;
}
function think(b, s) {
  let top = -1e9, pick = -1;
  for (const m of legal(b, s)) { const v = -search(apply(b, m, s), 3 - s, DEPTH - 1, -1e9, -top) + R() * 0.5; if (v > top) { top = v; pick = m; } }
  return pick;
}
function fresh() {
  board = open(); side = 1; past = []; last = -1; busy = false;
  for (let n = 0; n < LEAD - (LEAD % 2); n++) { const l = legal(board, side); if (!l.length) break; const m = l[Math.floor(R() * Math.min(4, l.length))]; const nb = apply(board, m, side); if (result(nb)) break; board = nb; last = m; side = 3 - side; }
  if (!legal(board, side).length) side = 3 - side;
  $("log").innerHTML = ""; show([]);
}
function show(turned) {
  const can = new Set(side === 1 && !result(board) ? legal(board, 1) : []), end = result(board);
  cells.forEach((c, i) => {
    const v = board[i];
    c.className = "cell" + (can.has(i) ? " can" : "") + (i === last ? " last" : "") + (end && end < 3 && v === end ? " won" : "");
    c.innerHTML = v ? '<i class="disc ' + (v === 1 ? "a" : "b") + (i === last ? " new" : turned.includes(i) ? " turn" : "") + '"></i>' : "";
    c.setAttribute("aria-label", name(i) + (v ? ", " + NAMES[v] : can.has(i) ? ", free" : "")); c.tabIndex = i === at ? 0 : -1;
  });
  for (const s of [1, 2]) { const e = $("s" + s); e.classList.toggle("now", side === s && !end); e.lastElementChild.textContent = count(board, s); }
  $("share").style.width = (100 * count(board, 1)) / Math.max(1, count(board, 1) + count(board, 2)) + "%";
  const text = end === 3 ? "A draw." : end ? NAMES[end] + " wins." : side === 1 ? "Your move." : NAMES[2] + " is thinking...";
  $("say").textContent = text; if (end || side === 1) ping(text);
}
function put(m) {
  const before = board, s = side;
  board = apply(board, m, s); last = m;
  const turned = board.map((v, i) => i).filter((i) => before[i] && before[i] !== board[i]);
  $("log").insertAdjacentHTML("afterbegin", "<li>" + NAMES[s] + " " + name(m) + "</li>");
  if (!result(board)) side = legal(board, 3 - s).length ? 3 - s : s;
  show(turned);
  if (!result(board) && side === 2) { busy = true; setTimeout(() => { busy = false; put(think(board, 2)); }, 480); }
}
function choose(i) {
  if (busy || side !== 1 || result(board)) return;
  const m = snap(board, i);
  if (!legal(board, 1).includes(m)) { ping("Not a legal move"); return; }
  past.push({ board: board, last: last }); put(m);
}
function undo() { const p = past.pop(); if (!p || busy) return; board = p.board; last = p.last; side = 1; show([]); }
$("board").addEventListener("click", (e) => { const c = e.target.closest(".cell"); if (c) { at = Number(c.dataset.i); choose(at); } });
$("undo").onclick = undo; $("fresh").onclick = fresh;
addEventListener("keydown", (e) => {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -W, ArrowDown: W }[e.key];
  if (step && at + step >= 0 && at + step < W * H) { e.preventDefault(); at += step; cells.forEach((c, i) => { c.tabIndex = i === at ? 0 : -1; }); cells[at].focus(); }
  if (e.key === "u" || e.key === "U") undo();
  if (e.key === "n" || e.key === "N") fresh();
});
fresh();`,
  });
}

function artisan(brief: Brief): string {
  const c = brief.palette;
  const four = isFour(brief);
  return solid(brief, {
    lead: four ? "Two players, one screen: four in a row wins." : "Two players, one screen: turn over more discs.",
    body: raw`<div class="card"><p id="say"></p><div id="board"></div><button id="again">New game</button></div>`,
    style: raw`.card{text-align:center;padding:8px}#say{margin:2px 0 6px;font-weight:bold}#board{display:inline-grid;grid-template-columns:repeat(${four ? 7 : 8},min(6.2vw,calc((100vh - 220px)/${four ? 6 : 8})));gap:${four ? 4 : 2}px;background:${c.accent};padding:8px;border-radius:10px;margin-bottom:8px}
#board div{aspect-ratio:1;border-radius:${four ? "50%" : "3px"};background:${c.panel};cursor:pointer;padding:8%}#board i{display:block;height:100%;border-radius:50%}#board .p1{background:${c.second}}#board .p2{background:${c.ink}}#again{display:block;margin:0 auto}`,
    script: raw`${four ? fourInARow : reversi}${rngScript}
let b, side;
const el = document.getElementById("board"), say = document.getElementById("say"), names = ${inline(brief.labels(2, ["First", "Second", "North", "South", "Sun", "Moon"]))};
function start() { b = open(); side = 1; const r = rng(${brief.seed}); for (let i = 0; i < ${brief.random.int(2, 6)}; i++) { const l = legal(b, side); if (!l.length) break; b = apply(b, l[Math.floor(r() * l.length)], side); side = 3 - side; } show(); }
function show() {
  el.innerHTML = b.map((v, i) => '<div data-i="' + i + '">' + (v ? '<i class="p' + v + '"></i>' : "") + "</div>").join("");
  const r = result(b);
  say.textContent = r === 3 ? "Draw" : r ? names[r - 1] + " wins!" : names[side - 1] + " to move (" + count(b, 1) + " : " + count(b, 2) + ")";
}
el.onclick = function (e) {
  const cell = e.target.closest("[data-i]");
  if (!cell || result(b)) return;
  const m = snap(b, Number(cell.dataset.i));
  if (m < 0 || !legal(b, side).includes(m)) return;
  b = apply(b, m, side); if (legal(b, 3 - side).length || result(b)) side = 3 - side; show();
};
document.getElementById("again").onclick = start;
start();`,
  });
}

function apprentice(brief: Brief): string {
  const size = brief.random.int(70, 90);
  const [one, two] = brief.random.pick([
    ["X", "O"],
    ["A", "B"],
    ["+", "o"],
  ]);
  return plain(brief, {
    lead: "Three in a row wins.",
    body: raw`<p id="msg">${one} to play</p><table id="t"></table>`,
    style: raw`table{border-collapse:collapse;margin:0 auto}td{border:2px solid #555;width:${size}px;height:${size}px;font-size:40px;text-align:center;cursor:pointer}`,
    script: raw`
var turn = "${one}", cells = ["", "", "", "", "", "", "", "", ""], over = false;
var lines = [[0,1,2],[3,4,5],[6,7,8],[0,3,6],[1,4,7],[2,5,8],[0,4,8],[2,4,6]];
var html = "";
for (var r = 0; r < 3; r++) { html += "<tr>"; for (var k = 0; k < 3; k++) html += "<td onclick='play(" + (r * 3 + k) + ", this)'></td>"; html += "</tr>"; }
document.getElementById("t").innerHTML = html;
function play(i, td) {
  if (cells[i] || over) return;
  cells[i] = turn; td.innerHTML = turn;
  for (var n = 0; n < lines.length; n++) {
    var l = lines[n];
    if (cells[l[0]] && cells[l[0]] == cells[l[1]] && cells[l[1]] == cells[l[2]]) { over = true; document.getElementById("msg").innerHTML = turn + " wins"; return; }
  }
  turn = turn == "${one}" ? "${two}" : "${one}";
  document.getElementById("msg").innerHTML = turn + " to play";
}`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  const cell = `<td width="${brief.random.int(40, 60)}" height="50" onclick="go(this)">&nbsp;</td>`;
  const row = `<tr>${cell.repeat(3)}</tr>`;
  return rough(brief, {
    body: `<table border="${brief.random.int(1, 4)}" id="board">${row.repeat(3)}</table><p>player 1 turn</p>`,
    script: raw`
var n = ${brief.random.int(0, 1)};
function go(td) {
  ${broken ? "td.innerHTML = players[n].mark;" : `td.innerHTML = "${brief.random.pick(["X", "O", "x"])}";`}
  n++;
}`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const boardGame: PageMaker = (brief) => hands[brief.skill](brief);
