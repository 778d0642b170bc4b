// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/interface.ts] -> worker/rehearsal/pages/document.ts
// A screen to work in: a board of cards, or a control panel with live readings and a command bar.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript } from "./stage.ts";

const things = ["Lights", "Pump", "Heating", "Blinds", "Fans", "Gate", "Beacon", "Sprinklers", "Mixer", "Archive"];
const jobs = ["Check", "Order", "Repair", "Plan", "Count", "Label", "Clean", "Sketch", "Weigh", "Call about"];

function master(brief: Brief): string {
  return brief.mentions("kanban|cards|tasks?\\b|columns?|backlog|to-do|planner|board")
    ? masterCards(brief)
    : masterPanel(brief);
}

function masterCards(brief: Brief): string {
  const { random } = brief;
  const nouns = brief.labels(9, things);
  const columns = random.pick([
    ["Waiting", "In hand", "Done"],
    ["Ideas", "This week", "Finished"],
    ["To look at", "Under way", "Closed"],
  ]);
  const cards = nouns.map((noun, index) => ({
    t: `${random.pick(jobs)} ${noun.toLowerCase()}`,
    col: index < 4 ? 0 : index < 7 ? 1 : 2,
    p: random.int(0, 2),
    d: random.int(1, 14),
  }));
  return polished(brief, {
    lead: "Drag a card, or move it with the keys.",
    hints: [
      ["↑ ↓", "choose"],
      ["← →", "move card"],
      ["N", "new"],
      ["F", "find"],
      ["Del", "remove"],
    ],
    body: raw`<div class="bar tools"><input id="find" placeholder="Find a card" aria-label="Find a card"><div id="tags" class="bar"></div><button id="new" class="go">New card</button><span id="sum"></span></div>
<div class="cols">${columns.map((name, index) => `<section data-col="${index}" aria-label="${name}"><h2>${name} <em></em></h2><ul></ul></section>`).join("")}</div>${liveRegion}`,
    style: raw`.tools{padding-bottom:.6rem}#find{padding:.4rem .8rem;border:1px solid var(--line);border-radius:99px;background:var(--panel);width:min(15rem,30vw)}#sum{margin-left:auto;color:var(--muted);font-size:.85rem}#tags button{font-size:.78rem;padding:.15rem .6rem;border-radius:99px}
.cols{flex:1;min-height:0;display:grid;grid-template-columns:repeat(3,1fr);gap:.8rem;padding-bottom:.5rem}section{background:color-mix(in srgb,var(--line) 45%,transparent);border-radius:calc(var(--r) + 4px);padding:.6rem;display:flex;flex-direction:column;min-height:0;transition:background .2s}section.over{background:color-mix(in srgb,var(--accent) 22%,transparent)}
h2{font-size:.9rem;display:flex;justify-content:space-between;padding:.1rem .3rem .5rem}h2 em{font-style:normal;color:var(--muted);font-weight:500}ul{list-style:none;padding:2px;overflow:auto;display:flex;flex-direction:column;gap:.45rem;flex:1;min-height:0}
li{flex:none;background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:var(--r);padding:.5rem .7rem;cursor:grab;box-shadow:0 1px 3px #0000001c;transition:transform .15s,box-shadow .15s,opacity .2s;animation:rise .3s}li:hover{transform:translateY(-1px);box-shadow:0 5px 14px #0002}li.drag{opacity:.35}li.dim{opacity:.18}li b{display:block;font-weight:600;line-height:1.3}
li small{display:flex;justify-content:space-between;color:var(--muted);font-size:.76rem;margin-top:.15rem}li[data-done] b{text-decoration:line-through;color:var(--muted)}@keyframes rise{from{opacity:0;transform:translateY(8px)}}[contenteditable]{outline:none;min-height:1.3em}`,
    script: raw`
let cards = ${inline(cards)}, sel = 0, filter = -1, drag = null;${pingScript}
const $ = (id) => document.getElementById(id), COLS = ${inline(columns)}, TONES = ${inline([brief.palette.muted, brief.palette.second, brief.palette.accent])}, RANK = ["calm", "soon", "urgent"];
const lists = [...document.querySelectorAll("section")];
function show(focus) {
  const q = $("find").value.toLowerCase();
  lists.forEach((s, c) => {
    const mine = cards.map((k, i) => [k, i]).filter((p) => p[0].col === c);
    s.querySelector("em").textContent = mine.length;
    s.querySelector("ul").innerHTML = mine.map((p) => '<li tabindex="0" draggable="true" data-i="' + p[1] + '" style="--tone:' + TONES[p[0].p] + '"' + (c === 2 ? " data-done" : "") + ' class="' + ((q && !p[0].t.toLowerCase().includes(q)) || (filter >= 0 && p[0].p !== filter) ? "dim" : "") + '"><b></b><small><span>' + RANK[p[0].p] + "</span><span>" + (c === 2 ? "done" : p[0].d + " d left") + "</span></small></li>").join("");
    s.querySelectorAll("li").forEach((li) => { li.querySelector("b").textContent = cards[li.dataset.i].t; });
  });
  $("sum").textContent = cards.filter((k) => k.col === 2).length + " of " + cards.length + " done";
  if (focus) { const li = document.querySelector('li[data-i="' + sel + '"]'); if (li) li.focus(); }
}
function move(i, by) { const k = cards[i]; if (!k) return; const to = Math.max(0, Math.min(2, k.col + by)); if (to !== k.col) { k.col = to; ping(k.t + ": " + COLS[to]); } sel = i; show(true); }
function edit(li) {
  const b = li.querySelector("b"), i = Number(li.dataset.i); li.draggable = false; b.contentEditable = "true"; b.focus(); getSelection().selectAllChildren(b);
  b.onblur = () => { cards[i].t = b.textContent.trim() || "Untitled card"; show(); }; b.onkeydown = (e) => { e.stopPropagation(); if (e.key === "Enter" || e.key === "Escape") { e.preventDefault(); b.blur(); } };
}
function add() { cards.unshift({ t: "New card", col: 0, p: 1, d: 7 }); sel = 0; show(); edit(document.querySelector('li[data-i="0"]')); }
$("tags").innerHTML = RANK.map((r, i) => '<button aria-pressed="false" data-f="' + i + '">' + r + "</button>").join("");
$("tags").onclick = (e) => { const f = e.target.dataset.f; if (f === undefined) return; filter = filter === Number(f) ? -1 : Number(f); $("tags").querySelectorAll("button").forEach((b, i) => b.setAttribute("aria-pressed", String(i === filter))); show(); };
$("new").onclick = add; $("find").oninput = () => show();
document.addEventListener("dblclick", (e) => { const li = e.target.closest("li"); if (li) edit(li); });
document.addEventListener("focusin", (e) => { if (e.target.dataset && e.target.dataset.i) sel = Number(e.target.dataset.i); });
document.addEventListener("dragstart", (e) => { drag = e.target.closest("li"); if (drag) drag.classList.add("drag"); });
document.addEventListener("dragend", () => { lists.forEach((s) => s.classList.remove("over")); show(); });
lists.forEach((s, c) => {
  s.addEventListener("dragover", (e) => { e.preventDefault(); lists.forEach((o) => o.classList.toggle("over", o === s)); });
  s.addEventListener("drop", (e) => { e.preventDefault(); if (drag) { cards[drag.dataset.i].col = c; show(); } });
});
addEventListener("keydown", (e) => {
  if (e.target.tagName === "INPUT") { if (e.key === "Escape") { e.target.value = ""; show(); e.target.blur(); } return; }
  const all = [...document.querySelectorAll("li")], at = all.indexOf(document.activeElement);
  if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); const n = all[Math.max(0, Math.min(all.length - 1, at + (e.key === "ArrowDown" ? 1 : -1)))]; if (n) n.focus(); }
  if (at >= 0 && e.key === "ArrowRight") move(sel, 1); if (at >= 0 && e.key === "ArrowLeft") move(sel, -1);
  if (at >= 0 && e.key === "Enter") { e.preventDefault(); edit(all[at]); } if (at >= 0 && e.key === "Delete") { cards.splice(sel, 1); show(); }
  if (e.key === "n") { e.preventDefault(); add(); } if (e.key === "f") { e.preventDefault(); $("find").focus(); }
});
show();`,
  });
}

