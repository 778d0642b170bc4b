// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/simulation.ts] -> worker/rehearsal/pages/document.ts
// Small rules, large behaviour: a grid of cells, a forest that burns and grows, an outbreak, or hunters and grazers.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript, stageScript } from "./stage.ts";

interface World {
  readonly stems: string;
  readonly lead: string;
  /** What the two sliders are called. */
  readonly knobs: readonly [string, string];
  /** What the chart counts. */
  readonly series: readonly string[];
  /** Defines `seedWorld()`, `tick()`, `paint(g, w, h)`, `poke(x, y)` (0..1) and `counts()`; reads `K` (two numbers, 0..1). */
  readonly code: string;
}

const cellular = raw`
let GX = 96, GY = 54, a, b, age;
function cellPaint(g, w, h, colour) { const sx = w / GX, sy = h / GY; for (let y = 0; y < GY; y++) for (let x = 0; x < GX; x++) { const c = colour(y * GX + x); if (c) { g.fillStyle = c; g.fillRect(x * sx + 0.5, y * sy + 0.5, sx - 1, sy - 1); } } }
function around(i, test) { const x = i % GX, y = (i - x) / GX; let n = 0; for (let dy = -1; dy < 2; dy++) for (let dx = -1; dx < 2; dx++) if (dx || dy) { const v = a[((y + dy + GY) % GY) * GX + ((x + dx + GX) % GX)]; if (test ? test(v) : v) n++; } return n; }`;

const agents = raw`
let A = [];
function wander(p, s) { p.d += (R() - 0.5) * 0.7; p.x += Math.cos(p.d) * s; p.y += Math.sin(p.d) * s; if (p.x < 0.01 || p.x > 0.99) { p.d = Math.PI - p.d; p.x = Math.max(0.01, Math.min(0.99, p.x)); } if (p.y < 0.01 || p.y > 0.99) { p.d = -p.d; p.y = Math.max(0.01, Math.min(0.99, p.y)); } }
function bins(list, size) { const m = new Map(); for (const p of list) { const k = Math.floor(p.x / size) * 1000 + Math.floor(p.y / size); const l = m.get(k); if (l) l.push(p); else m.set(k, [p]); } return (p) => { const r = [], bx = Math.floor(p.x / size), by = Math.floor(p.y / size); for (let x = bx - 1; x <= bx + 1; x++) for (let y = by - 1; y <= by + 1; y++) { const l = m.get(x * 1000 + y); if (l) r.push(...l); } return r; }; }`;

