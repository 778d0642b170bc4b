// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/clock.ts] -> worker/rehearsal/pages/document.ts
// A clock face with the day around it, or a timer where the task speaks of counting down.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, stageScript } from "./stage.ts";

const zones: readonly (readonly [string, string])[] = [
  ["Lisbon", "Europe/Lisbon"],
  ["Nairobi", "Africa/Nairobi"],
  ["Mumbai", "Asia/Kolkata"],
  ["Tokyo", "Asia/Tokyo"],
  ["Sydney", "Australia/Sydney"],
  ["Lima", "America/Lima"],
  ["Chicago", "America/Chicago"],
  ["Reykjavik", "Atlantic/Reykjavik"],
];
const roman = ["XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"];

function master(brief: Brief): string {
  return brief.mentions("timer|countdown|stopwatch|interval|pomodoro|hourglass|brew|steep|laps?\\b|metronome")
    ? masterTimer(brief)
    : masterFace(brief);
}

function masterFace(brief: Brief): string {
  const numerals = brief.random.pick(["roman", "arabic", "strokes"]);
  const cities = brief.random.shuffled(zones).slice(0, 4);
  return polished(brief, {
    lead: "The outer ring is the whole day; the small disc is where it stands.",
    hints: [
      ["T", "12 or 24 hours"],
      ["S", "sweep or tick"],
      ["N", "night light"],
    ],
    body: raw`<div class="room"><div class="fill"><canvas id="face" role="img" aria-label="Clock face"></canvas></div>
<aside><div id="digits"></div><div id="date"></div><ul id="cities"></ul><div class="bar"><button id="bt">12 / 24</button><button id="bs">Sweep</button><button id="bn">Night</button></div></aside></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:1.35fr 1fr;gap:clamp(1rem,3vw,2.5rem)}aside{display:flex;flex-direction:column;justify-content:center;gap:clamp(.3rem,1.6vh,1rem)}
#digits{font:700 clamp(1.9rem,6vw,4.2rem)/1 ui-monospace,Menlo,"DejaVu Sans Mono",monospace;letter-spacing:-.05em;font-variant-numeric:tabular-nums}#digits small{font-size:.4em;color:var(--accent);margin-left:.35em}#date{color:var(--muted)}
#cities{list-style:none;padding:0;border-top:1px solid var(--line)}#cities li{display:flex;align-items:center;gap:.6rem;padding:clamp(.15rem,1vh,.45rem) 0;border-bottom:1px solid var(--line)}#cities b{margin-left:auto;font-variant-numeric:tabular-nums}#cities i{width:.7em;height:.7em;border-radius:50%;background:var(--second)}#cities i.night{background:transparent;box-shadow:inset -.2em -.1em 0 var(--accent)}
body{transition:filter .6s}body.night{filter:brightness(.55) sepia(.35)}`,
    script: raw`
const C = ${inline(brief.palette)}, CITIES = ${inline(cities)}, ROMAN = ${inline(roman)}, KIND = "${numerals}";${pingScript}${stageScript}
const $ = (id) => document.getElementById(id);
let full = true, sweep = !matchMedia("(prefers-reduced-motion: reduce)").matches, second = -1;
const two = (n) => String(n).padStart(2, "0");
function hand(g, a, len, back, width, colour) {
  g.save(); g.rotate(a); g.strokeStyle = colour; g.lineWidth = width; g.lineCap = "round";
  g.shadowColor = "#0005"; g.shadowBlur = 6; g.shadowOffsetY = 2; g.beginPath(); g.moveTo(0, back); g.lineTo(0, -len); g.stroke(); g.restore();
}
function draw(g, w, h) {
  const now = new Date(), ms = sweep ? now.getMilliseconds() / 1000 : 0, s = now.getSeconds() + ms, m = now.getMinutes() + s / 60, hr = now.getHours() + m / 60;
  const r = Math.min(w, h) * 0.47;
  g.clearRect(0, 0, w, h); g.save(); g.translate(w / 2, h / 2);
  for (let k = 0; k < 96; k++) {
    const a = (k / 96) * 6.2832 + Math.PI / 2, day = Math.sin(((k / 24 - 6) / 12) * Math.PI);
    g.strokeStyle = day > 0 ? C.second : C.accent; g.globalAlpha = k / 4 <= hr ? 0.9 : 0.26; g.lineWidth = r * 0.034;
    g.beginPath(); g.arc(0, 0, r * 0.965, a + 0.008, a + 0.055); g.stroke();
  }
  g.globalAlpha = 1;
  const sun = (hr / 24) * 6.2832 + Math.PI / 2; g.fillStyle = C.ink; g.beginPath(); g.arc(Math.cos(sun) * r * 0.965, Math.sin(sun) * r * 0.965, r * 0.042, 0, 7); g.fill();
  const plate = g.createRadialGradient(-r * 0.25, -r * 0.35, r * 0.1, 0, 0, r * 0.9); plate.addColorStop(0, C.panel); plate.addColorStop(1, C.bg);
  g.shadowColor = "#0003"; g.shadowBlur = r * 0.1; g.shadowOffsetY = r * 0.03; g.fillStyle = plate; g.beginPath(); g.arc(0, 0, r * 0.87, 0, 7); g.fill(); g.shadowColor = "transparent";
  g.strokeStyle = C.line; g.lineWidth = 1.5; g.stroke();
  for (let k = 0; k < 60; k++) {
    g.save(); g.rotate((k / 60) * 6.2832); g.strokeStyle = k % 5 ? C.muted : C.ink; g.globalAlpha = k % 5 ? 0.5 : 1; g.lineWidth = k % 5 ? 1 : r * 0.014;
    g.beginPath(); g.moveTo(0, -r * 0.83); g.lineTo(0, -r * (k % 5 ? 0.8 : 0.76)); g.stroke(); g.restore();
  }
  g.fillStyle = C.ink; g.textAlign = "center"; g.textBaseline = "middle";
  for (let k = 0; k < 12; k++) {
    const a = (k / 12) * 6.2832 - Math.PI / 2, x = Math.cos(a) * r * 0.65, y = Math.sin(a) * r * 0.65;
    if (KIND === "strokes") { g.beginPath(); g.roundRect(x - r * 0.02, y - r * 0.02, r * 0.04, r * 0.04, r * 0.02); g.fill(); }
    else { g.font = (KIND === "roman" ? "500 " + r * 0.12 + "px Georgia,'TeX Gyre Pagella',serif" : "600 " + r * 0.13 + "px system-ui,'Liberation Sans',sans-serif"); g.fillText(KIND === "roman" ? ROMAN[k] : k || 12, x, y); }
  }
  hand(g, (hr / 12) * 6.2832, r * 0.42, r * 0.07, r * 0.045, C.ink); hand(g, (m / 60) * 6.2832, r * 0.64, r * 0.09, r * 0.03, C.ink);
  hand(g, (s / 60) * 6.2832, r * 0.74, r * 0.16, r * 0.012, C.accent); g.fillStyle = C.accent; g.beginPath(); g.arc(0, 0, r * 0.034, 0, 7); g.fill();
  g.restore();
  if (now.getSeconds() !== second) { second = now.getSeconds(); text(now); }
}
function text(now) {
  const h = now.getHours(), shown = full ? two(h) : String(h % 12 || 12);
  $("digits").innerHTML = shown + ":" + two(now.getMinutes()) + "<small>" + two(now.getSeconds()) + (full ? "" : h < 12 ? " am" : " pm") + "</small>";
  $("date").textContent = now.toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" });
  $("cities").innerHTML = CITIES.map((c) => {
    const t = now.toLocaleTimeString("en-GB", { timeZone: c[1], hour: "2-digit", minute: "2-digit" }), k = Number(t.slice(0, 2));
    return '<li><i class="' + (k < 6 || k > 18 ? "night" : "") + '"></i>' + c[0] + "<b>" + t + "</b></li>";
  }).join("");
}
const view = stage($("face"), { draw: draw });
function swap12() { full = !full; second = -1; } function swapSweep() { sweep = !sweep; $("bs").textContent = sweep ? "Sweep" : "Tick"; } function night() { document.body.classList.toggle("night"); }
$("bt").onclick = swap12; $("bs").onclick = swapSweep; $("bn").onclick = night;
addEventListener("keydown", (e) => { const act = { t: swap12, s: swapSweep, n: night }[e.key.toLowerCase()]; if (act) { act(); ping("Changed"); } });
text(new Date());`,
  });
}

