// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/animation.ts] -> worker/rehearsal/pages/document.ts
// A moving scene: a sea, a family of orbits, or something that falls, as the task's words suggest.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { rngScript, stageScript } from "./stage.ts";

type Scene = "sea" | "orbits" | "falling";

function sceneOf(brief: Brief): Scene {
  if (
    brief.mentions(
      "seas?\\b|seaside|ocean|wave|tide|boat|ship|river|lake|harbou?r|lighthouse|ferry|fish|kelp|reef|fog|canal",
    )
  )
    return "sea";
  if (
    brief.mentions(
      "planet|orbit|stars?\\b|starr|space|moon|comet|satellite|galaxy|solar|cosm|observator|carousel|gear|wheel",
    )
  )
    return "orbits";
  if (brief.mentions("snow|leaf|leaves|petal|rain|seed|firefl|lantern|spark|bubble|dust|ash|feather|bird|swift|moth"))
    return "falling";
  return brief.random.pick(["sea", "orbits", "falling"]);
}

const scenes: Record<Scene, string> = {
  sea: raw`
const stars = Array.from({ length: 90 }, () => [R(), R() * 0.5, 0.4 + R() * 1.2, R() * 6]);
const layers = Array.from({ length: 6 }, (_, i) => ({ y: 0.56 + i * 0.075, a: 5 + i * 3.4, k: 0.011 - i * 0.0011, s: 0.45 + i * 0.2, p: R() * 9 }));
const sun = 0.24 + R() * 0.5;
function level(l, x, t) {
  return l.y * H + Math.sin(x * l.k + t * l.s + l.p) * l.a + Math.sin(x * l.k * 2.3 - t * l.s * 0.7) * l.a * 0.35;
}
function paint(g, t) {
  const sky = g.createLinearGradient(0, 0, 0, H * 0.7);
  sky.addColorStop(0, C.sky[0]); sky.addColorStop(1, C.sky[1]);
  g.fillStyle = sky; g.fillRect(0, 0, W, H);
  if (C.dark) for (const s of stars) {
    g.globalAlpha = 0.35 + 0.5 * Math.sin(t * 1.3 + s[3]) ** 2; g.fillStyle = C.ink;
    g.beginPath(); g.arc(s[0] * W + px * 4, s[1] * H, s[2], 0, 7); g.fill();
  }
  g.globalAlpha = 1;
  const sx = sun * W + px * 12, sy = H * 0.32 + Math.sin(t * 0.2) * 6, r = Math.min(W, H) * 0.085;
  const halo = g.createRadialGradient(sx, sy, r * 0.3, sx, sy, r * 5);
  halo.addColorStop(0, C.second + "aa"); halo.addColorStop(1, C.second + "00");
  g.fillStyle = halo; g.fillRect(0, 0, W, H);
  g.fillStyle = C.dark ? C.ink : C.second; g.beginPath(); g.arc(sx, sy, r, 0, 7); g.fill();
  layers.forEach((l, i) => {
    if (i === 3) boat(g, t, l);
    const shift = px * (6 + i * 9);
    g.beginPath(); g.moveTo(0, H);
    for (let x = 0; x <= W + 12; x += 12) g.lineTo(x, level(l, x + shift, t));
    g.lineTo(W, H); g.closePath();
    const deep = g.createLinearGradient(0, l.y * H - 20, 0, H);
    deep.addColorStop(0, C.depth[i]); deep.addColorStop(1, C.depth[5]);
    g.globalAlpha = 0.86; g.fillStyle = deep; g.fill(); g.globalAlpha = 0.5; g.strokeStyle = C.second; g.lineWidth = 1.2; g.stroke(); g.globalAlpha = 1;
    if (i < 3) for (let n = 0; n < 9; n++) {
      const y = l.y * H + 6 + n * 7, half = (9 - n) * 3 + Math.sin(t * 2 + n + i) * 9;
      g.fillStyle = C.second; g.globalAlpha = 0.28 - n * 0.025; g.fillRect(sx - half, y, half * 2, 2);
    }
    g.globalAlpha = 1;
  });
}
function boat(g, t, l) {
  const x = ((t * 22) % (W + 240)) - 120, y = level(l, x, t), tilt = (level(l, x + 20, t) - level(l, x - 20, t)) / 60;
  g.save(); g.translate(x, y - 6); g.rotate(tilt); g.scale(1.25, 1.25);
  g.fillStyle = C.ink; g.beginPath(); g.moveTo(-36, 0); g.quadraticCurveTo(0, 26, 38, 0); g.closePath(); g.fill();
  g.fillRect(-2, -58, 3, 60);
  g.fillStyle = C.accent; g.beginPath(); g.moveTo(3, -56); g.quadraticCurveTo(34, -28, 30, -6); g.lineTo(3, -6); g.fill();
  g.fillStyle = C.third; g.beginPath(); g.moveTo(-4, -48); g.quadraticCurveTo(-24, -22, -26, -6); g.lineTo(-4, -6); g.fill();
  g.restore();
}`,
  orbits: raw`
const stars = Array.from({ length: 160 }, () => [R(), R(), 0.3 + R() * 1.3, R() * 6]);
const bodies = Array.from({ length: 7 }, (_, i) => ({
  d: 0.13 + i * 0.068 + R() * 0.02, s: (1.15 - i * 0.12) * (i === 4 ? -1 : 1), p: R() * 6.3, r: 4 + R() * 9, c: C.ramp[i % 6],
  moons: i > 2 && R() < 0.6 ? 1 + Math.floor(R() * 2) : 0, ring: i === 5 }));
const squash = 0.42 + R() * 0.2, lean = -0.3 + R() * 0.6;
function at(b, t, U) {
  const a = b.p + t * b.s * 0.5, x = Math.cos(a) * b.d * U, y = Math.sin(a) * b.d * U * squash;
  return { x: W / 2 + x * Math.cos(lean) - y * Math.sin(lean) + px * b.d * 60, y: H * 0.52 + x * Math.sin(lean) + y * Math.cos(lean), z: Math.sin(a) };
}
function globe(g, x, y, r, c) {
  const shade = g.createRadialGradient(x - r * 0.4, y - r * 0.4, r * 0.1, x, y, r * 1.05);
  shade.addColorStop(0, "#ffffff"); shade.addColorStop(0.25, c); shade.addColorStop(1, C.dark ? C.bg : C.ink);
  g.fillStyle = shade; g.beginPath(); g.arc(x, y, r, 0, 7); g.fill();
}
function paint(g, t) {
  const U = Math.min(W * 0.92, H * 1.5), sky = g.createLinearGradient(0, 0, W, H);
  sky.addColorStop(0, C.sky[0]); sky.addColorStop(1, C.dark ? C.bg : C.sky[1]);
  g.fillStyle = sky; g.fillRect(0, 0, W, H);
  g.fillStyle = C.ink;
  for (const s of stars) { g.globalAlpha = 0.2 + 0.5 * Math.sin(t + s[3]) ** 2; g.fillRect(s[0] * W, s[1] * H, s[2], s[2]); }
  g.globalAlpha = 1;
  for (const b of bodies) {
    g.strokeStyle = b.c + "44"; g.lineWidth = 1; g.beginPath();
    g.ellipse(W / 2 + px * b.d * 60, H * 0.52, b.d * U, b.d * U * squash, lean, 0, 7); g.stroke();
  }
  const all = bodies.map((b) => ({ b, q: at(b, t, U) }));
  const back = all.filter((o) => o.q.z < 0), front = all.filter((o) => o.q.z >= 0);
  back.forEach(body); star(); front.forEach(body);
  function star() {
    const r = U * 0.055 * (1 + 0.03 * Math.sin(t * 2.2)), x = W / 2, y = H * 0.52, halo = g.createRadialGradient(x, y, r * 0.2, x, y, r * 4.5);
    halo.addColorStop(0, C.second); halo.addColorStop(0.2, C.second + "88"); halo.addColorStop(1, C.second + "00");
    g.fillStyle = halo; g.fillRect(0, 0, W, H); globe(g, x, y, r, C.second);
  }
  function body(o) {
    const b = o.b, size = b.r * (U / 620) * (1 + o.q.z * 0.22);
    for (let n = 1; n < 26; n++) {
      const q = at(b, t - (n * 0.035) / Math.max(0.3, Math.abs(b.s)) , U);
      g.globalAlpha = 0.3 * (1 - n / 26); g.fillStyle = b.c; g.beginPath(); g.arc(q.x, q.y, size * (1 - n / 30) * 0.7, 0, 7); g.fill();
    }
    g.globalAlpha = 1; globe(g, o.q.x, o.q.y, size, b.c);
    if (b.ring) { g.strokeStyle = C.third; g.lineWidth = 2.5; g.beginPath(); g.ellipse(o.q.x, o.q.y, size * 2, size * 0.6, lean + 0.3, 0, 7); g.stroke(); }
    for (let m = 0; m < b.moons; m++) {
      const a = t * (2.4 - m) + m * 2; g.fillStyle = C.muted; g.beginPath();
      g.arc(o.q.x + Math.cos(a) * size * 2.1, o.q.y + Math.sin(a) * size * 1.1, 2, 0, 7); g.fill();
    }
  }
}`,
  falling: raw`
const bits = Array.from({ length: 150 }, () => ({ x: R(), y: R(), z: 0.25 + R() * 0.75, p: R() * 9, w: 0.4 + R(), c: C.ramp[Math.floor(R() * 6)] }));
const hills = Array.from({ length: 5 }, (_, i) => ({ y: 0.56 + i * 0.09, k: [0.004 + R() * 0.003, 0.011 + R() * 0.006], p: R() * 9, a: 46 - i * 5 }));
const trees = Array.from({ length: 26 }, () => [R(), 0.6 + R() * 0.8, Math.floor(R() * 3) + 2]);
const round = R() < 0.5;
function ridge(l, x) { return l.y * H - Math.sin(x * l.k[0] + l.p) * l.a - Math.sin(x * l.k[1] + l.p * 2) * l.a * 0.35; }
function paint(g, t) {
  const sky = g.createLinearGradient(0, 0, 0, H * 0.85);
  sky.addColorStop(0, C.sky[0]); sky.addColorStop(1, C.sky[1]);
  g.fillStyle = sky; g.fillRect(0, 0, W, H);
  const mx = W * 0.74 + px * 10, my = H * 0.26, r = Math.min(W, H) * 0.1, halo = g.createRadialGradient(mx, my, r * 0.5, mx, my, r * 4);
  halo.addColorStop(0, C.second + "88"); halo.addColorStop(1, C.second + "00");
  g.fillStyle = halo; g.fillRect(0, 0, W, H);
  g.fillStyle = C.dark ? C.ink : C.panel; g.beginPath(); g.arc(mx, my, r, 0, 7); g.fill();
  hills.forEach((l, i) => {
    const shift = px * (8 + i * 10);
    g.beginPath(); g.moveTo(0, H);
    for (let x = 0; x <= W + 8; x += 8) g.lineTo(x, ridge(l, x + shift));
    g.lineTo(W, H); g.closePath();
    g.globalAlpha = 0.92; g.fillStyle = C.depth[i]; g.fill(); g.globalAlpha = 1;
    for (const [tx, s, n] of trees) if (n === i) {
      const x = tx * (W + 80) - 40, y = ridge(l, x + shift) + 4, sway = Math.sin(t * 0.9 + tx * 20) * 3 * s;
      g.fillStyle = C.depth[Math.min(5, i + 1)]; g.globalAlpha = 1;
      g.fillRect(x - 1.5, y - 16 * s, 3, 18 * s); g.beginPath();
      if (round) g.arc(x + sway, y - 28 * s, 14 * s, 0, 7);
      else { g.moveTo(x - 13 * s, y - 8 * s); g.lineTo(x + sway, y - 52 * s); g.lineTo(x + 13 * s, y - 8 * s); }
      g.fill(); g.globalAlpha = 1;
    }
    for (const b of bits) if (Math.floor(b.z * 5) === i) fleck(g, b, t);
  });
}
function fleck(g, b, t) {
  const fall = (b.y + t * 0.045 * (0.4 + b.z)) % 1.1, x = (((b.x + Math.sin(t * b.w * 0.6 + b.p) * 0.035 + t * 0.012 * b.z) % 1) + 1) % 1;
  const s = 2 + b.z * 6;
  g.save(); g.translate(x * W + px * b.z * 30, (fall - 0.05) * H); g.rotate(Math.sin(t * b.w + b.p) * 1.6);
  g.globalAlpha = 0.55 + b.z * 0.45; g.fillStyle = b.c; g.beginPath();
  g.ellipse(0, 0, s, s * (0.35 + 0.25 * Math.sin(t * 1.7 * b.w + b.p)), 0, 0, 7); g.fill(); g.restore();
}`,
};