function masterPanel(brief: Brief): string {
  const nouns = brief.labels(6, things);
  const rooms = nouns.map((name) => ({
    name,
    on: brief.random.chance(0.65),
    level: brief.random.int(18, 92),
    base: brief.random.int(20, 80),
  }));
  return polished(brief, {
    lead: "Turn, switch, and watch the readings answer.",
    hints: [
      ["Tab", "choose"],
      ["↑ ↓", "turn"],
      ["Space", "switch"],
      ["K", "command bar"],
    ],
    body: raw`<div class="bar scenes" role="group" aria-label="Scenes"><button data-scene="all">Everything on</button><button data-scene="half">Quiet</button><button data-scene="none">All off</button><span id="load"></span></div>
<div class="grid" id="grid"></div><div id="cmd" class="card" hidden><input placeholder="Type a command, such as a name or 'quiet'" aria-label="Command"><ul></ul></div>${liveRegion}`,
    style: raw`.scenes{padding-bottom:.6rem}#load{margin-left:auto;color:var(--muted);font-variant-numeric:tabular-nums}.grid{flex:1;min-height:0;display:grid;grid-template-columns:repeat(3,1fr);grid-template-rows:repeat(2,1fr);gap:.8rem;padding-bottom:.4rem}
.tile{position:relative;padding:clamp(.4rem,1.8vh,1rem);display:grid;grid-template-columns:auto 1fr;grid-template-rows:auto 1fr;gap:.2rem .9rem;overflow:hidden;transition:opacity .3s,border-color .3s;min-height:0}.tile.off{opacity:.62}.tile h2{font-size:.95rem;grid-column:1/3;display:flex;justify-content:space-between;align-items:center}
.knob{width:min(96px,13vh,11vw);aspect-ratio:1;border-radius:50%;padding:0;position:relative;cursor:ns-resize;align-self:center;background:conic-gradient(from 225deg,var(--accent) calc(var(--v)*2.7deg),var(--line) 0 270deg,transparent 0);touch-action:none;border:0}.knob::before{content:"";position:absolute;inset:11%;border-radius:50%;background:var(--panel);box-shadow:inset 0 -5px 12px #0002,0 2px 6px #0003}
.knob::after{content:"";position:absolute;left:50%;top:50%;width:3px;height:30%;margin-left:-1.5px;border-radius:2px;background:var(--ink);transform-origin:50% 0;transform:rotate(calc(45deg + var(--v)*2.7deg))}.knob span{position:absolute;inset:auto 0 -2px;font-size:.72rem;color:var(--muted);z-index:2}@media(max-height:480px){.knob span{display:none}}
.sw{width:40px;height:22px;border-radius:11px;padding:0;position:relative;border:1px solid var(--line);background:var(--line)}.sw::after{content:"";position:absolute;top:2px;left:2px;width:16px;height:16px;border-radius:50%;background:var(--panel);transition:left .18s;box-shadow:0 1px 3px #0005}.sw[aria-checked=true]{background:var(--accent)}.sw[aria-checked=true]::after{left:20px}
.tile svg{width:100%;height:100%;min-height:0;display:block;align-self:stretch}.read{position:absolute;right:.9rem;bottom:.5rem;font:700 clamp(1rem,2.6vw,1.7rem)/1 ui-monospace,Menlo,"DejaVu Sans Mono",monospace;letter-spacing:-.04em}.read small{font-size:.5em;color:var(--muted)}
#cmd{position:absolute;left:50%;top:8%;translate:-50%;width:min(28rem,84vw);padding:.6rem;z-index:9;box-shadow:0 30px 80px #0007}#cmd input{width:100%;padding:.5rem .7rem;border:0;border-bottom:1px solid var(--line);background:none;outline:none}#cmd ul{list-style:none;padding:.3rem 0 0}#cmd li{padding:.3rem .7rem;border-radius:6px}#cmd li:first-child{background:color-mix(in srgb,var(--accent) 20%,transparent)}`,
    script: raw`
const T = ${inline(rooms)};${rngScript}${pingScript}
const R = rng(${brief.seed}), $ = (id) => document.getElementById(id);
T.forEach((t) => { t.now = t.on ? t.level : 0; t.hist = Array.from({ length: 48 }, (_, k) => Math.max(2, Math.min(98, t.now + Math.sin(k / 6 + t.base) * (t.on ? 9 : 2) + (R() - 0.5) * 7))); });
$("grid").innerHTML = T.map((t, i) => '<article class="card tile" data-i="' + i + '"><h2><span></span><button class="sw" role="switch" aria-label="On or off"></button></h2><button class="knob" role="slider" aria-valuemin="0" aria-valuemax="100"><span></span></button><svg viewBox="0 0 100 40" preserveAspectRatio="none"><path class="fillp" fill="var(--accent)" opacity=".16"/><path class="linep" fill="none" stroke="var(--accent)" stroke-width="2" vector-effect="non-scaling-stroke"/></svg><div class="read"></div></article>').join("");
const tiles = [...document.querySelectorAll(".tile")];
tiles.forEach((el, i) => { el.querySelector("h2 span").textContent = T[i].name; el.querySelector(".knob").setAttribute("aria-label", T[i].name); });
function set(i, v) { T[i].level = Math.max(0, Math.min(100, Math.round(v))); if (T[i].level > 0) T[i].on = true; show(i); }
function flip(i, to) { T[i].on = to === undefined ? !T[i].on : to; show(i); ping(T[i].name + (T[i].on ? " on" : " off")); }
function show(i) {
  const t = T[i], el = tiles[i], knob = el.querySelector(".knob");
  el.classList.toggle("off", !t.on); el.querySelector(".sw").setAttribute("aria-checked", String(t.on));
  knob.style.setProperty("--v", t.on ? t.level : 0); knob.setAttribute("aria-valuenow", t.level); knob.firstElementChild.textContent = t.on ? "set " + t.level : "off";
}
function tick() {
  T.forEach((t, i) => {
    t.now += ((t.on ? t.level : 0) - t.now) * 0.12; t.hist.push(Math.max(1, Math.min(99, t.now + (R() - 0.5) * (t.on ? 7 : 1)))); t.hist.shift();
    const p = t.hist.map((v, k) => ((k * 100) / 47).toFixed(1) + " " + (39 - v * 0.38).toFixed(1)).join("L"), el = tiles[i];
    el.querySelector(".linep").setAttribute("d", "M" + p); el.querySelector(".fillp").setAttribute("d", "M" + p + "L100 40L0 40Z"); el.querySelector(".read").innerHTML = t.now.toFixed(0) + "<small> %</small>";
  });
  $("load").textContent = T.filter((t) => t.on).length + " of " + T.length + " on, load " + (T.reduce((s, t) => s + t.now, 0) / T.length).toFixed(0) + " %";
}
function scene(k) { T.forEach((t, i) => { if (k === "none") flip(i, false); else { t.on = true; t.level = k === "all" ? 60 + Math.floor(R() * 40) : 12 + Math.floor(R() * 18); show(i); } }); }
document.addEventListener("click", (e) => { const el = e.target.closest(".tile"); if (e.target.classList.contains("sw")) flip(tiles.indexOf(el)); if (e.target.dataset.scene) scene(e.target.dataset.scene); });
tiles.forEach((el, i) => {
  const knob = el.querySelector(".knob"); let y = null, from = 0;
  knob.addEventListener("pointerdown", (e) => { y = e.clientY; from = T[i].level; knob.setPointerCapture(e.pointerId); }); knob.addEventListener("pointermove", (e) => { if (y !== null) set(i, from + (y - e.clientY) * 0.7); }); knob.addEventListener("pointerup", () => { y = null; });
  knob.addEventListener("wheel", (e) => { e.preventDefault(); set(i, T[i].level - Math.sign(e.deltaY) * 4); }, { passive: false });
  knob.addEventListener("keydown", (e) => { const d = { ArrowUp: 4, ArrowRight: 4, ArrowDown: -4, ArrowLeft: -4 }[e.key]; if (d) { e.preventDefault(); set(i, T[i].level + d); } if (e.key === " ") { e.preventDefault(); flip(i); } });
});
const cmd = $("cmd"), box = cmd.querySelector("input");
function options() { const q = box.value.toLowerCase(); return [["Everything on", () => scene("all")], ["Quiet", () => scene("half")], ["All off", () => scene("none")]].concat(T.map((t, i) => ["Switch " + t.name, () => flip(i)])).filter((o) => o[0].toLowerCase().includes(q)).slice(0, 5); }
function list() { cmd.querySelector("ul").innerHTML = options().map(() => "<li></li>").join(""); options().forEach((o, k) => { cmd.querySelectorAll("li")[k].textContent = o[0]; }); }
box.oninput = list; box.onblur = () => { cmd.hidden = true; };
box.onkeydown = (e) => { e.stopPropagation(); if (e.key === "Enter") { const o = options()[0]; if (o) o[1](); } if (e.key === "Enter" || e.key === "Escape") box.blur(); };
addEventListener("keydown", (e) => { if (e.key === "k" || e.key === "K") { e.preventDefault(); cmd.hidden = false; box.value = ""; list(); box.focus(); } });
T.forEach((_, i) => show(i)); tick(); setInterval(tick, 120);`,
  });
}

