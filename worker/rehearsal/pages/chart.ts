// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/chart.ts] -> worker/rehearsal/pages/document.ts
// A chart of made-up but plausible figures: the task's own nouns are the series, and the seed shapes the curves.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript } from "./stage.ts";

interface Data {
  readonly ticks: readonly string[];
  readonly unit: string;
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const hours = ["00", "02", "04", "06", "08", "10", "12", "14", "16", "18", "20", "22"];
const week = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function dataOf(brief: Brief, count: number): Data {
  const { random } = brief;
  const ticks = brief.mentions("hour|day's|daily|dawn|night")
    ? hours
    : brief.mentions("week")
      ? week
      : random.pick([months, months, week, hours]);
  const unit = brief.mentions("percent|share")
    ? "%"
    : brief.mentions("temperature|degrees|warm")
      ? "°"
      : random.pick(["", "", "k", "t"]);
  const names = brief.labels(count, [
    "North",
    "South",
    "Harbour",
    "Hill",
    "Old town",
    "Riverside",
    "Market",
    "Station",
  ]);
  const scale = unit === "%" ? 1 : random.pick([1, 3, 8]);
  const series = names.map((name) => {
    const level = random.int(14, 60);
    const swing = random.int(6, 26);
    const phase = random.float() * 6.28;
    const slope = (random.float() - 0.4) * 22;
    const values = ticks.map((_, index) => {
      const share = index / (ticks.length - 1);
      const value =
        level +
        swing * Math.sin(share * 6.28 * random.pick([1, 1, 0.9]) + phase) +
        slope * share +
        (random.float() - 0.5) * 7;
      return Math.round(Math.max(2, value) * scale * 10) / 10;
    });
    return { name, values };
  });
  return { ticks, unit, series };
}

function master(brief: Brief): string {
  const data = dataOf(brief, brief.random.int(3, 4));
  const asked = brief.mentions("area|stack") ? "stack" : brief.mentions("bar|column|histogram") ? "bars" : undefined;
  const kind = asked ?? brief.random.pick(["line", "bars", "stack"]);
  const modes = ["line", "bars", "stack"].map(
    (mode) =>
      `<button data-mode="${mode}" aria-pressed="${mode === kind}">${mode.charAt(0).toUpperCase() + mode.slice(1)}</button>`,
  );
  return polished(brief, {
    lead: "Point at it, or walk through it with the arrow keys.",
    hints: [
      ["← →", "step through"],
      ["1 2 3", "line, bars, stack"],
      ["S", "sort legend"],
    ],
    body: raw`<div class="bar tools"><div id="legend" class="bar"></div><div class="bar modes" role="group" aria-label="Kind of chart">${modes.join("")}</div></div>
<div class="card fill"><div id="chart" tabindex="0" role="img" aria-label="Chart"></div><div id="tip" class="card" hidden></div></div><div id="facts"></div>${liveRegion}`,
    style: raw`.tools{justify-content:space-between;padding-bottom:.5rem}#legend button{display:flex;align-items:center;gap:.4rem;padding:.22rem .6rem;font-size:.85rem;border-radius:99px;background:var(--panel);color:var(--ink);border-color:var(--line)}#legend button[aria-pressed=false]{opacity:.42;text-decoration:line-through}
#legend i{width:.75em;height:.75em;border-radius:50%}.modes{gap:0}.modes button{border-radius:0;margin-left:-1px;padding:.25rem .7rem;font-size:.85rem}.modes button:first-child{border-radius:var(--r) 0 0 var(--r)}.modes button:last-child{border-radius:0 var(--r) var(--r) 0}
#chart{position:absolute;inset:0}#chart svg{width:100%;height:100%;display:block;font:12px system-ui,sans-serif}#tip{position:absolute;pointer-events:none;padding:.45rem .65rem;font-size:.8rem;min-width:8.4rem;line-height:1.45;z-index:3}
#tip b{display:block}#tip span{display:flex;justify-content:space-between;gap:1rem;font-variant-numeric:tabular-nums}#facts{display:flex;gap:clamp(1rem,4vw,3rem);padding:.5rem 0 0}#facts b{display:block;font-size:clamp(1rem,2.6vw,1.5rem);letter-spacing:-.02em;font-variant-numeric:tabular-nums}#facts span{font-size:.78rem;color:var(--muted)}
@media(max-height:420px){#facts{display:none}}`,
    script: raw`
const D = ${inline(data)}, C = ${inline(brief.palette)};${pingScript}
const $ = (id) => document.getElementById(id), n = D.ticks.length;
D.series.forEach((s, i) => { s.c = [C.accent, C.second, C.third, C.muted][i]; s.on = 1; s.shown = s.values.map(() => 0); });
let mode = "${kind}", at = -1, size = [0, 0], max = 1, raf = 0;
const fmt = (v) => v.toLocaleString("en", { maximumFractionDigits: 1 }) + D.unit;
function nice(v) { const p = Math.pow(10, Math.floor(Math.log10(v))); return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((k) => k * p).find((k) => k >= v); }
function ceiling() {
  const on = D.series.filter((s) => s.on);
  if (!on.length) return 1;
  return nice(mode === "stack" ? Math.max(...D.ticks.map((_, k) => on.reduce((a, s) => a + s.values[k], 0))) : Math.max(...on.flatMap((s) => s.values)));
}
const L = 54, B = 28, T = 18, RIGHT = 18;
const X = (k) => (mode === "bars" ? L + ((k + 0.5) * (size[0] - L - RIGHT)) / n : L + 10 + (k * (size[0] - L - RIGHT - 20)) / (n - 1));
const Y = (v) => size[1] - B - (v / max) * (size[1] - B - T);
function smooth(p) {
  let d = "M" + p[0][0].toFixed(1) + " " + p[0][1].toFixed(1);
  for (let k = 1; k < p.length; k++) { const a = p[k - 1], b = p[k], m = (b[0] - a[0]) * 0.42; d += "C" + [a[0] + m, a[1], b[0] - m, b[1], b[0], b[1]].map((v) => v.toFixed(1)).join(" "); }
  return d;
}
function draw() {
  let s = "", w = size[0], h = size[1];
  for (let k = 0; k <= 5; k++) { const y = Y((max * k) / 5); s += '<line x1="' + L + '" x2="' + (w - RIGHT) + '" y1="' + y + '" y2="' + y + '" stroke="' + C.line + '"/><text x="' + (L - 8) + '" y="' + (y + 4) + '" text-anchor="end" fill="' + C.muted + '">' + fmt((ceiling() * k) / 5) + "</text>"; }
  D.ticks.forEach((t, k) => { s += '<text x="' + X(k) + '" y="' + (h - 9) + '" text-anchor="middle" fill="' + (k === at ? C.ink : C.muted) + '" font-weight="' + (k === at ? 700 : 400) + '">' + t + "</text>"; });
  if (at >= 0) s += '<line x1="' + X(at) + '" x2="' + X(at) + '" y1="' + T + '" y2="' + (h - B) + '" stroke="' + C.muted + '" stroke-dasharray="3 4"/>';
  const on = D.series.filter((q) => q.on), base = D.ticks.map(() => 0);
  on.forEach((q, i) => {
    if (mode === "bars") {
      const bw = Math.min(26, ((w - L - RIGHT) / n) * 0.74 / on.length);
      q.shown.forEach((v, k) => { const x = X(k) + (i - on.length / 2) * bw, y = Y(v); s += '<rect x="' + (x + 1) + '" y="' + y + '" width="' + Math.max(1, bw - 2) + '" height="' + Math.max(0, h - B - y) + '" rx="2.5" fill="' + q.c + '" opacity="' + (at < 0 || at === k ? 1 : 0.4) + '"/>'; });
    } else if (mode === "stack") {
      const low = base.map((b, k) => [X(k), Y(b)]); q.shown.forEach((v, k) => { base[k] += v; });
      const high = base.map((b, k) => [X(k), Y(b)]);
      s += '<path d="' + smooth(high) + "L" + smooth(low.reverse()).slice(1) + 'Z" fill="' + q.c + '" opacity=".78"/><path d="' + smooth(high) + '" fill="none" stroke="' + C.panel + '" stroke-width="2"/>';
    } else {
      const p = q.shown.map((v, k) => [X(k), Y(v)]);
      if (i === 0) s += '<path d="' + smooth(p) + "L" + X(n - 1) + " " + (h - B) + "L" + X(0) + " " + (h - B) + 'Z" fill="' + q.c + '" opacity=".13"/>';
      s += '<path d="' + smooth(p) + '" fill="none" stroke="' + q.c + '" stroke-width="2.6" stroke-linecap="round"/>';
      p.forEach((o, k) => { s += '<circle cx="' + o[0] + '" cy="' + o[1] + '" r="' + (k === at ? 5.5 : 2.6) + '" fill="' + (k === at ? q.c : C.panel) + '" stroke="' + q.c + '" stroke-width="2"/>'; });
    }
  });
  $("chart").innerHTML = '<svg viewBox="0 0 ' + w + " " + h + '">' + s + "</svg>";
  tip(on);
}
function tip(on) {
  const e = $("tip"); e.hidden = at < 0 || !on.length;
  if (e.hidden) return;
  e.innerHTML = "<b>" + D.ticks[at] + "</b>" + on.map((q) => '<span><i style="color:' + q.c + ';font-style:normal">' + q.name + "</i> " + fmt(q.values[at]) + "</span>").join("");
  e.style.left = Math.max(4, Math.min(size[0] - 150, X(at) + (X(at) > size[0] - 170 ? -156 : 12))) + "px"; e.style.top = "14px";
}
function settle() {
  cancelAnimationFrame(raf);
  const from = D.series.map((s) => s.shown.slice()), top = max, goal = ceiling(), begun = performance.now() - 90;
  (function go(now) {
    const k = Math.min(1, Math.max(0.12, (now - begun) / 700)), e = 1 - Math.pow(1 - k, 3);
    max = top + (goal - top) * e;
    D.series.forEach((s, i) => { s.shown = s.values.map((v, j) => from[i][j] + ((s.on ? v : 0) - from[i][j]) * e); });
    draw(); if (k < 1) raf = requestAnimationFrame(go);
  })(performance.now());
}
function legend() {
  $("legend").innerHTML = D.series.map((s, i) => '<button aria-pressed="' + !!s.on + '" data-i="' + i + '"><i style="background:' + s.c + '"></i>' + s.name + "</button>").join("");
  const all = D.series.flatMap((s) => s.values.map((v, k) => ({ v: v, s: s.name, t: D.ticks[k] }))), peak = all.reduce((a, b) => (b.v > a.v ? b : a));
  const rise = D.series.map((s) => ({ n: s.name, r: (100 * (s.values[n - 1] - s.values[0])) / s.values[0] })).sort((a, b) => b.r - a.r)[0];
  $("facts").innerHTML = [["Highest, " + peak.s + " in " + peak.t, fmt(peak.v)], ["Mean of all", fmt(all.reduce((a, b) => a + b.v, 0) / all.length)], ["Greatest change, " + rise.n, (rise.r > 0 ? "+" : "") + rise.r.toFixed(0) + " %"]].map((f) => "<div><b>" + f[1] + "</b><span>" + f[0] + "</span></div>").join("");
}
$("legend").onclick = (e) => { const b = e.target.closest("button"); if (b) { const s = D.series[b.dataset.i]; s.on = s.on ? 0 : 1; legend(); settle(); } };
function setMode(m) { mode = m; document.querySelectorAll("[data-mode]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.mode === m)); settle(); }
document.querySelector(".modes").onclick = (e) => { if (e.target.dataset.mode) setMode(e.target.dataset.mode); };
function look(k) { if (k === at) return; at = k; draw(); if (k >= 0) ping(D.ticks[k] + ": " + D.series.filter((s) => s.on).map((s) => s.name + " " + fmt(s.values[k])).join(", ")); }
$("chart").addEventListener("pointermove", (e) => { const x = e.clientX - $("chart").getBoundingClientRect().left; let b = 0; D.ticks.forEach((_, k) => { if (Math.abs(X(k) - x) < Math.abs(X(b) - x)) b = k; }); look(b); });
$("chart").addEventListener("pointerleave", () => look(-1));
addEventListener("keydown", (e) => {
  if (e.key === "ArrowRight") look((at + 1) % n); if (e.key === "ArrowLeft") look((at + n - 1 + (at < 0)) % n);
  const m = { 1: "line", 2: "bars", 3: "stack" }[e.key]; if (m) setMode(m);
  if (e.key === "s" || e.key === "S") { D.series.sort((a, b) => b.values[n - 1] - a.values[n - 1]); legend(); settle(); }
});
new ResizeObserver(() => { const b = $("chart").getBoundingClientRect(); size = [b.width, b.height]; draw(); }).observe($("chart"));
{ const b = $("chart").getBoundingClientRect(); size = [b.width, b.height]; max = ceiling(); }
legend(); settle();`,
  });
}

function artisan(brief: Brief): string {
  const data = dataOf(brief, 1);
  const first = data.series[0];
  return solid(brief, {
    lead: `${first?.name ?? "Values"} over time`,
    body: raw`<div class="card"><canvas id="c" width="840" height="360"></canvas><p id="note">Hover a bar to see its value.</p></div>`,
    style: raw`canvas{width:100%;max-height:calc(100vh - 160px)}#note{margin:6px 0 0;color:${brief.palette.muted}}`,
    script: raw`
const D = ${inline({ ticks: data.ticks, values: first?.values ?? [] })}, cv = document.getElementById("c"), g = cv.getContext("2d");
const max = Math.max(...D.values) * 1.1, step = 780 / D.values.length;
function draw(hot, part = 1) {
  g.clearRect(0, 0, 840, 360); g.font = "13px sans-serif"; g.textAlign = "right";
  for (let k = 0; k <= 4; k++) { const y = 320 - k * 74; g.strokeStyle = "${brief.palette.line}"; g.beginPath(); g.moveTo(50, y); g.lineTo(835, y); g.stroke(); g.fillStyle = "${brief.palette.muted}"; g.fillText(((max * k) / 4).toFixed(0), 44, y + 4); }
  g.textAlign = "center";
  D.values.forEach((v, i) => { const h = (v / max) * 296 * part, x = 55 + i * step; g.fillStyle = i === hot ? "${brief.palette.second}" : "${brief.palette.accent}"; g.fillRect(x + 4, 320 - h, step - 8, h); g.fillStyle = "${brief.palette.ink}"; g.fillText(D.ticks[i], x + step / 2, 340); });
}
(function rise(k) { draw(-1, 1 - (1 - k) * (1 - k)); if (k < 1) requestAnimationFrame(() => rise(Math.min(1, k + 0.02))); })(0.1);
cv.onmousemove = function (e) {
  const b = cv.getBoundingClientRect(), i = Math.floor((((e.clientX - b.left) / b.width) * 840 - 55) / step);
  if (D.values[i] === undefined) return;
  draw(i); document.getElementById("note").textContent = D.ticks[i] + ": " + D.values[i];
};`,
  });
}

function apprentice(brief: Brief): string {
  const data = dataOf(brief, 1);
  const values = data.series[0]?.values ?? [];
  const top = Math.max(...values);
  const colour = brief.random.pick(["steelblue", "seagreen", "tomato", "goldenrod"]);
  const bars = values.map(
    (value, index) =>
      `<div class="col"><div class="bar" style="height:${Math.round((value / top) * 200)}px"></div>${data.ticks[index] ?? ""}</div>`,
  );
  return plain(brief, {
    body: `<div class="chart">${bars.join("")}</div>`,
    style: `.chart{height:240px;border-bottom:1px solid #000;display:inline-flex;align-items:flex-end}.col{width:44px;text-align:center;font-size:12px}.bar{background:${colour};margin:0 5px}`,
  });
}

function novice(brief: Brief): string {
  const values = dataOf(brief, 1).series[0]?.values.slice(0, brief.random.int(4, 6)) ?? [];
  const colours = ["red", "blue", "green", "orange", "purple", "brown"];
  const broken = brief.random.chance(0.4);
  const bars = values.map(
    (value, index) =>
      `<div style="background:${colours[index]};width:${Math.round(value)}px">${broken ? "undefined" : value}</div>`,
  );
  return rough(brief, {
    body: `<div id="chart">${bars.join("<br>")}</div><p>${escapeHtml(brief.labels(2, ["values", "data"]).join(" "))}</p>`,
    script: broken ? `chart.render(document.getElementById("chart"));` : `document.title = "chart";`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const chart: PageMaker = (brief) => hands[brief.skill](brief);