function master(brief: Brief): string {
  const scene = sceneOf(brief);
  return polished(brief, {
    full: true,
    lead: "Move the pointer to look around.",
    hints: [
      ["Space", "pause"],
      ["← →", "slower, faster"],
      ["R", "begin again"],
    ],
    body: raw`<div class="fill"><canvas id="view" role="img" aria-label="Animated scene"></canvas></div>`,
    style: raw`main{background:var(--bg)}`,
    script: raw`
const C = ${inline(brief.palette)};${rngScript}
const R = rng(${brief.seed});
let W = 1, H = 1, px = 0, aim = 0, clock = 0, rate = 1;
${scenes[scene]}
${stageScript}
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const view = stage(document.getElementById("view"), {
  size: function (w, h) { W = w; H = h; },
  step: function (dt) { clock += dt * rate * (calm ? 0.25 : 1); px += (aim - px) * Math.min(1, dt * 4); },
  draw: function (g) { paint(g, clock + 20); },
});
addEventListener("pointermove", (e) => { aim = (e.clientX / innerWidth - 0.5) * 2; });
addEventListener("keydown", (e) => {
  if (e.key === " ") { e.preventDefault(); view.toggle(); }
  if (e.key === "ArrowRight") rate = Math.min(4, rate * 1.25);
  if (e.key === "ArrowLeft") rate = Math.max(0.1, rate / 1.25);
  if (e.key === "r" || e.key === "R") { clock = 0; rate = 1; view.redraw(); }
});`,
  });
}

