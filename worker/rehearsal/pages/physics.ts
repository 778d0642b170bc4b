// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/physics.ts] -> worker/rehearsal/pages/document.ts
// Things with mass: a cloth on pins, a box of balls, or a pendulum on a pendulum, in small fixed steps.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript, stageScript } from "./stage.ts";

/** Each world defines `make()`, `tick(h)` (one small step), `paint(g)`, `grab(p)`, `drag(p)`, `drop()` and `facts()`. */
const worlds = {
  cloth: raw`
let pts, links, held, wind = 0, nx, ny, gap;
function make() {
  nx = 26; ny = 16; gap = Math.min(W * 0.72 / nx, H * 0.6 / ny); pts = []; links = []; held = null;
  const x0 = W / 2 - ((nx - 1) * gap) / 2, y0 = H * 0.13;
  for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) pts.push({ x: x0 + x * gap, y: y0 + y * gap, px: x0 + x * gap - (R() - 0.5), py: y0 + y * gap, pin: y === 0 && (x % 5 === 0) });
  for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) { const i = y * nx + x; if (x) links.push([i, i - 1, gap]); if (y) links.push([i, i - nx, gap]); }
}
function tick(h) {
  wind = Math.sin(T * 0.7) * 60 + Math.sin(T * 1.9) * 30;
  for (const p of pts) if (!p.pin && p !== held) { const vx = (p.x - p.px) * 0.994, vy = (p.y - p.py) * 0.994; p.px = p.x; p.py = p.y; p.x += vx + wind * Math.sin(p.y * 0.02 + T * 2) * h * h * 2.2; p.y += vy + pull * h * h; if (p.y > H - 4) p.y = H - 4; }
  for (let k = 0; k < 4; k++) for (let i = links.length - 1; i >= 0; i--) {
    const l = links[i], a = pts[l[0]], b = pts[l[1]], dx = b.x - a.x, dy = b.y - a.y, d = Math.hypot(dx, dy) || 1, f = (d - l[2]) / d / 2;
    if (d > gap * 4.2) { links.splice(i, 1); continue; }
    const fa = a.pin || a === held ? 0 : 1, fb = b.pin || b === held ? 0 : 1, s = fa + fb ? 2 / (fa + fb) : 0;
    a.x += dx * f * fa * s; a.y += dy * f * fa * s; b.x -= dx * f * fb * s; b.y -= dy * f * fb * s;
  }
}
function paint(g) {
  const whole = new Set(links.map((l) => l[0] * 1000 + l[1]));
  for (let y = 1; y < ny; y++) for (let x = 1; x < nx; x++) {
    const i = y * nx + x; if (!whole.has(i * 1000 + i - 1) || !whole.has(i * 1000 + i - nx)) continue;
    const a = pts[i - nx - 1], b = pts[i - nx], c = pts[i], d = pts[i - 1], bend = Math.max(-1, Math.min(1, (b.x - a.x) / gap - (c.y - b.y) / gap + (c.x - b.x) / gap));
    g.fillStyle = C.ramp[(Math.floor(x / 4) + Math.floor(y / 4)) % 6]; g.globalAlpha = 0.92; g.beginPath(); g.moveTo(a.x, a.y); g.lineTo(b.x, b.y); g.lineTo(c.x, c.y); g.lineTo(d.x, d.y); g.fill();
    g.fillStyle = bend > 0 ? "#ffffff" : "#000000"; g.globalAlpha = Math.abs(bend) * 0.34; g.fill();
  }
  g.globalAlpha = 0.5; g.strokeStyle = C.ink; g.lineWidth = 0.6; g.beginPath(); for (const l of links) { g.moveTo(pts[l[0]].x, pts[l[0]].y); g.lineTo(pts[l[1]].x, pts[l[1]].y); } g.stroke(); g.globalAlpha = 1;
  g.fillStyle = C.accent; for (const p of pts) if (p.pin) { g.beginPath(); g.arc(p.x, p.y, 4.5, 0, 7); g.fill(); }
}
function grab(p) { held = pts.reduce((a, b) => (Math.hypot(b.x - p.x, b.y - p.y) < Math.hypot(a.x - p.x, a.y - p.y) ? b : a)); drag(p); }
function drag(p) { if (held) { held.x = held.px = p.x; held.y = held.py = p.y; } }
function drop() { held = null; }
function facts() { return [["threads", links.length], ["wind", wind.toFixed(0)]]; }`,
  balls: raw`
let balls, held, hits = 0, last = null;
function make() {
  balls = []; held = null; const n = COUNT;
  for (let k = 0; k < n; k++) { const r = Math.min(W, H) * (0.028 + R() * R() * 0.062); balls.push({ x: r + R() * (W - 2 * r), y: r + R() * H * 0.55, vx: (R() - 0.5) * 380, vy: (R() - 0.5) * 160, r: r, c: C.ramp[k % 6], m: r * r, a: R() * 6 }); }
}
function tick(h) {
  for (const b of balls) {
    if (b === held) { if (last) { b.vx += ((last.x - b.x) * 14 - b.vx) * 0.3; b.vy += ((last.y - b.y) * 14 - b.vy) * 0.3; } } else b.vy += pull * 0.55 * h;
    b.x += b.vx * h; b.y += b.vy * h; b.a += (b.vx / b.r) * h;
    if (b.x < b.r) { b.x = b.r; b.vx = Math.abs(b.vx) * bounce; } if (b.x > W - b.r) { b.x = W - b.r; b.vx = -Math.abs(b.vx) * bounce; }
    if (b.y > H - b.r) { b.y = H - b.r; b.vy = -Math.abs(b.vy) * bounce; b.vx *= 0.995; if (Math.abs(b.vy) < 14) b.vy = 0; } if (b.y < b.r) { b.y = b.r; b.vy = Math.abs(b.vy) * bounce; }
  }
  for (let i = 0; i < balls.length; i++) for (let j = i + 1; j < balls.length; j++) {
    const a = balls[i], b = balls[j], dx = b.x - a.x, dy = b.y - a.y, d = Math.hypot(dx, dy), o = a.r + b.r - d;
    if (o <= 0 || d === 0) continue;
    const ux = dx / d, uy = dy / d, all = a.m + b.m; a.x -= (ux * o * b.m) / all; a.y -= (uy * o * b.m) / all; b.x += (ux * o * a.m) / all; b.y += (uy * o * a.m) / all;
    const v = (b.vx - a.vx) * ux + (b.vy - a.vy) * uy; if (v > 0) continue;
    const q = (-(1 + bounce) * v) / (1 / a.m + 1 / b.m); a.vx -= (q * ux) / a.m; a.vy -= (q * uy) / a.m; b.vx += (q * ux) / b.m; b.vy += (q * uy) / b.m; if (v < -30) hits++;
  }
}
function paint(g) {
  for (const b of balls) {
    g.fillStyle = "#000000"; g.globalAlpha = 0.14 * Math.max(0, 1 - (H - b.y) / H); g.beginPath(); g.ellipse(b.x, H - 3, b.r * 0.9, b.r * 0.16, 0, 0, 7); g.fill(); g.globalAlpha = 1;
    const s = g.createRadialGradient(b.x - b.r * 0.35, b.y - b.r * 0.4, b.r * 0.1, b.x, b.y, b.r); s.addColorStop(0, "#ffffff"); s.addColorStop(0.18, b.c); s.addColorStop(1, b.c); g.fillStyle = s; g.beginPath(); g.arc(b.x, b.y, b.r, 0, 7); g.fill();
    g.strokeStyle = C.bg; g.globalAlpha = 0.55; g.lineWidth = b.r * 0.13; g.beginPath(); g.arc(b.x, b.y, b.r * 0.62, b.a, b.a + 1.9); g.stroke();
    g.globalAlpha = 0.35; g.strokeStyle = b.c; g.lineWidth = 2; g.beginPath(); g.moveTo(b.x, b.y); g.lineTo(b.x - b.vx * 0.06, b.y - b.vy * 0.06); g.stroke(); g.globalAlpha = 1;
  }
}
function grab(p) { last = p; held = balls.find((b) => Math.hypot(b.x - p.x, b.y - p.y) < b.r + 8) || null; if (!held) { const r = Math.min(W, H) * (0.03 + R() * 0.05); balls.push({ x: p.x, y: p.y, vx: 0, vy: 0, r: r, c: C.ramp[balls.length % 6], m: r * r, a: 0 }); if (balls.length > 70) balls.shift(); } }
function drag(p) { last = p; }
function drop() { held = null; }
function facts() { return [["balls", balls.length], ["collisions", hits], ["energy", (balls.reduce((s, b) => s + b.m * (b.vx * b.vx + b.vy * b.vy), 0) / 2e7).toFixed(1)]]; }`,
  pendulum: raw`
let arms, held = null, far;
function make() { arms = Array.from({ length: 3 }, (_, k) => ({ a: 2.1 + SEED % 7 * 0.1 + k * 0.0012, b: 2.6 + k * 0.0012, u: 0, v: 0, trail: [], c: C.ramp[k * 2] })); far = 0; }
function tick(h) {
  const gr = pull / 62, q = 1.4;
  for (const p of arms) {
    const d = p.a - p.b, n = 3 - Math.cos(2 * d), s = h * q;
    const ua = (-gr * 3 * Math.sin(p.a) - gr * Math.sin(p.a - 2 * p.b) - 2 * Math.sin(d) * (p.v * p.v + p.u * p.u * Math.cos(d))) / n;
    const va = (2 * Math.sin(d) * (p.u * p.u * 2 + gr * 2 * Math.cos(p.a) + p.v * p.v * Math.cos(d))) / n;
    p.u += ua * s; p.v += va * s; p.a += p.u * s; p.b += p.v * s; if (!bouncy()) { p.u *= 0.9998; p.v *= 0.9998; }
  }
}
function bouncy() { return bounce > 0.85; }
function tip(p) { const l = Math.min(W, H) * 0.225, x = W / 2, y = H * 0.4, x1 = x + Math.sin(p.a) * l, y1 = y + Math.cos(p.a) * l; return [x, y, x1, y1, x1 + Math.sin(p.b) * l, y1 + Math.cos(p.b) * l]; }
function paint(g) {
  arms.forEach((p) => {
    const t = tip(p); p.trail.push([t[4], t[5]]); if (p.trail.length > 340) p.trail.shift();
    g.lineCap = "round"; g.strokeStyle = p.c; for (let k = 1; k < p.trail.length; k++) { g.globalAlpha = (k / p.trail.length) * 0.8; g.lineWidth = 0.6 + (k / p.trail.length) * 2.6; g.beginPath(); g.moveTo(p.trail[k - 1][0], p.trail[k - 1][1]); g.lineTo(p.trail[k][0], p.trail[k][1]); g.stroke(); } g.globalAlpha = 1;
  });
  arms.forEach((p, k) => {
    const t = tip(p); g.globalAlpha = k ? 0.5 : 1; g.strokeStyle = C.ink; g.lineWidth = 3; g.beginPath(); g.moveTo(t[0], t[1]); g.lineTo(t[2], t[3]); g.lineTo(t[4], t[5]); g.stroke();
    g.fillStyle = C.ink; g.beginPath(); g.arc(t[2], t[3], 8, 0, 7); g.fill(); g.fillStyle = p.c; g.beginPath(); g.arc(t[4], t[5], 12, 0, 7); g.fill(); g.globalAlpha = 1;
  });
  g.fillStyle = C.muted; g.beginPath(); g.arc(W / 2, H * 0.4, 5, 0, 7); g.fill();
  const a = tip(arms[0]), b = tip(arms[2]); far = Math.hypot(a[4] - b[4], a[5] - b[5]);
}
function grab(p) { held = true; drag(p); }
function drag(p) { if (held) arms.forEach((m, k) => { m.a = Math.atan2(p.x - W / 2, p.y - H * 0.4) + k * 0.0012; m.b = m.a; m.u = m.v = 0; m.trail = []; }); }
function drop() { held = null; }
function facts() { return [["arms", arms.length], ["apart", far.toFixed(0) + " px"]]; }`,
};

