// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/arcade.ts] -> worker/rehearsal/pages/document.ts
// A game of reflexes: a wall to break or things to catch. The good ones play themselves until somebody takes over.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript, rngScript, stageScript } from "./stage.ts";

const breakout = raw`
let bricks = [], ball = null, padX = 320, aimX = null;
function level() {
  bricks = [];
  const rows = 4 + Math.min(3, stageNo), shape = (SEED + stageNo) % 4;
  for (let r = 0; r < rows; r++) for (let c = 0; c < 11; c++) {
    if (shape === 1 && (r + c) % 2) continue;
    if (shape === 2 && Math.abs(c - 5) > r + 1) continue;
    if (shape === 3 && c % 4 === 3) continue;
    bricks.push({ x: 27 + c * 54, y: 52 + r * 21, c: C.ramp[r % 6], hard: r === 0 ? 2 : 1 });
  }
  serve();
}
function serve() { ball = { x: padX, y: 296, vx: 130 * (R() < 0.5 ? 1 : -1), vy: -230 - stageNo * 16 }; }
function play(dt) {
  if (demo) aimX = ball.x + Math.sin(clock * 3) * 26;
  if (keys.ArrowLeft) aimX = padX - 60;
  if (keys.ArrowRight) aimX = padX + 60;
  if (aimX !== null) padX += Math.max(-520 * dt, Math.min(520 * dt, aimX - padX));
  padX = Math.max(48, Math.min(592, padX));
  ball.x += ball.vx * dt; ball.y += ball.vy * dt;
  trail.push([ball.x, ball.y]); if (trail.length > 14) trail.shift();
  if (ball.x < 8) { ball.x = 8; ball.vx = Math.abs(ball.vx); }
  if (ball.x > 632) { ball.x = 632; ball.vx = -Math.abs(ball.vx); }
  if (ball.y < 38) { ball.y = 38; ball.vy = Math.abs(ball.vy); }
  if (ball.vy > 0 && ball.y > 308 && ball.y < 324 && Math.abs(ball.x - padX) < 52) {
    ball.vy = -Math.abs(ball.vy) * 1.012; ball.vx = (ball.x - padX) * 5.4; burst(ball.x, 310, C.ink, 5);
  }
  for (let i = bricks.length - 1; i >= 0; i--) {
    const b = bricks[i], dx = ball.x - b.x - 25, dy = ball.y - b.y - 8;
    if (Math.abs(dx) < 31 && Math.abs(dy) < 14) {
      if (Math.abs(dx) / 31 > Math.abs(dy) / 14) ball.vx = Math.abs(ball.vx) * Math.sign(dx); else ball.vy = Math.abs(ball.vy) * Math.sign(dy);
      if (--b.hard <= 0) { bricks.splice(i, 1); gain(10 + stageNo * 2); } 
      burst(b.x + 25, b.y + 8, b.c, 12); shake = 3; break;
    }
  }
  if (ball.y > 372) lose(serve);
  if (bricks.length === 0) { stageNo++; ping("Level " + (stageNo + 1)); level(); }
}
function scene(g) {
  for (const b of bricks) {
    g.fillStyle = b.c; g.globalAlpha = b.hard > 1 ? 1 : 0.86; box(g, b.x, b.y, 50, 16, 4);
    g.globalAlpha = 0.35; g.fillStyle = "#ffffff"; box(g, b.x + 3, b.y + 2, 44, 3, 1.5); g.globalAlpha = 1;
  }
  trail.forEach((p, i) => { g.globalAlpha = i / 34; g.fillStyle = C.accent; dot(g, p[0], p[1], 3 + i * 0.3); });
  g.globalAlpha = 1; g.fillStyle = C.accent; box(g, padX - 44, 316, 88, 11, 5.5);
  g.fillStyle = C.ink; dot(g, ball.x, ball.y, 6.5);
}`;