function artisan(brief: Brief): string {
  const scene = sceneOf(brief);
  return solid(brief, {
    body: raw`<canvas id="view" width="860" height="380"></canvas>
<p><button id="pause">Pause</button></p>`,
    style: raw`main{text-align:center}canvas{width:100%;height:calc(100vh - 150px);object-fit:cover}`,
    script: raw`
const C = ${inline(brief.palette)};${rngScript}
const R = rng(${brief.seed}), W = 860, H = 380, px = 0;
${scenes[scene]}
const g = document.getElementById("view").getContext("2d");
let t = 20, on = true;
function frame() { if (on) { t += 0.016; paint(g, t); } requestAnimationFrame(frame); }
frame();
document.getElementById("pause").onclick = function () { on = !on; this.textContent = on ? "Pause" : "Play"; };`,
  });
}

function apprentice(brief: Brief): string {
  const colours = brief.random.shuffled(["tomato", "steelblue", "seagreen", "orange", "slateblue", "hotpink"]);
  const shapes = colours.slice(0, brief.random.int(3, 5)).map((colour, index) => {
    const size = brief.random.int(26, 64);
    return `<div class="thing" style="background:${colour};width:${size}px;height:${size}px;top:${20 + index * 46}px;animation-duration:${brief.random.int(3, 8)}s;border-radius:${brief.random.pick(["50%", "0", "12px"])}"></div>`;
  });
  return plain(brief, {
    lead: "CSS animation",
    body: `<div class="sky">${shapes.join("")}<div class="ground"></div></div>`,
    style: raw`.sky{position:relative;height:280px;background:lightskyblue;overflow:hidden}.thing{position:absolute;left:-60px;animation:go 5s linear infinite}
.ground{position:absolute;bottom:0;width:100%;height:50px;background:darkseagreen}@keyframes go{to{left:105%}}`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  return rough(brief, {
    body: `<div id="box" style="position:absolute;left:20px;top:120px;width:80px;height:80px;background:${brief.random.pick(["red", "blue", "green", "purple"])}"></div><p>loading scene...</p>`,
    script: raw`
var x = 20;
setInterval(function () {
  x = x + ${brief.random.int(3, 9)};
  document.getElementById("box").style.left = x + "px";
  ${broken ? "drawBackground(x);" : ""}
  if (x > ${brief.random.int(300, 500)}) { x = 20; ${broken ? "" : "document.bgColor = 'lightgray';"} }
}, 100);`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const animation: PageMaker = (brief) => hands[brief.skill](brief);
