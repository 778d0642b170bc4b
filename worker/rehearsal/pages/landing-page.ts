// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/landing-page.ts] -> worker/rehearsal/pages/document.ts
// One page that presents something: an opening picture that moves, what it offers, what people say, answers, and a way in.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { rngScript, stageScript } from "./stage.ts";

interface Copy {
  readonly line: string;
  readonly act: string;
  readonly offers: readonly (readonly [string, string])[];
  readonly quotes: readonly (readonly [string, string])[];
  readonly answers: readonly (readonly [string, string])[];
  readonly figures: readonly (readonly [string, string])[];
}

function copyOf(brief: Brief): Copy {
  const { random } = brief;
  const offers = brief.labels(3, [
    "Slow mornings",
    "Open doors",
    "Small groups",
    "Made by hand",
    "Good light",
    "Local hands",
  ]);
  const details = random.shuffled([
    "Looked after by people who have done it for years, and who like to be asked about it.",
    "Never more than a dozen at a time, so there is always room, and somebody to talk to.",
    "Come early, stay late. Nothing is hurried, and nothing is locked before dark.",
    "Chosen with care, kept in good order, and explained without long words.",
    "It changes with the season; the board by the door says what is best this week.",
  ]);
  return {
    line: random.pick([
      "A small place, kept well, open to anybody who is curious.",
      "Come for an hour, and leave with something to tell.",
      "Unhurried, well made, and a little unlike anything nearby.",
      "Everything you came for, and one thing that you did not expect.",
    ]),
    act: random.pick(["Plan a visit", "Save a place", "Join the list", "Come and see"]),
    offers: offers.map((offer, index) => [offer, details[index] ?? ""]),
    quotes: random
      .shuffled([
        ["I came for the afternoon and have been back every week since.", "Ines, neighbour"],
        ["Our children talked of nothing else on the way home.", "Tomas, visitor"],
        ["The kind of care one does not see any more.", "Ruth, regular"],
        ["Simple, warm, and exactly as promised.", "Amadou, guest"],
      ] as const)
      .slice(0, 2),
    answers: random
      .shuffled([
        ["Do I need to book?", "Not on weekdays. At weekends a place is kept for you if you ask the day before."],
        [
          "Can I bring children?",
          "Please do. There is a corner for them, and the tea is on the house for whoever watches it.",
        ],
        ["What does it cost?", "Entry is free. What you take home is paid by weight, and the scales are honest."],
        ["Is it open in winter?", "Yes, with shorter hours, a stove, and fewer people."],
      ] as const)
      .slice(0, 3),
    figures: [
      [String(random.int(1890, 2012)), "since"],
      [String(random.int(7, 48)), "hands"],
      [`${random.int(4, 19)},000`, "visitors a year"],
    ],
  };
}

