// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/generative-art.ts] -> worker/rehearsal/pages/document.ts
// Pictures grown from a number: currents, packed circles, woven tiles, a sunflower spiral or branching growth.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript, stageScript } from "./stage.ts";

/** Each piece defines `begin(g)` (once for each seed) and `grow(g, n)` (a share of the work; true when finished). */
const pieces = {
  currents: raw`
let walkers, waves, count;
function begin(g) {
  waves = Array.from({ length: 4 }, () => [0.0012 + R() * 0.004, 0.0012 + R() * 0.004, R() * 6.3, 0.5 + R()]);
  walkers = Array.from({ length: 520 }, () => ({ x: R() * W, y: R() * H, c: C.ramp[Math.floor(R() * 6)], w: 0.5 + R() * R() * 3.2, l: 60 + R() * 190 })); count = 0;
}
function grow(g, n) {
  while (n-- > 0) {
    for (const p of walkers) {
      if (p.l-- < 0 || p.x < -20 || p.y < -20 || p.x > W + 20 || p.y > H + 20) continue;
      let a = 0; for (const v of waves) a += Math.sin(p.x * v[0] + Math.cos(p.y * v[1] + v[2]) * 2.2) * v[3];
      const x = p.x + Math.cos(a * 1.7) * 2.4, y = p.y + Math.sin(a * 1.7) * 2.4;
      g.strokeStyle = p.c; g.globalAlpha = 0.62; g.lineWidth = p.w; g.lineCap = "round"; g.beginPath(); g.moveTo(p.x, p.y); g.lineTo(x, y); g.stroke(); p.x = x; p.y = y;
    }
    count++;
  }
  g.globalAlpha = 1; return count > 255;
}`,
  packing: raw`
let discs, tries;
function begin() { discs = []; tries = 0; }
function grow(g, n) {
  for (let k = 0; k < n * 70 && tries < 16000; k++) {
    tries++;
    const x = R() * W, y = R() * H; let r = Math.min(W, H) * (tries < 40 ? 0.16 : 0.085);
    for (const d of discs) { r = Math.min(r, Math.hypot(x - d[0], y - d[1]) - d[2] - 2); if (r < 2.2) break; }
    if (r < 2.2) continue;
    discs.push([x, y, r]);
    const c = C.ramp[Math.floor((x / W) * 3 + R() * 3)], kind = R(); g.fillStyle = g.strokeStyle = c;
    if (kind < 0.45 || r < 6) { g.beginPath(); g.arc(x, y, r, 0, 7); g.fill(); }
    else if (kind < 0.78) { g.lineWidth = Math.max(1.2, r * 0.08); for (let q = r - g.lineWidth / 2; q > 0; q -= g.lineWidth * 2.2) { g.beginPath(); g.arc(x, y, q, 0, 7); g.stroke(); } }
    else { g.save(); g.translate(x, y); g.rotate(R() * 7); g.beginPath(); g.arc(0, 0, r, 0, Math.PI); g.fill(); g.globalAlpha = 0.4; g.beginPath(); g.arc(0, 0, r, Math.PI, 7); g.fill(); g.restore(); }
  }
  return tries >= 16000;
}`,
  weave: raw`
let cells, next, s;
function begin() { s = Math.max(26, Math.min(W, H) / (8 + Math.floor(R() * 7))); cells = []; for (let y = 0; y < H; y += s) for (let x = 0; x < W; x += s) cells.push([x, y, R(), Math.floor(R() * 6), Math.hypot(x - W / 2, y - H / 2)]); cells.sort((a, b) => a[4] - b[4]); next = 0; }
function grow(g, n) {
  for (let k = 0; k < n * 5 && next < cells.length; k++) {
    const c = cells[next++], f = c[2] < 0.5; g.save(); g.translate(c[0] + s / 2, c[1] + s / 2); if (f) g.rotate(Math.PI / 2);
    g.beginPath(); g.rect(-s / 2, -s / 2, s, s); g.clip(); g.fillStyle = c[2] * 17 % 1 < 0.16 ? C.ramp[c[3]] + "55" : "#0000"; g.fillRect(-s / 2, -s / 2, s, s);
    for (const e of [[-1, -1], [1, 1]]) for (let q = 0; q < 4; q++) { g.strokeStyle = C.ramp[(c[3] + q) % 6]; g.lineWidth = s * 0.085; g.beginPath(); g.arc((e[0] * s) / 2, (e[1] * s) / 2, s * (0.26 + q * 0.16), 0, 7); g.stroke(); }
    g.restore();
  }
  return next >= cells.length;
}`,
  spiral: raw`
let i, turn, kind, wob;
function begin() { i = 0; turn = 2.39996 + (R() < 0.5 ? 0 : (R() - 0.5) * 0.02); kind = Math.floor(R() * 3); wob = 2 + Math.floor(R() * 6); }
function grow(g, n) {
  const k = Math.min(W * 0.62, H * 0.92) / 2 / Math.sqrt(1500);
  for (let m = 0; m < n * 9 && i < 1500; m++, i++) {
    const a = i * turn, d = k * Math.sqrt(i) * 1.04, x = W / 2 + Math.cos(a) * d * (W > H ? 1.22 : 1), y = H / 2 + Math.sin(a) * d, r = 1.2 + (i / 1500) * k * 1.5 * (1 + 0.4 * Math.sin(a * wob));
    g.save(); g.translate(x, y); g.rotate(a); g.fillStyle = C.ramp[Math.floor((i / 250 + (i % wob === 0 ? 2 : 0)) % 6)];
    g.beginPath(); if (kind === 0) g.arc(0, 0, r, 0, 7); else if (kind === 1) g.ellipse(0, 0, r * 1.7, r * 0.6, 0, 0, 7); else g.roundRect(-r, -r * 0.8, r * 2, r * 1.6, r * 0.4); g.fill(); g.restore();
  }
  return i >= 1500;
}`,
  growth: raw`
let tips, age;
function begin(g) {
  tips = []; age = 0; const n = 5 + Math.floor(R() * 4);
  for (let k = 0; k < n; k++) tips.push({ x: W * ((k + 0.5) / n) + (R() - 0.5) * 40, y: H + 4, a: -Math.PI / 2 + (R() - 0.5) * 0.3, w: 6 + R() * 7, c: k % 6, b: (R() - 0.5) * 0.014 });
}
function grow(g, n) {
  while (n-- > 0 && tips.length) {
    age++;
    for (const t of tips.slice()) {
      const x = t.x + Math.cos(t.a) * 3, y = t.y + Math.sin(t.a) * 3; g.strokeStyle = C.ramp[t.c]; g.lineWidth = t.w; g.lineCap = "round"; g.beginPath(); g.moveTo(t.x, t.y); g.lineTo(x, y); g.stroke();
      t.x = x; t.y = y; t.a += t.b + (R() - 0.5) * 0.12; t.w *= 0.9885;
      if (R() < 0.026 && t.w > 1.2 && tips.length < 260) { const side = R() < 0.5 ? 1 : -1; tips.push({ x: x, y: y, a: t.a + side * (0.4 + R() * 0.5), w: t.w * 0.72, c: t.c, b: -side * R() * 0.02 }); }
      if (t.w < 1.1 || y < 10) { tips.splice(tips.indexOf(t), 1); if (y > 10 && R() < 0.85) { const p = 3 + Math.floor(R() * 4), s = 3 + R() * 6; g.fillStyle = C.ramp[(t.c + 2) % 6]; for (let k = 0; k < p; k++) { g.save(); g.translate(x, y); g.rotate((k / p) * 6.28 + t.a); g.globalAlpha = 0.85; g.beginPath(); g.ellipse(s * 0.8, 0, s * 0.8, s * 0.42, 0, 0, 7); g.fill(); g.restore(); } g.fillStyle = C.panel; g.beginPath(); g.arc(x, y, s * 0.28, 0, 7); g.fill(); } }
    }
  }
  return !tips.length;
}`,
};