function worldOf(brief: Brief): keyof typeof worlds {
  if (brief.mentions("orbits?\\b|masses|particles")) return "balls";
  if (brief.mentions("cloth|fabric|rope|curtain|flag|sail|nets?\\b|spring|elastic|web|chain")) return "cloth";
  if (brief.mentions("pendulum|swing|chaos|metronome|bell|hang")) return "pendulum";
  if (brief.mentions("orbit|masses|ball|bounc|collid|collision|marble|billiard|fall|box|jar|pile")) return "balls";
  return brief.random.pick(["cloth", "balls", "pendulum"]);
}

function master(brief: Brief): string {
  const world = worldOf(brief);
  return polished(brief, {
    lead: {
      cloth: "Pull it, and it gives; pull harder, and it tears.",
      balls: "Fling one, or click an empty spot for another.",
      pendulum: "Three arms that began a hair apart.",
    }[world],
    hints: [
      ["Space", "pause"],
      ["↑ ↓", "gravity"],
      ["B", "bounce"],
      ["R", "again"],
    ],
    body: raw`<div class="bar tools"><label>Gravity <input id="pull" type="range" min="-400" max="1800" value="900"></label><label>Bounce <input id="bounce" type="range" min="0" max="100" value="${brief.random.int(72, 94)}"></label><button id="again">Again</button><span id="facts"></span></div>
<div class="fill card"><canvas id="world" tabindex="0" aria-label="Physical model"></canvas></div>${liveRegion}`,
    style: raw`.tools{padding-bottom:.5rem;font-size:.88rem;color:var(--muted)}.tools label{display:flex;align-items:center;gap:.5rem}.tools input{accent-color:var(--accent);width:min(9rem,18vw)}#facts{margin-left:auto;font-variant-numeric:tabular-nums}#facts b{color:var(--ink);margin:0 .7rem 0 .25rem}canvas{cursor:grab}canvas:active{cursor:grabbing}`,
    script: raw`
const C = ${inline(brief.palette)}, SEED = ${brief.seed};${rngScript}${pingScript}${stageScript}
const $ = (id) => document.getElementById(id);
let R = rng(SEED), W = 1, H = 1, T = 0, pull = 900, bounce = 0.8, spare = 0, ready = false;
${worlds[world].replace("COUNT", String(brief.random.int(16, 28)))}
function read() { pull = Number($("pull").value); bounce = Number($("bounce").value) / 100; }
read();
const view = stage($("world"), {
  size: function (w, h) { const grow = !ready || Math.abs(w - W) > 80; W = w; H = h; if (grow) { make(); ready = true; for (let k = 0; k < 30; k++) tick(1 / 120); } },
  step: function (dt) { spare += dt; T += dt; while (spare > 1 / 120) { tick(1 / 120); spare -= 1 / 120; } $("facts").innerHTML = facts().map((f) => f[0] + "<b>" + f[1] + "</b>").join(""); },
  draw: function (g, w, h) {
    const wash = g.createLinearGradient(0, 0, 0, h); wash.addColorStop(0, C.panel); wash.addColorStop(1, C.bg); g.fillStyle = wash; g.fillRect(0, 0, w, h);
    g.strokeStyle = C.line; g.globalAlpha = 0.6; g.lineWidth = 1; g.beginPath(); for (let x = 0.5; x < w; x += 40) { g.moveTo(x, 0); g.lineTo(x, h); } for (let y = 0.5; y < h; y += 40) { g.moveTo(0, y); g.lineTo(w, y); } g.stroke(); g.globalAlpha = 1;
    paint(g);
  },
});
const field = $("world");
field.addEventListener("pointerdown", (e) => { field.setPointerCapture(e.pointerId); grab(view.point(e)); });
field.addEventListener("pointermove", (e) => { if (e.buttons) drag(view.point(e)); });
field.addEventListener("pointerup", drop);
$("pull").oninput = $("bounce").oninput = read; $("again").onclick = () => { R = rng(SEED + Math.floor(T * 60)); make(); };
addEventListener("keydown", (e) => {
  if (e.target.tagName === "INPUT") return;
  if (e.key === " " && e.target.tagName !== "BUTTON") { e.preventDefault(); ping(view.toggle() ? "Running" : "Paused"); }
  if (e.key === "ArrowUp") { $("pull").value = pull + 100; read(); } if (e.key === "ArrowDown") { $("pull").value = pull - 100; read(); }
  if (e.key === "b" || e.key === "B") { $("bounce").value = bounce > 0.8 ? 30 : 95; read(); } if (e.key === "r" || e.key === "R") $("again").onclick();
});`,
  });
}