function masterTimer(brief: Brief): string {
  const minutes = brief.random
    .shuffled([1, 3, 5, 10, 15, 25])
    .slice(0, 4)
    .toSorted((a, b) => a - b);
  const names = brief.labels(4, ["Short", "Gentle", "Deep", "Long"]);
  const presets = minutes.map(
    (length, index) => `<button data-m="${length}">${names[index] ?? ""} <b>${length}</b></button>`,
  );
  return polished(brief, {
    lead: "Already counting: pause it, or choose another length.",
    hints: [
      ["Space", "start, pause"],
      ["L", "mark a lap"],
      ["R", "reset"],
      ["↑ ↓", "a minute more, less"],
    ],
    body: raw`<div class="room"><div class="fill"><canvas id="ring"></canvas><div id="read" role="timer"></div></div>
<aside class="card"><div class="bar" id="presets">${presets.join("")}</div><div class="bar"><button id="go" class="go">Pause</button><button id="lap">Lap</button><button id="reset">Reset</button></div><ol id="laps"></ol></aside></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:1.4fr 1fr;gap:1.2rem;padding-bottom:.4rem}#read{position:absolute;inset:0;display:grid;place-items:center;font:700 clamp(2rem,8vw,5rem)/1 ui-monospace,Menlo,"DejaVu Sans Mono",monospace;letter-spacing:-.06em}
aside{padding:1.2rem;display:flex;flex-direction:column;gap:1rem;align-self:center;max-height:100%;overflow:hidden}#laps{padding-left:1.5rem;color:var(--muted);font-variant-numeric:tabular-nums;min-height:4.5em}#presets b{color:var(--accent)}`,
    script: raw`
const C = ${inline(brief.palette)};${pingScript}${stageScript}
const $ = (id) => document.getElementById(id);
let total = ${minutes[1] ?? 5} * 60, left = total * ${(0.55 + brief.random.float() * 0.35).toFixed(3)}, on = true, laps = [], flash = 0;
const two = (n) => String(Math.floor(n)).padStart(2, "0");
function clockText(s) { return two(s / 60) + ":" + two(s % 60); }
stage($("ring"), {
  step: function (dt) {
    if (on && left > 0) { left = Math.max(0, left - dt); if (left === 0) { on = false; flash = 3; ping("Time is up"); label(); } }
    flash = Math.max(0, flash - dt); $("read").textContent = clockText(left + 0.999 * (left > 0));
  },
  draw: function (g, w, h, t) {
    const r = Math.min(w, h) * 0.43, part = left / total; g.clearRect(0, 0, w, h); g.save(); g.translate(w / 2, h / 2); g.rotate(-Math.PI / 2);
    for (let k = 0; k < 120; k++) { const a = (k / 120) * 6.2832; g.strokeStyle = k / 120 < part ? C.ramp[Math.floor((k / 120) * 6)] : C.line; g.lineWidth = 3; g.beginPath(); g.moveTo(Math.cos(a) * r * 0.93, Math.sin(a) * r * 0.93); g.lineTo(Math.cos(a) * r * 1.04, Math.sin(a) * r * 1.04); g.stroke(); }
    g.lineWidth = r * 0.1; g.lineCap = "round"; g.strokeStyle = C.line; g.beginPath(); g.arc(0, 0, r * 0.8, 0, 7); g.stroke();
    const wash = g.createLinearGradient(-r, -r, r, r); wash.addColorStop(0, C.accent); wash.addColorStop(1, C.third); g.strokeStyle = wash;
    if (part > 0) { g.beginPath(); g.arc(0, 0, r * 0.8, 0, part * 6.2832); g.stroke(); }
    const a = part * 6.2832; g.fillStyle = C.ink; g.beginPath(); g.arc(Math.cos(a) * r * 0.8, Math.sin(a) * r * 0.8, r * (0.065 + 0.012 * Math.sin(t * 5)), 0, 7); g.fill();
    if (flash > 0) { g.globalAlpha = 0.25 * (1 + Math.sin(t * 12)); g.fillStyle = C.accent; g.beginPath(); g.arc(0, 0, r * 0.72, 0, 7); g.fill(); }
    g.restore();
  },
});
function label() { $("go").textContent = on ? "Pause" : "Start"; }
function toggle() { if (left === 0) left = total; on = !on; label(); }
function set(s) { total = Math.max(60, s); left = total; label(); }
function lap() { laps.unshift(clockText(total - left)); $("laps").innerHTML = laps.slice(0, 5).map((l) => "<li>" + l + "</li>").join(""); }
$("go").onclick = toggle; $("lap").onclick = lap; $("reset").onclick = () => set(total);
$("presets").onclick = (e) => { const b = e.target.closest("button"); if (b) { set(b.dataset.m * 60); on = true; label(); } };
addEventListener("keydown", (e) => {
  if (e.key === " ") { e.preventDefault(); toggle(); } if (e.key === "l") lap(); if (e.key === "r") set(total);
  if (e.key === "ArrowUp") set(total + 60); if (e.key === "ArrowDown") set(total - 60);
});`,
  });
}