function master(brief: Brief): string {
  const copy = copyOf(brief);
  const c = brief.palette;
  const title = escapeHtml(brief.title);
  const centre = brief.random.chance(0.4);
  const art = brief.random.pick(["hills", "rings", "ribbons"]);
  return polished(brief, {
    body: raw`<nav><b>${title}</b><span>${["Offers", "Voices", "Answers"].map((name) => `<a href="#${name.toLowerCase()}">${name}</a>`).join("")}</span><a class="cta" href="#join">${copy.act}</a></nav>
<section class="hero" id="top"><canvas id="art" aria-hidden="true"></canvas><div class="say"><h2>${title}</h2><p>${copy.line}</p><p class="bar"><a class="cta big" href="#join">${copy.act}</a><a class="ghost" href="#offers">See what is on</a></p></div>
<dl class="figs">${copy.figures.map(([figure, word]) => `<div><dt>${word}</dt><dd>${figure}</dd></div>`).join("")}</dl></section>
<section id="offers" class="three">${copy.offers.map(([name, text], index) => `<article class="card show" style="--d:${index * 90}ms"><svg viewBox="0 0 48 48" width="44" height="44" fill="none" stroke="${c.ramp[index * 2] ?? c.accent}" stroke-width="3" stroke-linecap="round">${["<circle cx='24' cy='24' r='16'/><path d='M24 8v32M8 24h32'/>", "<path d='M8 38c4-20 12-28 32-30-2 20-10 28-30 32M8 40l18-18'/>", "<path d='M6 30l10-10 10 10 16-18M32 12h10v10'/>"][index] ?? ""}</svg><h3>${escapeHtml(name)}</h3><p>${text}</p></article>`).join("")}</section>
<section id="voices" class="two">${copy.quotes.map(([text, who]) => `<blockquote class="show"><p>${text}</p><cite>${who}</cite></blockquote>`).join("")}</section>
<section id="answers"><h2>Good to know</h2>${copy.answers.map(([question, answer]) => `<details class="card show"><summary>${question}</summary><p>${answer}</p></details>`).join("")}</section>
<section id="join" class="join"><h2>Keep me a place</h2><p class="bar"><input id="mail" type="email" placeholder="you@home.example" aria-label="E-mail"><button id="go">${copy.act}</button></p><p id="told" role="status"></p></section>
<footer>${title} is open from ${brief.random.int(8, 10)} to ${brief.random.int(5, 8)}, every day but Monday.</footer>`,
    style: raw`html{scroll-behavior:smooth;height:auto}body{display:block;height:auto}.top{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}main{display:block;padding:0}section{scroll-margin-top:56px}
nav{position:sticky;top:0;z-index:5;display:flex;align-items:center;gap:1rem;padding:.55rem clamp(1rem,5vw,4rem);background:color-mix(in srgb,var(--bg) 82%,transparent);backdrop-filter:blur(10px);border-bottom:1px solid var(--line)}nav b{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}nav span{margin-left:auto;display:flex;gap:1.1rem}nav a{color:var(--muted);text-decoration:none}nav a.on{color:var(--accent);font-weight:600}
.cta{background:var(--accent);color:var(--on)!important;padding:.4rem 1rem;border-radius:99px;text-decoration:none;font-weight:600;white-space:nowrap;transition:transform .15s,box-shadow .15s}.cta:hover{transform:translateY(-2px);box-shadow:0 8px 20px color-mix(in srgb,var(--accent) 45%,transparent)}.big{padding:.65rem 1.5rem;font-size:1.05rem}.ghost{padding:.6rem 1.2rem;color:var(--ink);border-bottom:2px solid var(--accent);text-decoration:none}
.hero{position:relative;min-height:max(290px,calc(100vh - 52px));display:flex;flex-direction:column;justify-content:center;${centre ? "align-items:center;text-align:center;" : ""}padding:1.2rem clamp(1rem,7vw,7rem) 5rem;overflow:hidden}.hero canvas{position:absolute;inset:0;width:100%;height:100%}.say{position:relative;max-width:38rem;animation:up .7s both}.say h2{font:800 clamp(1.9rem,6.2vw,4.3rem)/1.03 ui-sans-serif,system-ui,sans-serif;letter-spacing:-.035em;text-wrap:balance}.say p{font-size:clamp(1rem,2vw,1.3rem);margin-top:.8rem;max-width:32rem}${centre ? ".say p{margin-inline:auto;justify-content:center}" : ""}
.figs{position:absolute;left:0;right:0;bottom:0;display:flex;justify-content:center;gap:clamp(1.5rem,8vw,7rem);padding:.7rem;background:color-mix(in srgb,var(--panel) 78%,transparent);backdrop-filter:blur(6px)}.figs div{display:flex;flex-direction:column-reverse;text-align:center}.figs dt{font-size:.78rem;color:var(--muted)}.figs dd{font-weight:800;font-size:1.25rem;letter-spacing:-.02em;margin:0}@keyframes up{from{opacity:0;transform:translateY(22px)}}
.three,.two,#answers,.join{max-width:70rem;margin:0 auto;padding:clamp(2rem,6vw,4.5rem) clamp(1rem,4vw,2rem) 0;display:grid;gap:1.1rem}.three{grid-template-columns:repeat(auto-fit,minmax(13rem,1fr))}.three article{padding:1.5rem}.three h3{margin:.7rem 0 .3rem;font-size:1.2rem}.three p{color:var(--muted)}.two{grid-template-columns:repeat(auto-fit,minmax(16rem,1fr))}
blockquote{border-left:4px solid var(--second);padding:.4rem 1.3rem}blockquote p{font:italic 1.25rem/1.4 Georgia,"TeX Gyre Pagella",serif}cite{color:var(--muted);font-style:normal}details{padding:.85rem 1.2rem}summary{cursor:pointer;font-weight:600}details p{color:var(--muted);padding-top:.4rem}
.join{text-align:center;justify-items:center;padding-bottom:4rem}.join input{padding:.6rem 1rem;border:1.5px solid var(--line);border-radius:99px;background:var(--panel);width:16rem}.join button{border-radius:99px;background:var(--accent);color:var(--on);padding:.6rem 1.3rem}#told{min-height:1.5em;color:var(--accent)}footer{text-align:center;color:var(--muted);padding:1.5rem;border-top:1px solid var(--line)}.show{transition:opacity .6s var(--d,0ms),transform .6s var(--d,0ms)}.wait{opacity:0;transform:translateY(18px)}@media(max-width:560px){nav span{display:none}nav .cta{margin-left:auto}}`,
    script: raw`
const C = ${inline(c)};${rngScript}${stageScript}
const R = rng(${brief.seed}), spots = Array.from({ length: 44 }, () => [R(), R(), R() * 6.3, 0.3 + R()]);
stage(document.getElementById("art"), {
  draw: function (g, w, h, t) {
    const sky = g.createLinearGradient(0, 0, w * 0.4, h); sky.addColorStop(0, C.sky[0]); sky.addColorStop(1, C.sky[1]); g.fillStyle = sky; g.fillRect(0, 0, w, h);
    ${
      {
        hills: raw`g.fillStyle = C.second; g.globalAlpha = 0.9; g.beginPath(); g.arc(w * 0.78, h * 0.34 + Math.sin(t * 0.3) * 8, h * 0.13, 0, 7); g.fill();
    for (let k = 0; k < 5; k++) { g.globalAlpha = 0.32 + k * 0.12; g.fillStyle = C.ramp[k]; g.beginPath(); g.moveTo(0, h); for (let x = 0; x <= w + 10; x += 10) g.lineTo(x, h * (0.5 + k * 0.1) + Math.sin(x * (0.006 - k * 0.0007) + k * 2 + t * (0.1 + k * 0.07)) * (34 - k * 4)); g.lineTo(w, h); g.fill(); }`,
        rings: raw`for (const s of spots) { const r = (8 + s[3] * 46) * (1 + 0.16 * Math.sin(t * s[3] + s[2])); g.globalAlpha = 0.3; g.strokeStyle = g.fillStyle = C.ramp[Math.floor(s[2]) % 6]; g.lineWidth = 3; g.beginPath(); g.arc((0.42 + s[0] * 0.62) * w, (s[1] * h + t * 9 * s[3]) % (h + 90) - 45, r, 0, 7); if (s[2] > 4) g.fill(); else g.stroke(); }`,
        ribbons: raw`for (let k = 0; k < 9; k++) { g.globalAlpha = 0.36; g.strokeStyle = C.ramp[k % 6]; g.lineWidth = h * 0.045; g.beginPath(); for (let x = -20; x <= w + 20; x += 14) { const y = h * (0.3 + k * 0.085) + Math.sin(x * 0.0042 + t * 0.5 + k * 0.55) * h * 0.13 + Math.cos(x * 0.011 - t * 0.3) * 12; if (x < 0) g.moveTo(x, y); else g.lineTo(x, y); } g.stroke(); }`,
      }[art]
    }
    const veil = g.createLinearGradient(0, 0, ${centre ? "0, h" : "w, 0"}); veil.addColorStop(0, C.bg + "${centre ? "66" : "dd"}"); veil.addColorStop(${centre ? 0.5 : 0.62}, C.bg + "${centre ? "b0" : "00"}"); veil.addColorStop(1, C.bg + "${centre ? "33" : "00"}"); g.globalAlpha = 1; g.fillStyle = veil; g.fillRect(0, 0, w, h);
  },
});
const seen = new IntersectionObserver((list) => list.forEach((e) => { if (e.isIntersecting) e.target.classList.remove("wait"); }), { threshold: 0.1 });
document.querySelectorAll(".show").forEach((e) => { e.classList.add("wait"); seen.observe(e); });
const spy = new IntersectionObserver((list) => list.forEach((e) => { const a = document.querySelector('nav a[href="#' + e.target.id + '"]'); if (a) a.classList.toggle("on", e.isIntersecting); }), { rootMargin: "-45% 0px -45% 0px" });
document.querySelectorAll("section[id]").forEach((s) => spy.observe(s));
function join() { const v = document.getElementById("mail").value; document.getElementById("told").textContent = /^[^\s@]+@[^\s@]+\.[a-z]+$/i.test(v) ? "A place is kept for you. See you soon." : "That address looks unfinished."; }
document.getElementById("go").onclick = join; document.getElementById("mail").addEventListener("keydown", (e) => { if (e.key === "Enter") join(); });`,
  });
}