const worlds: readonly [World, ...World[]] = [
  {
    stems: "game of life|automat|cells?\\b|bacteria|colony of cells",
    lead: "A cell lives with two or three neighbours, and is born with three.",
    knobs: ["Speed", "Seeding"],
    series: ["Living", "Old"],
    code: raw`${cellular}
function seedWorld() { a = new Uint8Array(GX * GY); age = new Uint16Array(GX * GY); for (let i = 0; i < a.length; i++) a[i] = R() < 0.12 + K[1] * 0.35 ? 1 : 0; for (let k = 0; k < 8; k++) tick(); }
function tick() { b = new Uint8Array(a.length); for (let i = 0; i < a.length; i++) { const n = around(i); b[i] = n === 3 || (a[i] && n === 2) ? 1 : 0; age[i] = b[i] ? Math.min(900, age[i] + 1) : 0; } a = b; if (R() < 0.06) { const i = Math.floor(R() * a.length); [0, 1, 2, GX + 2, 2 * GX + 1].forEach((d) => { a[(i + d) % a.length] = 1; }); } }
function paint(g, w, h) { cellPaint(g, w, h, (i) => (a[i] ? C.ramp[Math.min(5, Math.floor(Math.sqrt(age[i]) / 1.4))] : null)); }
function poke(x, y) { for (let k = 0; k < 14; k++) a[(Math.floor(y * GY + (R() - 0.5) * 5 + GY) % GY) * GX + (Math.floor(x * GX + (R() - 0.5) * 5 + GX) % GX)] = 1; }
function counts() { let n = 0, o = 0; for (let i = 0; i < a.length; i++) if (a[i]) { n++; if (age[i] > 20) o++; } return [n, o]; }`,
  },
  {
    stems: "fires?\\b|wildfire|forest fire|lightning|burn",
    lead: "Trees grow, lightning strikes, fire runs with the wind.",
    knobs: ["Speed", "Dryness"],
    series: ["Trees", "Fire", "Ash"],
    code: raw`${cellular}
function seedWorld() { a = new Uint8Array(GX * GY); for (let i = 0; i < a.length; i++) a[i] = R() < 0.62 ? 1 : 0; age = new Uint16Array(a.length); for (let k = 0; k < 3; k++) a[Math.floor(R() * a.length)] = 2; for (let k = 0; k < 6; k++) tick(); }
function tick() {
  b = a.slice(); const dry = 0.22 + K[1] * 0.6, wx = Math.sin(T * 0.2);
  for (let i = 0; i < a.length; i++) {
    const v = a[i];
    if (v === 2) { b[i] = 3; age[i] = 0; } else if (v === 3) { if (++age[i] > 16) b[i] = 0; } else if (v === 0) { if (R() < 0.006) b[i] = 1; }
    else { const x = i % GX, n = around(i, (q) => q === 2), lee = a[i - Math.sign(wx)] === 2 && x > 0 && x < GX - 1 ? 0.35 * Math.abs(wx) : 0; if ((n && R() < dry * 0.85 + lee) || R() < 0.00001 * (1 + K[1] * 9)) b[i] = 2; }
  }
  a = b;
}
function paint(g, w, h) { cellPaint(g, w, h, (i) => { const v = a[i]; return v === 1 ? ["#3f8f4f", "#2f7a45", "#58a55c"][(i * 7) % 3] : v === 2 ? (R() < 0.5 ? "#ffb02e" : "#ff5d2e") : v === 3 ? "rgba(128,118,110," + (0.55 - age[i] * 0.03) + ")" : null; }); }
function poke(x, y) { a[Math.floor(y * GY) * GX + Math.floor(x * GX)] = 2; }
function counts() { const n = [0, 0, 0, 0]; for (const v of a) n[v]++; return [n[1], n[2], n[3]]; }`,
  },
  {
    stems: "infect|epidemic|outbreak|spreads|spreading|disease|virus|rumou?r|contagi|fashion",
    lead: "Well, ill, recovered: one meeting at a time.",
    knobs: ["Speed", "Contagion"],
    series: ["Well", "Ill", "Recovered"],
    code: raw`${agents}
function seedWorld() { A = Array.from({ length: 420 }, (_, i) => ({ x: R(), y: R(), d: R() * 6.3, s: i < 5 ? 1 : 0, t: 0 })); for (let k = 0; k < 30; k++) tick(); }
function tick() {
  const close = bins(A.filter((p) => p.s === 1), 0.03);
  for (const p of A) {
    wander(p, p.s === 1 ? 0.0022 : 0.0036);
    if (p.s === 0) { for (const q of close(p)) if (Math.hypot(p.x - q.x, p.y - q.y) < 0.026 && R() < 0.02 + K[1] * 0.14) { p.s = 1; p.t = 0; break; } } else if (p.s === 1) { if (++p.t > 210) { p.s = 2; p.t = 0; } } else if (++p.t > 900) p.s = 0;
  }
  if (!A.some((p) => p.s === 1)) A[Math.floor(R() * A.length)].s = 1;
}
function paint(g, w, h) { const tones = [C.accent, "#e5484d", C.muted]; for (const p of A) { if (p.s === 1) { g.globalAlpha = 0.14; g.fillStyle = tones[1]; g.beginPath(); g.arc(p.x * w, p.y * h, 13 + 3 * Math.sin(p.t / 8), 0, 7); g.fill(); } g.globalAlpha = 1; g.fillStyle = tones[p.s]; g.beginPath(); g.arc(p.x * w, p.y * h, 4, 0, 7); g.fill(); } }
function poke(x, y) { const p = A.reduce((m, q) => (Math.hypot(q.x - x, q.y - y) < Math.hypot(m.x - x, m.y - y) ? q : m)); p.s = 1; p.t = 0; }
function counts() { const n = [0, 0, 0]; for (const p of A) n[p.s]++; return n; }`,
  },
  {
    stems: "traffic|lanes?\\b|cars\\b|jams?\\b|road",
    lead: "Everybody drives sensibly, and still a jam appears from nothing.",
    knobs: ["Speed", "Density"],
    series: ["Moving", "Standing"],
    code: raw`
let lanes = [];
function seedWorld() { const n = Math.round(14 + K[1] * 40); lanes = Array.from({ length: 5 }, (_, l) => { const m = Math.max(4, Math.round(n * (0.55 + l * 0.1))); return { dir: l % 2 ? -1 : 1, cars: Array.from({ length: m }, (_, i) => ({ x: (i + R() * 0.5) / m, v: 0.002, c: Math.floor(R() * 6), calm: 0.7 + R() * 0.6 })) }; }); }
function tick() {
  for (const lane of lanes) {
    const q = lane.cars; q.sort((a, b) => a.x - b.x);
    q.forEach((car, i) => { const next = q[(i + 1) % q.length], gap = (next.x - car.x + 1) % 1 || 1, free = Math.max(0, gap - 0.021), want = Math.min(0.0042 * car.calm, free * 0.16); car.v += Math.max(-0.0009, Math.min(0.00007, want - car.v)); if (R() < 0.004) car.v *= 0.35; car.v = Math.max(0, Math.min(car.v, free * 0.5)); });
    for (const car of q) car.x = (car.x + car.v) % 1;
  }
}
function paint(g, w, h) {
  lanes.forEach((lane, l) => {
    const y = (h * (l + 0.5)) / lanes.length, t = h / lanes.length; g.fillStyle = C.line; g.fillRect(0, y - t * 0.32, w, t * 0.64); g.strokeStyle = C.muted; g.setLineDash([14, 16]); g.lineWidth = 1.5; g.beginPath(); g.moveTo(0, y - t * 0.32); g.lineTo(w, y - t * 0.32); g.stroke(); g.setLineDash([]);
    for (const car of lane.cars) { const x = lane.dir > 0 ? car.x * w : w - car.x * w, s = Math.min(t * 0.22, w * 0.009); g.fillStyle = car.v < 0.0007 ? "#e5484d" : C.ramp[car.c]; g.beginPath(); g.roundRect(x - s, y - s * 0.55, s * 2, s * 1.1, s * 0.4); g.fill(); g.fillStyle = C.panel; g.fillRect(x + lane.dir * s * 0.25 - s * 0.15, y - s * 0.4, s * 0.4, s * 0.8); }
  });
}
function poke(x, y) { const lane = lanes[Math.min(4, Math.floor(y * 5))], p = lane.dir > 0 ? x : 1 - x; for (const car of lane.cars) if (Math.abs(car.x - p) < 0.06) car.v = 0; }
function counts() { const all = lanes.flatMap((l) => l.cars), s = all.filter((c) => c.v < 0.0007).length; return [all.length - s, s]; }`,
  },
  {
    stems: "flock|boids?\\b|swarm|shoal|murmuration|keep together",
    lead: "Keep together, keep apart, keep the direction; the rest follows.",
    knobs: ["Speed", "Closeness"],
    series: ["In the flock", "Alone"],
    code: raw`${agents}
function seedWorld() { A = Array.from({ length: 260 }, (_, i) => ({ x: R(), y: R(), d: R() * 6.3, c: i % 6, n: 0 })); for (let k = 0; k < 60; k++) tick(); }
function tick() {
  const near = bins(A, 0.07);
  for (const p of A) {
    let n = 0, cx = 0, cy = 0, dx = 0, dy = 0, ax = 0, ay = 0;
    for (const q of near(p)) { if (q === p) continue; const x = q.x - p.x, y = (q.y - p.y) * 0.56, r = Math.hypot(x, y); if (r > 0.06) continue; n++; cx += x; cy += y; dx += Math.cos(q.d); dy += Math.sin(q.d); if (r < 0.017) { ax -= x / (r + 0.001); ay -= y / (r + 0.001); } }
    p.n = n; let tx = Math.cos(p.d), ty = Math.sin(p.d);
    if (n) { const k = 2 + K[1] * 8; tx += (dx / n) * 0.1 + (cx / n) * k + ax * 0.12; ty += (dy / n) * 0.1 + (cy / n) * k + ay * 0.12; }
    tx += (0.5 - p.x) * 0.03; ty += (0.5 - p.y) * 0.03; p.d = Math.atan2(ty, tx) + (R() - 0.5) * 0.14; wander(p, 0.0032);
  }
}
function paint(g, w, h) { for (const p of A) { g.save(); g.translate(p.x * w, p.y * h); g.rotate(p.d); g.fillStyle = C.ramp[p.c]; g.beginPath(); g.moveTo(9, 0); g.quadraticCurveTo(-2, 1, -7, 5); g.lineTo(-4, 0); g.lineTo(-7, -5); g.quadraticCurveTo(-2, -1, 9, 0); g.fill(); g.restore(); } }
function poke(x, y) { for (const p of A) if (Math.hypot(p.x - x, p.y - y) < 0.16) p.d = Math.atan2(p.y - y, p.x - x); }
function counts() { const n = A.filter((p) => p.n < 2).length; return [A.length - n, n]; }`,
  },
  {
    stems: "",
    lead: "Grazers eat what grows, hunters eat grazers, and nobody wins for long.",
    knobs: ["Speed", "Growth"],
    series: ["Grazers", "Hunters"],
    code: raw`${agents}
let G = [];
function one(k) { return { x: R(), y: R(), d: R() * 6.3, k: k, e: 0.5 + R() * 0.5 }; }
function seedWorld() { A = Array.from({ length: 180 }, () => one(0)).concat(Array.from({ length: 26 }, () => one(1))); G = Array.from({ length: 48 * 27 }, () => R()); for (let k = 0; k < 20; k++) tick(); }
function tick() {
  for (let i = 0; i < G.length; i++) G[i] = Math.min(1, G[i] + 0.0012 + K[1] * 0.005);
  const prey = bins(A.filter((p) => !p.k), 0.06), born = [];
  for (const p of A) {
    if (p.k) {
      let best = null, far = 0.045; for (const q of prey(p)) { const d = Math.hypot(q.x - p.x, q.y - p.y); if (d < far && !q.gone) { far = d; best = q; } }
      if (best) { p.d = Math.atan2(best.y - p.y, best.x - p.x); if (far < 0.012) { best.gone = true; p.e = Math.min(1.5, p.e + 0.34); } }
      wander(p, 0.0036); p.e -= 0.0042; if (p.e > 1.3) { p.e *= 0.5; born.push({ x: p.x, y: p.y, d: R() * 6, k: 1, e: p.e }); }
    } else {
      wander(p, 0.0026); const i = Math.floor(p.y * 27) * 48 + Math.floor(p.x * 48), bite = Math.min(G[i], 0.06); G[i] -= bite; p.e += bite * 0.5 - 0.007; if (p.e > 1.1) { p.e *= 0.5; born.push({ x: p.x, y: p.y, d: R() * 6, k: 0, e: p.e }); }
    }
  }
  A = A.filter((p) => p.e > 0 && !p.gone).concat(born).slice(0, 900);
  const hunters = A.filter((p) => p.k).length; if (hunters < 3 && R() < 0.02) A.push(one(1)); if (A.length - hunters < 14 && R() < 0.06) A.push(one(0));
}
function paint(g, w, h) {
  for (let i = 0; i < G.length; i++) { g.globalAlpha = G[i] * 0.34; g.fillStyle = C.third; g.fillRect(((i % 48) * w) / 48, (Math.floor(i / 48) * h) / 27, w / 48 + 1, h / 27 + 1); } g.globalAlpha = 1;
  for (const p of A) { g.save(); g.translate(p.x * w, p.y * h); g.rotate(p.d); g.fillStyle = p.k ? "#e5484d" : C.accent; g.beginPath(); const s = p.k ? 9 : 5.5; g.moveTo(s, 0); g.lineTo(-s * 0.7, s * 0.6); g.lineTo(-s * 0.35, 0); g.lineTo(-s * 0.7, -s * 0.6); g.fill(); g.restore(); }
}
function poke(x, y) { for (let k = 0; k < 6; k++) { const p = one(0); p.x = x; p.y = y; A.push(p); } }
function counts() { const n = A.filter((p) => p.k).length; return [A.length - n, n]; }`,
  },
];