function artisan(brief: Brief): string {
  const c = brief.palette;
  return solid(brief, {
    lead: "Local time",
    body: raw`<canvas id="c" width="600" height="600"></canvas><div id="d"></div>`,
    style: raw`main{text-align:center}canvas{margin:0 auto;height:min(480px,calc(100vh - 150px))}#d{font-size:26px;margin-top:6px}`,
    script: raw`
const g = document.getElementById("c").getContext("2d");
function line(a, len, width, colour) { g.strokeStyle = colour; g.lineWidth = width; g.beginPath(); g.moveTo(150, 150); g.lineTo(150 + Math.sin(a) * len, 150 - Math.cos(a) * len); g.stroke(); }
function draw() {
  const n = new Date(), s = n.getSeconds(), m = n.getMinutes() + s / 60, h = (n.getHours() % 12) + m / 60;
  g.setTransform(2, 0, 0, 2, 0, 0); g.clearRect(0, 0, 300, 300); g.fillStyle = "${c.panel}"; g.strokeStyle = "${c.accent}"; g.lineWidth = 6; g.beginPath(); g.arc(150, 150, 140, 0, 7); g.fill(); g.stroke();
  g.fillStyle = "${c.ink}"; g.font = "20px sans-serif"; g.textAlign = "center"; g.textBaseline = "middle";
  for (let k = 1; k <= 12; k++) g.fillText(k, 150 + Math.sin((k * Math.PI) / 6) * 115, 150 - Math.cos((k * Math.PI) / 6) * 115);
  line((h * Math.PI) / 6, 70, 6, "${c.ink}"); line((m * Math.PI) / 30, 100, 4, "${c.ink}"); line((s * Math.PI) / 30, 110, 2, "${c.second}");
  document.getElementById("d").textContent = n.toLocaleTimeString("en-GB");
}
draw(); setInterval(draw, ${brief.random.pick([250, 500, 1000])});`,
  });
}

function apprentice(brief: Brief): string {
  const size = brief.random.int(48, 84);
  return plain(brief, {
    lead: "The time is now",
    body: raw`<div id="t"></div>`,
    style: raw`#t{font-size:${size}px;font-family:monospace;background:#222;color:${brief.random.pick(["lime", "orange", "cyan", "white"])};padding:16px;display:inline-block}`,
    script: raw`
function show() { var d = new Date(); document.getElementById("t").innerHTML = d.getHours() + ":" + d.getMinutes() + ":" + d.getSeconds(); }
show(); setInterval(show, 1000);`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.4);
  return rough(brief, {
    body: `<p>time: <font size="${brief.random.int(4, 7)}" color="${brief.random.pick(["red", "blue", "green"])}" id="t">12:00</font></p><div style="width:120px;height:120px;border:3px solid black;border-radius:50%"><div style="width:3px;height:50px;background:black;margin-left:60px"></div></div>`,
    script: broken
      ? raw`document.getElementById("t").innerHTML = timeNow.getHours() + ":" + timeNow.getMinutes();`
      : raw`document.getElementById("t").innerHTML = new Date();`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const clock: PageMaker = (brief) => hands[brief.skill](brief);