function pieceOf(brief: Brief): string {
  if (brief.mentions("flow|wind|current|stream|river|smoke|hair|field")) return pieces.currents;
  if (brief.mentions("circle|pack|bubble|pebble|stone|coin")) return pieces.packing;
  if (brief.mentions("tile|truchet|weav|knit|maze|quilt|carpet|mosaic")) return pieces.weave;
  if (brief.mentions("spiral|sunflower|phyllo|shell|seed head|pinecone")) return pieces.spiral;
  if (brief.mentions("grow|tree|branch|root|vine|l-system|coral|fern|garden")) return pieces.growth;
  return brief.random.pick(Object.values(pieces));
}

function master(brief: Brief): string {
  return polished(brief, {
    lead: "Every number is another picture; the same number is always the same one.",
    hints: [
      ["Space", "another seed"],
      ["← →", "previous, next"],
      ["Enter", "draw again"],
    ],
    body: raw`<div class="fill frame"><canvas id="art" role="img" aria-label="Generated picture"></canvas><div class="plate"><span>No.</span> <b id="no"></b><i id="done"></i></div></div>
<div class="bar feet"><button id="prev">Previous</button><button id="next" class="go">Another</button><label>Seed <input id="seed" size="7" inputmode="numeric"></label></div>${liveRegion}`,
    style: raw`.frame{background:var(--panel);border-radius:var(--r);box-shadow:0 2px 4px #0002,0 18px 50px #0003;border:clamp(6px,1.4vmin,14px) solid ${brief.palette.dark ? brief.palette.panel : "#fff"}}.plate{position:absolute;right:10px;bottom:10px;background:var(--panel);padding:.15rem .6rem;border-radius:4px;font-size:.8rem;box-shadow:0 1px 4px #0004}.plate span{color:var(--muted)}
.plate i{position:absolute;left:0;bottom:0;height:2px;background:var(--accent);width:0}.feet{padding-top:.5rem}.feet input{padding:.3rem .5rem;border:1px solid var(--line);border-radius:var(--r);background:var(--panel)}.feet label{color:var(--muted);font-size:.88rem}`,
    script: raw`
const C = ${inline(brief.palette)};${rngScript}${pingScript}${stageScript}
const $ = (id) => document.getElementById(id), sheet = document.createElement("canvas");
let seed = ${brief.random.int(1000, 99999)}, R = rng(seed), W = 1, H = 1, pen = null, finished = false, frames = 0;
${pieceOf(brief)}
function start() {
  R = rng(seed * 7919 + 13); const d = Math.min(2, devicePixelRatio || 1); sheet.width = W * d; sheet.height = H * d; pen = sheet.getContext("2d"); pen.setTransform(d, 0, 0, d, 0, 0);
  const wash = pen.createLinearGradient(0, 0, W, H); wash.addColorStop(0, C.bg); wash.addColorStop(1, C.panel); pen.fillStyle = wash; pen.fillRect(0, 0, W, H);
  finished = false; frames = 0; begin(pen); finished = grow(pen, 30); $("no").textContent = seed; $("seed").value = seed;
}
const view = stage($("art"), {
  size: function (w, h) { W = w; H = h; start(); },
  step: function () { if (!finished) { finished = grow(pen, 2); frames++; $("done").style.width = finished ? "100%" : 100 * (1 - Math.exp(-frames / 60)) + "%"; if (finished) ping("Picture " + seed + " is finished"); } },
  draw: function (g, w, h) { g.drawImage(sheet, 0, 0, w, h); },
});
function go(n) { seed = Math.max(1, n); start(); }
$("next").onclick = () => go(seed + 1 + Math.floor(performance.now() % 900)); $("prev").onclick = () => go(seed - 1);
$("seed").addEventListener("change", () => go(parseInt($("seed").value, 10) || 1)); $("art").addEventListener("click", () => $("next").onclick());
addEventListener("keydown", (e) => {
  if (e.target.tagName === "INPUT") return;
  if (e.key === " ") { e.preventDefault(); $("next").onclick(); } if (e.key === "ArrowRight") go(seed + 1); if (e.key === "ArrowLeft") go(seed - 1); if (e.key === "Enter" && e.target.tagName !== "BUTTON") start();
});`,
  });
}