function artisan(brief: Brief): string {
  const world = worldOf(brief);
  return solid(brief, {
    lead: "Drag with the mouse.",
    body: raw`<canvas id="world" width="860" height="390"></canvas><p>Gravity <input id="pull" type="range" min="0" max="1600" value="900"> <button id="again">Restart</button></p>`,
    style: raw`canvas{width:100%;height:calc(100vh - 165px);background:${brief.palette.panel};border:1px solid ${brief.palette.line}}p{margin:8px 0}`,
    script: raw`
const C = ${inline(brief.palette)}, SEED = ${brief.seed}, W = 860, H = 390, bounce = 0.8;${rngScript}
const R = rng(SEED), cv = document.getElementById("world"), g = cv.getContext("2d");
let T = 0, pull = 900;
${worlds[world].replace("COUNT", String(brief.random.int(8, 14)))}
make();
function frame() { for (let k = 0; k < 2; k++) tick(1 / 120); T += 1 / 60; g.clearRect(0, 0, W, H); paint(g); requestAnimationFrame(frame); }
frame();
function at(e) { const b = cv.getBoundingClientRect(); return { x: ((e.clientX - b.left) * W) / b.width, y: ((e.clientY - b.top) * H) / b.height }; }
cv.onpointerdown = (e) => grab(at(e)); cv.onpointermove = (e) => { if (e.buttons) drag(at(e)); }; onpointerup = drop;
document.getElementById("pull").oninput = function () { pull = Number(this.value); };
document.getElementById("again").onclick = make;`,
  });
}