function worldOf(brief: Brief): World {
  const wanted = worlds.find((world) => world.stems !== "" && brief.mentions(world.stems));
  const last = worlds.at(-1) ?? worlds[0];
  return (
    wanted ??
    (brief.mentions("predator|prey|hunt|graz|ecosystem|foxes|rabbits|inherit") ? last : brief.random.pick(worlds))
  );
}

function master(brief: Brief): string {
  const world = worldOf(brief);
  return polished(brief, {
    lead: world.lead,
    hints: [
      ["Space", "run, pause"],
      ["S", "one step"],
      ["R", "begin again"],
      ["+ -", "speed"],
    ],
    body: raw`<div class="room"><div class="card fill"><canvas id="world" tabindex="0" aria-label="Simulated world"></canvas></div>
<aside><div class="bar"><button id="run" class="go">Pause</button><button id="one">Step</button><button id="again">Again</button></div>
<label>${world.knobs[0]} <input id="k0" type="range" min="1" max="100" value="${brief.random.int(38, 60)}"></label><label>${world.knobs[1]} <input id="k1" type="range" min="0" max="100" value="${brief.random.int(35, 65)}"></label>
<div id="key"></div><div class="card fill plot"><canvas id="plot" role="img" aria-label="Counts over time"></canvas></div><p id="gen"></p></aside></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:minmax(0,2.7fr) minmax(10.5rem,1fr);gap:1rem;padding-bottom:.3rem}aside{display:flex;flex-direction:column;gap:clamp(.3rem,1.4vh,.8rem);min-height:0}aside label{font-size:.85rem;color:var(--muted)}input[type=range]{width:100%;accent-color:var(--accent)}
#key{display:grid;gap:.15rem;font-size:.9rem}#key div{display:flex;align-items:center;gap:.5rem}#key i{width:.75em;height:.75em;border-radius:50%}#key b{margin-left:auto;font-variant-numeric:tabular-nums}.plot{min-height:56px}#gen{color:var(--muted);font-size:.82rem;font-variant-numeric:tabular-nums}#world{cursor:crosshair}@media(max-height:420px){.plot,#gen{display:none}}`,
    script: raw`
const C = ${inline(brief.palette)}, NAMES = ${inline(world.series)}, K = [0.5, 0.5];${rngScript}${pingScript}${stageScript}
const $ = (id) => document.getElementById(id), TONES = [C.accent, ${world.series[1] === "Old" ? "C.third" : '"#e5484d"'}, C.muted];
let R = rng(${brief.seed}), T = 0, spare = 0, gen = 0, on = true, past = [];
${world.code}
function read() { K[0] = $("k0").value / 100; K[1] = $("k1").value / 100; }
function step() { tick(); gen++; if (gen % 3 === 0) { past.push(counts()); if (past.length > 300) past.shift(); } }
function fresh() { R = rng(${brief.seed} + gen); gen = 0; past = []; seedWorld(); for (let k = 0; k < 40; k++) step(); }
read(); fresh();
const view = stage($("world"), {
  step: function (dt) { T += dt; if (on) { spare += dt * (3 + K[0] * K[0] * 110); let n = 0; while (spare > 1 && n++ < 6) { step(); spare -= 1; } spare = Math.min(spare, 2); } },
  draw: function (g, w, h) { g.fillStyle = C.dark ? C.bg : C.panel; g.fillRect(0, 0, w, h); g.globalAlpha = 1; paint(g, w, h); g.globalAlpha = 1; },
});
stage($("plot"), { draw: function (g, w, h) {
  g.clearRect(0, 0, w, h); const top = Math.max(1, ...past.map((p) => Math.max(...p))) * 1.08;
  NAMES.forEach((_, s) => { g.beginPath(); past.forEach((p, k) => { const x = (k / 299) * w, y = h - (p[s] / top) * (h - 6) - 2; if (k) g.lineTo(x, y); else g.moveTo(x, y); }); g.strokeStyle = TONES[s]; g.lineWidth = 2; g.lineJoin = "round"; g.stroke(); if (past.length) { g.lineTo(((past.length - 1) / 299) * w, h); g.lineTo(0, h); g.globalAlpha = 0.1; g.fillStyle = TONES[s]; g.fill(); g.globalAlpha = 1; } });
} });
$("key").innerHTML = NAMES.map((n, s) => '<div><i style="background:' + TONES[s] + '"></i>' + n + "<b></b></div>").join("");
setInterval(() => { counts().forEach((n, s) => { $("key").querySelectorAll("b")[s].textContent = n.toLocaleString("en"); }); $("gen").textContent = "Step " + gen.toLocaleString("en"); }, 150);
function run() { on = !on; $("run").textContent = on ? "Pause" : "Run"; ping(on ? "Running" : "Paused"); }
$("run").onclick = run; $("one").onclick = () => { if (on) run(); step(); }; $("again").onclick = fresh; $("k0").oninput = $("k1").oninput = read;
function touch(e) { const p = view.point(e), b = $("world").getBoundingClientRect(); poke(Math.max(0, Math.min(0.999, p.x / b.width)), Math.max(0, Math.min(0.999, p.y / b.height))); }
$("world").addEventListener("pointerdown", touch); $("world").addEventListener("pointermove", (e) => { if (e.buttons) touch(e); });
addEventListener("keydown", (e) => {
  if (e.key === " " && e.target.tagName !== "BUTTON") { e.preventDefault(); run(); } if (e.key === "s") $("one").onclick(); if (e.key === "r") fresh();
  if (e.key === "+") { $("k0").value = Number($("k0").value) + 8; read(); } if (e.key === "-") { $("k0").value = Number($("k0").value) - 8; read(); }
});`,
  });
}