const catcher = raw`
let drops = [], padX = 320, aimX = null, wait = 0;
function level() { drops = []; wait = 0; for (let i = 0; i < 5; i++) drop(40 + R() * 150); }
function drop(y) {
  const bad = R() < 0.16 + stageNo * 0.03;
  drops.push({ x: 30 + R() * 580, y: y, v: 70 + R() * 60 + stageNo * 22, s: 10 + R() * 7, a: R() * 6, bad: bad, c: bad ? C.ink : C.ramp[Math.floor(R() * 6)] });
}
function play(dt) {
  if (demo) { const t = drops.filter((d) => !d.bad && d.y < 305).sort((p, q) => q.y - p.y)[0]; aimX = t ? t.x : 320; }
  if (keys.ArrowLeft) aimX = padX - 70;
  if (keys.ArrowRight) aimX = padX + 70;
  if (aimX !== null) padX += Math.max(-430 * dt, Math.min(430 * dt, aimX - padX));
  padX = Math.max(40, Math.min(600, padX));
  wait -= dt; if (wait < 0) { drop(20); wait = Math.max(0.28, 0.85 - stageNo * 0.1); }
  for (let i = drops.length - 1; i >= 0; i--) {
    const d = drops[i]; d.y += d.v * dt; d.a += dt * 2; d.x += Math.sin(d.a) * 18 * dt;
    if (d.y > 300 && d.y < 326 && Math.abs(d.x - padX) < 44) {
      drops.splice(i, 1); burst(d.x, 305, d.c, 14);
      if (d.bad) lose(() => {}); else { gain(5 + stageNo); if (score > (stageNo + 1) * 90) { stageNo++; ping("Level " + (stageNo + 1)); } }
    } else if (d.y > 385) { drops.splice(i, 1); }
  }
}
function scene(g) {
  for (const d of drops) {
    g.save(); g.translate(d.x, d.y); g.rotate(d.a * 0.5); g.fillStyle = d.c;
    if (d.bad) { for (let k = 0; k < 8; k++) { g.rotate(Math.PI / 4); g.fillRect(-2.5, -d.s - 4, 5, d.s + 4); } dot(g, 0, 0, d.s * 0.8); g.fillStyle = C.second; dot(g, 0, 0, 4); }
    else { dot(g, 0, 0, d.s); g.fillStyle = "#ffffff"; g.globalAlpha = 0.55; dot(g, -d.s * 0.3, -d.s * 0.35, d.s * 0.3); g.globalAlpha = 1; }
    g.restore();
  }
  g.fillStyle = C.accent; g.beginPath(); g.moveTo(padX - 44, 306); g.lineTo(padX + 44, 306); g.quadraticCurveTo(padX + 34, 340, padX, 340); g.quadraticCurveTo(padX - 34, 340, padX - 44, 306); g.fill();
  g.fillStyle = C.onAccent; g.globalAlpha = 0.4; box(g, padX - 36, 311, 72, 4, 2); g.globalAlpha = 1;
}`;

function gameOf(brief: Brief): string {
  if (brief.mentions("break|brick|paddle|wall|bounce")) return breakout;
  if (brief.mentions("catch|fall|dodg|collect|basket|drop|rain")) return catcher;
  return brief.random.pick([breakout, catcher]);
}

function engine(brief: Brief): string {
  return raw`
const C = ${inline(brief.palette)}, SEED = ${brief.seed};${rngScript}
const R = rng(SEED), keys = {};
let score = 0, best = 0, lives = 3, stageNo = 0, demo = true, over = false, clock = 0, shake = 0, sparks = [], trail = [];
function dot(g, x, y, r) { g.beginPath(); g.arc(x, y, r, 0, 7); g.fill(); }
function box(g, x, y, w, h, r) { g.beginPath(); g.roundRect(x, y, w, h, r); g.fill(); }
function burst(x, y, c, n) { for (let i = 0; i < n; i++) sparks.push({ x: x, y: y, vx: (R() - 0.5) * 260, vy: (R() - 0.7) * 220, l: 0.5 + R() * 0.4, c: c }); }
function gain(n) { score += n; best = Math.max(best, score); }
function lose(after) {
  if (demo) { after(); return; }
  lives--; shake = 9;
  if (lives <= 0) { over = true; ping("Game over. Score " + score); } else { ping(lives + " lives left"); after(); }
}
function begin() { score = 0; lives = 3; stageNo = 0; demo = false; over = false; trail = []; level(); ping("Game started"); }
${gameOf(brief)}`;
}