function artisan(brief: Brief): string {
  return solid(brief, {
    body: raw`<canvas id="art" width="860" height="400"></canvas><p><button id="again">Another one</button></p>`,
    style: raw`canvas{width:100%;height:calc(100vh - 135px)}p{margin:8px 0}`,
    script: raw`
const C = ${inline(brief.palette)}, W = 860, H = 400, g = document.getElementById("art").getContext("2d");${rngScript}
let seed = ${brief.random.int(1, 9999)}, R, done = false;
${pieceOf(brief)}
function draw() { R = rng(seed); g.globalAlpha = 1; g.fillStyle = C.panel; g.fillRect(0, 0, W, H); begin(g); done = grow(g, 40); }
function frame() { if (!done) done = grow(g, 2); requestAnimationFrame(frame); }
document.getElementById("again").onclick = () => { seed++; draw(); };
draw(); frame();`,
  });
}

function apprentice(brief: Brief): string {
  const count = brief.random.int(30, 70);
  const shape = brief.random.pick([
    "c.fillRect(x, y, s, s);",
    "c.beginPath(); c.arc(x, y, s / 2, 0, 7); c.fill();",
    "c.strokeRect(x, y, s, s * 2);",
  ]);
  return plain(brief, {
    body: `<canvas id="c" width="520" height="270"></canvas><br><button onclick="draw()">Generate</button>`,
    script: raw`
var c = document.getElementById("c").getContext("2d");
function draw() {
  c.clearRect(0, 0, 520, 270);
  for (var i = 0; i < ${count}; i++) {
    var x = Math.random() * 500, y = Math.random() * 250, s = Math.random() * ${brief.random.int(40, 80)};
    c.fillStyle = c.strokeStyle = "hsl(" + Math.floor(${brief.random.int(0, 360)} + Math.random() * ${brief.random.int(60, 200)}) + ",60%,55%)";
    ${shape}
  }
}
draw();`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  const spots = Array.from(
    { length: brief.random.int(5, 12) },
    () =>
      `<div style="position:absolute;left:${brief.random.int(20, 420)}px;top:${brief.random.int(80, 300)}px;width:${brief.random.int(20, 90)}px;height:${brief.random.int(20, 90)}px;background:${brief.random.pick(["red", "yellow", "blue", "lime", "magenta", "cyan"])}"></div>`,
  );
  return rough(brief, {
    body: spots.join(""),
    script: broken ? "noise.seed(Math.random()); drawArt();" : `document.title = "art";`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const generativeArt: PageMaker = (brief) => hands[brief.skill](brief);