function artisan(brief: Brief): string {
  const world = worldOf(brief);
  return solid(brief, {
    lead: world.lead,
    body: raw`<canvas id="c" width="860" height="370"></canvas><p><button id="run">Stop</button> <button id="again">Restart</button> <span id="n"></span></p>`,
    style: raw`canvas{width:100%;height:calc(100vh - 155px);background:${brief.palette.panel}}p{margin:8px 0}`,
    script: raw`
const C = ${inline(brief.palette)}, NAMES = ${inline(world.series)}, K = [0.5, 0.5];${rngScript}
let R = rng(${brief.seed}), T = 0, on = true;
${world.code}
const g = document.getElementById("c").getContext("2d");
seedWorld();
function show() { g.clearRect(0, 0, 860, 370); g.globalAlpha = 1; paint(g, 860, 370); document.getElementById("n").textContent = counts().map((n, i) => NAMES[i] + ": " + n).join(", "); }
setInterval(() => { if (on) { tick(); T += 0.05; show(); } }, 50);
show();
document.getElementById("run").onclick = function () { on = !on; this.textContent = on ? "Stop" : "Start"; };
document.getElementById("again").onclick = seedWorld;`,
  });
}

function apprentice(brief: Brief): string {
  const colour = brief.random.pick(["green", "navy", "maroon", "black"]);
  return plain(brief, {
    lead: "Each cell looks at its neighbours.",
    body: `<canvas id="c" width="480" height="260"></canvas><p>Generation <span id="n">0</span></p>`,
    script: raw`
var c = document.getElementById("c").getContext("2d"), w = 48, h = 26, grid = [], n = 0;
for (var i = 0; i < w * h; i++) grid.push(Math.random() < 0.${brief.random.int(25, 45)} ? 1 : 0);
function step() {
  var next = [];
  for (var i = 0; i < w * h; i++) {
    var k = 0, x = i % w;
    [-w - 1, -w, -w + 1, -1, 1, w - 1, w, w + 1].forEach(function (d) { k += grid[i + d] || 0; });
    next.push(k == 3 || (k == 2 && grid[i]) ? 1 : 0);
  }
  grid = next; n++; draw();
}
function draw() {
  c.clearRect(0, 0, 480, 260); c.fillStyle = "${colour}";
  for (var i = 0; i < w * h; i++) if (grid[i]) c.fillRect((i % w) * 10, Math.floor(i / w) * 10, 9, 9);
  document.getElementById("n").innerHTML = n;
}
draw(); setInterval(step, ${brief.random.int(180, 320)});`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  const colours = brief.random.shuffled(["red", "green", "blue", "black", "orange"]);
  return rough(brief, {
    body: `<div id="w"></div><p>${escapeHtml(brief.labels(1, ["population", "agents"])[0] ?? "agents")}: <span id="n">0</span></p>`,
    script: raw`
function step() {
  var h = "";
  for (var i = 0; i < 200; i++) h += "<span style='color:" + (Math.random() < 0.5 ? "${colours[0]}" : "${colours[1]}") + "'>o </span>" + (i % 25 == 24 ? "<br>" : "");
  document.getElementById("w").innerHTML = h;
  ${broken ? "agents.forEach(move);" : ""}
}
step(); ${broken ? "" : `setInterval(step, ${brief.random.int(500, 1200)});`}`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const simulation: PageMaker = (brief) => hands[brief.skill](brief);