function master(brief: Brief): string {
  return polished(brief, {
    lead: "It plays by itself until you take over.",
    hints: [
      ["← →", "move"],
      ["Space", "start, again"],
      ["P", "pause"],
    ],
    body: raw`<div class="fill card"><canvas id="game" tabindex="0" aria-label="Game field"></canvas></div>${liveRegion}`,
    style: raw`canvas{cursor:none}`,
    script: raw`${engine(brief)}${pingScript}${stageScript}
let sx = 1, ox = 0, oy = 0;
const dust = Array.from({ length: 60 }, () => [R() * 640, R() * 360, R() * 1.4 + 0.3]);
level();
const view = stage(document.getElementById("game"), {
  size: function (w, h) { sx = Math.min(w / 640, h / 360); ox = (w - 640 * sx) / 2; oy = (h - 360 * sx) / 2; },
  step: function (dt) {
    clock += dt; shake *= 0.86;
    if (!over) play(dt);
    for (const s of sparks) { s.x += s.vx * dt; s.y += s.vy * dt; s.vy += 420 * dt; s.l -= dt; }
    sparks = sparks.filter((s) => s.l > 0);
  },
  draw: function (g, w, h) {
    const sky = g.createLinearGradient(0, 0, 0, h); sky.addColorStop(0, C.sky[0]); sky.addColorStop(1, C.dark ? C.bg : C.sky[1]);
    g.fillStyle = sky; g.fillRect(0, 0, w, h);
    g.save(); g.translate(ox + (R() - 0.5) * shake, oy + (R() - 0.5) * shake); g.scale(sx, sx);
    g.fillStyle = C.ink; for (const d of dust) { g.globalAlpha = 0.25; g.fillRect(d[0], (d[1] + clock * 12 * d[2]) % 360, d[2], d[2]); } g.globalAlpha = 1;
    scene(g);
    for (const s of sparks) { g.globalAlpha = Math.min(1, s.l * 2); g.fillStyle = s.c; g.fillRect(s.x - 2, s.y - 2, 4, 4); } g.globalAlpha = 1;
    g.fillStyle = C.ink; g.font = "700 15px ui-monospace,Menlo,'DejaVu Sans Mono',monospace"; g.textBaseline = "middle";
    g.textAlign = "left"; g.fillText(String(score).padStart(5, "0"), 14, 20);
    g.textAlign = "center"; g.fillText("LEVEL " + (stageNo + 1), 320, 20);
    for (let i = 0; i < 3; i++) { g.globalAlpha = i < lives ? 1 : 0.2; g.fillStyle = C.accent; dot(g, 622 - i * 18, 20, 6); } g.globalAlpha = 1;
    if (demo || over) {
      g.fillStyle = C.panel; g.globalAlpha = 0.9; box(g, 190, 186, 260, 62, 12); g.globalAlpha = 1;
      g.fillStyle = C.ink; g.textAlign = "center"; g.font = "700 19px system-ui,sans-serif";
      g.fillText(over ? "Game over: " + score : "Ready when you are", 320, 208);
      g.font = "13px system-ui,sans-serif"; g.fillStyle = C.muted; g.fillText("Press Space or click to " + (over ? "play again" : "play") + (best && over ? ", best " + best : ""), 320, 231);
    }
    g.restore();
  },
});
addEventListener("keydown", (e) => {
  keys[e.key] = true;
  if (e.key.startsWith("Arrow")) { e.preventDefault(); if (demo) begin(); }
  if (e.key === " ") { e.preventDefault(); if (demo || over) begin(); }
  if (e.key === "p" || e.key === "P") view.toggle();
});
addEventListener("keyup", (e) => { keys[e.key] = false; if (e.key.startsWith("Arrow")) aimX = null; });
addEventListener("blur", () => { for (const k in keys) keys[k] = false; });
const field = document.getElementById("game");
field.addEventListener("pointermove", (e) => { if (!demo) aimX = (view.point(e).x - ox) / sx; });
field.addEventListener("pointerdown", () => { if (demo || over) begin(); });`,
  });
}