function artisan(brief: Brief): string {
  const copy = copyOf(brief);
  const c = brief.palette;
  return solid(brief, {
    body: raw`<div class="hero"><h2>${copy.line}</h2><a href="#more">${copy.act}</a></div>
<div class="three" id="more">${copy.offers.map(([name, text]) => `<div class="card"><h3>${escapeHtml(name)}</h3><p>${text}</p></div>`).join("")}</div><p class="q">"${copy.quotes[0]?.[0] ?? ""}" - ${copy.quotes[0]?.[1] ?? ""}</p>`,
    style: raw`.hero{background:linear-gradient(120deg,${c.accent},${c.third},${c.second},${c.accent}) 0 0/300% 100%;animation:glide 14s linear infinite;color:${c.onAccent};padding:44px 24px;border-radius:10px;text-align:center}.hero h2{margin:0 0 18px;font-size:28px}.hero a{display:inline-block;background:${c.panel};color:${c.ink};padding:10px 22px;border-radius:6px;text-decoration:none}
.three{display:grid;grid-template-columns:repeat(3,1fr);gap:12px;margin-top:14px}h3{margin:0 0 6px;color:${c.accent}}.three p{margin:0;font-size:14px}.q{text-align:center;font-style:italic}@keyframes glide{to{background-position:300% 0}}`,
  });
}

function apprentice(brief: Brief): string {
  const copy = copyOf(brief);
  return plain(brief, {
    lead: `Welcome to ${brief.title}!`,
    body: `<p>${copy.line}</p><h2>What we offer</h2><ul>${copy.offers.map(([name]) => `<li>${escapeHtml(name)}</li>`).join("")}</ul><br><button>${copy.act}</button><p><small>Copyright. All rights reserved.</small></p>`,
    style: "ul{display:inline-block;text-align:left}button{padding:8px 16px;font-size:16px}",
  });
}

function novice(brief: Brief): string {
  const copy = copyOf(brief);
  const broken = brief.random.chance(0.35);
  return rough(brief, {
    body: `<center><font size="5" color="${brief.random.pick(["blue", "red", "green"])}">WELCOME!!!</font><br><br>Lorem ipsum dolor sit amet ${escapeHtml(copy.offers[0]?.[0] ?? "")}<br><br><div style="width:200px;height:90px;border:1px solid gray">image</div><a href="#">click here</a></center>`,
    script: broken ? "slider.start();" : undefined,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const landingPage: PageMaker = (brief) => hands[brief.skill](brief);