function artisan(brief: Brief): string {
  const names = brief.labels(4, things);
  return solid(brief, {
    body: raw`<nav>${["Overview", "Settings", "Log"].map((tab, index) => `<button data-tab="${index}"${index === 0 ? ' class="on"' : ""}>${tab}</button>`).join("")}</nav>
<div class="card pane"><h3>Overview</h3>${names.map((name) => `<p>${escapeHtml(name)} <progress max="100" value="${brief.random.int(15, 95)}"></progress></p>`).join("")}</div>
<div class="card pane" hidden><h3>Settings</h3>${names.map((name, index) => `<p><label><input type="checkbox"${index % 2 === 0 ? " checked" : ""}> ${escapeHtml(name)}</label> <input type="range"></p>`).join("")}</div>
<div class="card pane" hidden><h3>Log</h3><ul id="log"><li>Started</li></ul></div>`,
    style: raw`nav button{border-radius:6px 6px 0 0;border-bottom:0}nav .on{background:${brief.palette.accent};color:${brief.palette.onAccent}}h3{margin:0 0 8px}p{display:flex;justify-content:space-between;margin:9px 0;max-width:460px}progress{width:200px;accent-color:${brief.palette.accent}}`,
    script: raw`
const panes = document.querySelectorAll(".pane"), tabs = document.querySelectorAll("nav button");
tabs.forEach((b, i) => { b.onclick = () => { panes.forEach((p, k) => { p.hidden = k !== i; }); tabs.forEach((t, k) => t.classList.toggle("on", k === i)); }; });
document.querySelectorAll("[type=checkbox]").forEach((c) => { c.onchange = () => { const li = document.createElement("li"); li.textContent = c.parentNode.textContent.trim() + (c.checked ? " on" : " off"); document.getElementById("log").appendChild(li); }; });`,
  });
}

function apprentice(brief: Brief): string {
  const names = brief.labels(brief.random.int(4, 6), things);
  return plain(brief, {
    body: `<table>${names.map((name) => `<tr><td>${escapeHtml(name)}</td><td><button onclick="this.innerHTML=this.innerHTML=='On'?'Off':'On'">${brief.random.pick(["On", "Off"])}</button></td><td><input type="range"></td></tr>`).join("")}</table>`,
    style: "table{margin:10px auto}td{padding:6px 14px;border-bottom:1px solid #ccc}",
  });
}

function novice(brief: Brief): string {
  const names = brief.labels(brief.random.int(3, 5), things);
  const broken = brief.random.chance(0.4);
  return rough(brief, {
    body: `<p>${["home", "settings", "help"].map((name) => `<a href="#">${name}</a>`).join(" | ")}</p><ul>${names.map((name) => `<li>${escapeHtml(name)} <button onclick="toggle()">click</button></li>`).join("")}</ul>`,
    script: broken ? `showTab(0);` : `var on = 0; function toggle() { on = 1; }`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const interfacePage: PageMaker = (brief) => hands[brief.skill](brief);