function apprentice(brief: Brief): string {
  const colour = brief.random.pick(["red", "teal", "purple", "darkorange"]);
  return plain(brief, {
    lead: "A bouncing ball",
    body: `<canvas id="c" width="${brief.random.int(480, 560)}" height="260"></canvas>`,
    script: raw`
var cv = document.getElementById("c"), c = cv.getContext("2d"), x = ${brief.random.int(30, 200)}, y = 40, vx = ${brief.random.int(2, 5)}, vy = 0;
setInterval(function () {
  vy += 0.5; x += vx; y += vy;
  if (y > 240) { y = 240; vy = -vy * 0.9; }
  if (x > cv.width - 20 || x < 20) vx = -vx;
  c.clearRect(0, 0, cv.width, 260); c.fillStyle = "${colour}"; c.beginPath(); c.arc(x, y, ${brief.random.int(14, 24)}, 0, 7); c.fill();
}, 20);`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  return rough(brief, {
    body: `<div style="height:260px;position:relative;border-bottom:4px solid black"><div id="b" style="position:absolute;left:${brief.random.int(40, 300)}px;top:0;width:40px;height:40px;border-radius:20px;background:${brief.random.pick(["red", "blue", "green", "orange"])}"></div></div>gravity = 10`,
    script: raw`
var y = 0, v = 0;
setInterval(function () {
  v = v + 1; y = y + v;
  document.getElementById("b").style.top = y + "px";
  ${broken ? "world.collide(y);" : ""}
  if (y > ${brief.random.int(400, 900)}) { y = 0; v = 0; }
}, 60);`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const physics: PageMaker = (brief) => hands[brief.skill](brief);