function artisan(brief: Brief): string {
  return solid(brief, {
    lead: "Arrow keys to move, Space to start.",
    body: raw`<div id="info">Score <b id="score">0</b> &nbsp; Lives <b id="lives">3</b> <span id="live"></span></div>
<canvas id="game" width="640" height="360"></canvas>`,
    style: raw`main{text-align:center;margin:8px auto}canvas{margin:6px auto;background:${brief.palette.panel};border:1px solid ${brief.palette.line};height:calc(100vh - 130px);aspect-ratio:16/9}`,
    script: raw`${engine(brief)}${pingScript}
const g = document.getElementById("game").getContext("2d");
level();
let last = performance.now();
function frame(now) {
  const dt = Math.min(0.04, (now - last) / 1000); last = now; clock += dt;
  if (!over) play(dt);
  sparks = []; trail = [];
  g.clearRect(0, 0, 640, 360); scene(g);
  document.getElementById("score").textContent = score; document.getElementById("lives").textContent = lives;
  if (over || demo) { g.fillStyle = C.ink; g.font = "20px sans-serif"; g.textAlign = "center"; g.fillText(over ? "Game over - press Space" : "Press Space to start", 320, 210); }
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
addEventListener("keydown", (e) => { keys[e.key] = true; if (e.key === " ") { e.preventDefault(); if (demo || over) begin(); } });
addEventListener("keyup", (e) => { keys[e.key] = false; aimX = null; });`,
  });
}

function apprentice(brief: Brief): string {
  const [ground, player, foe] = brief.random
    .shuffled(["black", "navy", "darkgreen", "indigo", "maroon"])
    .slice(0, 1)
    .concat(brief.random.shuffled(["yellow", "cyan", "lime", "orange", "white"]));
  return plain(brief, {
    lead: "Use the left and right arrow keys to dodge the blocks.",
    body: raw`<p>Score: <span id="s">0</span></p><canvas id="c" width="400" height="250"></canvas>`,
    script: raw`
var c = document.getElementById("c").getContext("2d"), x = 190, score = 0, blocks = [], tick = ${brief.random.int(0, 9)};
document.onkeydown = function (e) { if (e.key == "ArrowLeft") x -= 15; if (e.key == "ArrowRight") x += 15; };
setInterval(function () {
  tick++;
  if (tick % ${brief.random.int(14, 22)} == 0 || blocks.length == 0) blocks.push({ x: Math.random() * 380, y: 0 });
  c.fillStyle = "${ground}"; c.fillRect(0, 0, 400, 250);
  c.fillStyle = "${player}"; c.fillRect(x, 225, 20, 20);
  c.fillStyle = "${foe}";
  for (var i = 0; i < blocks.length; i++) {
    blocks[i].y += 4; c.fillRect(blocks[i].x, blocks[i].y, 20, 20);
    if (blocks[i].y > 210 && blocks[i].y < 245 && Math.abs(blocks[i].x - x) < 20) score = 0;
  }
  score++; document.getElementById("s").innerHTML = score;
}, 40);`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.4);
  return rough(brief, {
    body: raw`score: 0 lives: 3<br><canvas id="c" width="${brief.random.int(280, 420)}" height="200" style="background:${brief.random.pick(["black", "gray", "darkblue"])}"></canvas><br>use arrows`,
    script: raw`
var c = document.getElementById("c").getContext("2d");
var x = ${brief.random.int(30, 200)};
function draw() {
  c.fillStyle = "${brief.random.pick(["red", "lime", "yellow"])}";
  c.fillRect(x, 150, 20, 20);
  ${broken ? "enemy.draw(c);" : ""}
}
draw();
document.onkeydown = function (e) { if (e.keyCode == 39) x = x + 10; if (e.keyCode == 37) x = x - 10; draw(); }`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const arcade: PageMaker = (brief) => hands[brief.skill](brief);
