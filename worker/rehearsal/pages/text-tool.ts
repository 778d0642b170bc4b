// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/text-tool.ts] -> worker/rehearsal/pages/document.ts
// Something to do with words: weigh them, compare two versions, or set simple markup beside its result.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript } from "./stage.ts";

function sampleOf(brief: Brief): string {
  const [one, two, three] = brief
    .labels(3, ["Bread", "Rain", "Letters", "Lamps", "Gulls", "Apples"])
    .map((label) => label.toLowerCase());
  const first = brief.random.shuffled([
    `Nobody on our street had thought much about ${one} until the morning the road was closed.`,
    `The notebook begins with ${one}, drawn badly and with great affection.`,
    `For three weeks we had been counting ${one}, and for three weeks the number had been wrong.`,
  ]);
  const second = brief.random.shuffled([
    `Then came the ${two}, which changed everything except the timetable.`,
    `My grandmother kept ${two} in a tin on the highest shelf, because she said that what is easy to reach is easy to forget.`,
    `There is a way of looking at ${two} that makes the whole afternoon slow down.`,
  ]);
  return `${first[0] ?? ""} ${second[0] ?? ""} We wrote it all down.\n\n${second[1] ?? ""} Nobody asked about the ${three}. ${first[1] ?? ""} It was, all things considered, a very good year, and the ${three} did the rest.`;
}

function master(brief: Brief): string {
  if (brief.mentions("compar|diff|version|changes|revis|proofread")) return masterCompare(brief);
  if (brief.mentions("markdown|markup|preview|format")) return masterMarkup(brief);
  return masterWeigh(brief);
}

const pairStyle = raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:1.25fr 1fr;gap:1rem;padding-bottom:.4rem}.room>*{min-height:0;min-width:0}textarea{width:100%;height:100%;resize:none;border:0;outline:0;background:none;padding:clamp(.6rem,2.4vh,1.3rem);font:1.02rem/1.65 Georgia,"TeX Gyre Pagella","Liberation Serif",serif;color:var(--ink)}.paper{position:relative;overflow:hidden;display:flex}.paper:focus-within{border-color:var(--accent)}`;

function masterWeigh(brief: Brief): string {
  return polished(brief, {
    lead: "Type or paste; everything is counted as you go.",
    hints: [
      ["Ctrl 1", "long sentences"],
      ["Ctrl 2", "repeated words"],
      ["Ctrl Z", "undo"],
    ],
    body: raw`<div class="room"><div class="card paper"><div id="under" aria-hidden="true"></div><textarea id="t" spellcheck="false" aria-label="Text">${escapeHtml(sampleOf(brief))}</textarea></div>
<aside><div class="nums" id="nums"></div><div class="bar" role="group" aria-label="Show"><button data-m="long" aria-pressed="true">Long sentences</button><button data-m="again" aria-pressed="false">Repeats</button><button data-m="" aria-pressed="false">Nothing</button></div><div id="ease" class="card"></div><div id="freq"></div>
<div class="bar"><button data-f="upper">UPPER</button><button data-f="lower">lower</button><button data-f="title">Title</button><button data-f="tidy">Tidy spaces</button></div></aside></div>${liveRegion}`,
    style: raw`${pairStyle}#under{position:absolute;inset:0;padding:clamp(.6rem,2.4vh,1.3rem);font:1.02rem/1.65 Georgia,"TeX Gyre Pagella","Liberation Serif",serif;white-space:pre-wrap;overflow-wrap:break-word;color:transparent;overflow:hidden;pointer-events:none}#under mark{color:transparent;border-radius:3px;background:color-mix(in srgb,var(--second) 34%,transparent)}#under mark.b{background:color-mix(in srgb,var(--accent) 34%,transparent)}textarea{position:relative;overflow-wrap:break-word;white-space:pre-wrap}
aside{display:flex;flex-direction:column;gap:clamp(.3rem,1.6vh,.9rem);overflow:hidden}.nums{display:grid;grid-template-columns:repeat(3,1fr);gap:.5rem}.nums div{background:var(--panel);border:1px solid var(--line);border-radius:var(--r);padding:.35rem .6rem}.nums b{display:block;font-size:clamp(1.05rem,2.4vw,1.55rem);line-height:1.15;font-variant-numeric:tabular-nums;letter-spacing:-.02em}.nums span{color:var(--muted);font-size:.75rem}aside button{font-size:.82rem;padding:.25rem .6rem}
#ease{padding:.5rem .8rem;font-size:.86rem}#ease .scale{height:8px;border-radius:4px;margin-top:.35rem;background:linear-gradient(90deg,var(--third),var(--second),var(--accent));position:relative}#ease .scale i{position:absolute;top:-3px;width:4px;height:14px;border-radius:2px;background:var(--ink);transition:left .3s}#freq{display:grid;gap:.2rem;font-size:.84rem;min-height:0;overflow:hidden;flex:1;align-content:start}#freq div{display:grid;grid-template-columns:5.6rem 1fr 1.5rem;gap:.5rem;align-items:center}#freq i{display:block;height:8px;border-radius:4px;background:var(--accent);transition:width .3s}#freq b{text-align:right;font-weight:500;color:var(--muted)}@media(max-height:420px){#freq{display:none}}`,
    script: raw`${pingScript}
const $ = (id) => document.getElementById(id), t = $("t"), plainWords = new Set("the and that was were have had with for not but for our you your from they this which what all did its his her she him who".split(" "));
let mode = "long";
const esc = (s) => s.replace(/[&<>]/g, (c) => "&#" + c.charCodeAt(0) + ";");
function syllables(w) { return Math.max(1, (w.toLowerCase().replace(/e$/, "").match(/[aeiouy]+/g) || []).length); }
function show() {
  const s = t.value, words = s.match(/[\p{L}'\u2019-]+/gu) || [], sentences = s.split(/[.!?]+(?:\s|$)/).filter((x) => /\p{L}/u.test(x)), paras = s.split(/\n\s*\n/).filter((p) => p.trim());
  const syl = words.reduce((a, w) => a + syllables(w), 0), ease = words.length ? Math.max(0, Math.min(100, 206.8 - 1.015 * (words.length / Math.max(1, sentences.length)) - 84.6 * (syl / words.length))) : 0, secs = Math.round(words.length / 3.8);
  $("nums").innerHTML = [[words.length, "words"], [s.length, "characters"], [sentences.length, "sentences"], [paras.length, "paragraphs"], [Math.floor(secs / 60) + ":" + String(secs % 60).padStart(2, "0"), "to read"], [words.length ? (words.length / Math.max(1, sentences.length)).toFixed(1) : 0, "words a sentence"]].map((n) => "<div><b>" + n[0] + "</b><span>" + n[1] + "</span></div>").join("");
  $("ease").innerHTML = "Reading ease <b>" + ease.toFixed(0) + "</b>, " + (ease > 80 ? "plain speech" : ease > 60 ? "easy" : ease > 40 ? "takes attention" : "hard going") + '<div class="scale"><i style="left:' + ease + '%"></i></div>';
  const tally = {}; words.forEach((w) => { const k = w.toLowerCase(); if (k.length > 2 && !plainWords.has(k)) tally[k] = (tally[k] || 0) + 1; });
  const top = Object.entries(tally).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, 7), most = top.length ? top[0][1] : 1;
  $("freq").innerHTML = top.map((e) => "<div><span>" + esc(e[0]) + '</span><i style="width:' + (100 * e[1]) / most + '%"></i><b>' + e[1] + "</b></div>").join("");
  let under = esc(s);
  if (mode === "long") under = s.split(/(?<=[.!?])(?=\s)/).map((x) => ((x.match(/\p{L}+/gu) || []).length > 16 ? "<mark>" + esc(x) + "</mark>" : esc(x))).join("");
  if (mode === "again") under = s.split(/([\p{L}'-]+)/u).map((x) => (tally[x.toLowerCase()] > 1 ? '<mark class="b">' + esc(x) + "</mark>" : esc(x))).join("");
  $("under").innerHTML = under + " "; $("under").scrollTop = t.scrollTop;
}
function setMode(m) { mode = m; document.querySelectorAll("[data-m]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.m === m))); show(); }
const change = { upper: (s) => s.toUpperCase(), lower: (s) => s.toLowerCase(), title: (s) => s.toLowerCase().replace(/(^|[\s(])\p{L}/gu, (c) => c.toUpperCase()), tidy: (s) => s.replace(/[ \t]+/g, " ").replace(/ ([,.;!?])/g, "$1").replace(/\n{3,}/g, "\n\n").trim() };
document.addEventListener("click", (e) => {
  const d = e.target.dataset || {}; if (d.m !== undefined) setMode(d.m);
  if (d.f) { const a = t.selectionStart, b = t.selectionEnd, all = a === b; t.setRangeText(change[d.f](all ? t.value : t.value.slice(a, b)), all ? 0 : a, all ? t.value.length : b, "select"); show(); ping("Changed"); }
});
t.addEventListener("input", show); t.addEventListener("scroll", () => { $("under").scrollTop = t.scrollTop; });
addEventListener("keydown", (e) => { if (e.ctrlKey && (e.key === "1" || e.key === "2")) { e.preventDefault(); setMode(e.key === "1" ? "long" : "again"); } });
show();`,
  });
}

function masterCompare(brief: Brief): string {
  const before = sampleOf(brief);
  const after = before
    .replace("We wrote it all down.", "We wrote all of it down, twice.")
    .replace("a very good year", "a good year")
    .replace("Nobody asked", "Hardly anybody asked");
  return polished(brief, {
    lead: "Two versions in, one reading out: taken out, put in, kept.",
    hints: [
      ["Tab", "next field"],
      ["Ctrl ↓", "next change"],
    ],
    body: raw`<div class="room three"><div class="card paper"><textarea id="a" spellcheck="false" aria-label="Before">${escapeHtml(before)}</textarea></div><div class="card paper"><textarea id="b" spellcheck="false" aria-label="After">${escapeHtml(after)}</textarea></div><div class="card out"><div id="out"></div></div></div><div class="bar" id="sum"></div>${liveRegion}`,
    style: raw`${pairStyle}.three{grid-template-columns:1fr 1fr 1.2fr}.three textarea{font-size:.93rem}.out{overflow:auto;padding:1rem 1.2rem;font:1rem/1.7 Georgia,"TeX Gyre Pagella",serif;white-space:pre-wrap}ins{text-decoration:none;background:color-mix(in srgb,#2fa866 30%,transparent);border-radius:3px}del{background:color-mix(in srgb,#e5484d 26%,transparent);border-radius:3px;opacity:.85}.here{outline:2px solid var(--ink);outline-offset:2px}#sum{font-size:.88rem;color:var(--muted);gap:1.2rem}#sum b{color:var(--ink)}#sum i{flex:1;max-width:260px;height:8px;border-radius:4px;overflow:hidden;display:flex;background:var(--line)}`,
    script: raw`${pingScript}
const $ = (id) => document.getElementById(id); let at = -1;
const esc = (s) => s.replace(/[&<>]/g, (c) => "&#" + c.charCodeAt(0) + ";"), cut = (s) => s.match(/\s+|[\p{L}\p{N}'-]+|[^\s\p{L}\p{N}]/gu) || [];
function diff(a, b) {
  const w = b.length + 1, L = new Uint16Array((a.length + 1) * w);
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) L[i * w + j] = a[i] === b[j] ? L[(i + 1) * w + j + 1] + 1 : Math.max(L[(i + 1) * w + j], L[i * w + j + 1]);
  const out = []; let i = 0, j = 0; const put = (k, s) => { const l = out[out.length - 1]; if (l && l[0] === k) l[1] += s; else out.push([k, s]); };
  while (i < a.length || j < b.length) { if (i < a.length && j < b.length && a[i] === b[j]) { put("=", a[i]); i++; j++; } else if (i < a.length && (j >= b.length || L[(i + 1) * w + j] >= L[i * w + j + 1])) put("-", a[i++]); else put("+", b[j++]); }
  return out;
}
function show() {
  const a = cut($("a").value).slice(0, 3000), b = cut($("b").value).slice(0, 3000), parts = diff(a, b), n = { "=": 0, "+": 0, "-": 0 };
  parts.forEach((p) => { n[p[0]] += (p[1].match(/\p{L}+/gu) || []).length; });
  $("out").innerHTML = parts.map((p) => (p[0] === "=" ? esc(p[1]) : (p[0] === "+" ? "<ins>" : "<del>") + esc(p[1]) + (p[0] === "+" ? "</ins>" : "</del>"))).join("");
  const all = n["="] + n["+"] + n["-"] || 1; $("sum").innerHTML = "<span><b>" + n["-"] + "</b> words out</span><span><b>" + n["+"] + "</b> words in</span><span><b>" + Math.round((100 * n["="]) / all) + " %</b> kept</span><i><span style='width:" + (100 * n["="]) / all + "%;background:var(--muted)'></span><span style='width:" + (100 * n["+"]) / all + "%;background:#2fa866'></span><span style='width:" + (100 * n["-"]) / all + "%;background:#e5484d'></span></i>"; at = -1;
}
$("a").oninput = $("b").oninput = show;
addEventListener("keydown", (e) => { if (!e.ctrlKey || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return; const all = [...document.querySelectorAll("ins,del")]; if (!all.length) return; e.preventDefault(); if (all[at]) all[at].classList.remove("here"); at = (at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length; all[at].classList.add("here"); all[at].scrollIntoView({ block: "nearest" }); ping(all[at].tagName === "INS" ? "put in" : "taken out"); });
show();`,
  });
}

function masterMarkup(brief: Brief): string {
  const [one, two, three] = brief.labels(3, ["Bread", "Rain", "Letters", "Lamps"]);
  const text = `# ${brief.title}\n\n${sampleOf(brief).split("\n\n")[0] ?? ""}\n\n## What to bring\n\n- *${one}*, if there is any\n- **${two}** for everybody\n- ${three}, wrapped\n\n> Leave it as you found it.\n\n1. Come in\n2. Sit down\n3. Begin`;
  return polished(brief, {
    lead: "Simple markup on the left, the page on the right.",
    hints: [
      ["Ctrl B", "bold"],
      ["Ctrl I", "italic"],
      ["Ctrl ↵", "heading"],
    ],
    body: raw`<div class="bar tools"><button data-w="**">Bold</button><button data-w="*">Italic</button><button data-l="## ">Heading</button><button data-l="- ">List</button><button data-l="> ">Quote</button><span id="n"></span></div><div class="room"><div class="card paper"><textarea id="t" spellcheck="false" aria-label="Markup">${escapeHtml(text)}</textarea></div><div class="card out" id="out"></div></div>${liveRegion}`,
    style: raw`${pairStyle}.room{grid-template-columns:1fr 1fr}.tools{padding-bottom:.5rem}.tools button{font-size:.85rem;padding:.25rem .7rem}#n{margin-left:auto;color:var(--muted);font-size:.85rem}#t{font:.92rem/1.6 ui-monospace,Menlo,"DejaVu Sans Mono",monospace}.out{overflow:auto;padding:clamp(.6rem,2.4vh,1.4rem) 1.5rem;font:1.02rem/1.6 Georgia,"TeX Gyre Pagella",serif}.out>*+*{margin-top:.6em}.out h1{font-size:1.6rem}.out h2{font-size:1.2rem;color:var(--accent)}.out blockquote{border-left:4px solid var(--second);padding:.1rem 1rem;color:var(--muted);font-style:italic}.out code{background:var(--line);padding:0 .3em;border-radius:3px}`,
    script: raw`${pingScript}
const $ = (id) => document.getElementById(id), t = $("t");
const esc = (s) => s.replace(/[&<>]/g, (c) => "&#" + c.charCodeAt(0) + ";");
function span(s) { return esc(s).replace(/\*\*(.+?)\*\*/g, "<b>$1</b>").replace(/\*(.+?)\*/g, "<i>$1</i>").replace(/\x60(.+?)\x60/g, "<code>$1</code>"); }
function render(s) {
  return s.split(/\n\s*\n/).map((b) => {
    const l = b.split("\n"), h = /^(#{1,4}) (.*)/.exec(b);
    if (h) return "<h" + h[1].length + ">" + span(h[2]) + "</h" + h[1].length + ">" + (l.length > 1 ? render(l.slice(1).join("\n")) : "");
    if (l.every((x) => /^[-*] /.test(x))) return "<ul>" + l.map((x) => "<li>" + span(x.slice(2)) + "</li>").join("") + "</ul>";
    if (l.every((x) => /^\d+\. /.test(x))) return "<ol>" + l.map((x) => "<li>" + span(x.replace(/^\d+\. /, "")) + "</li>").join("") + "</ol>";
    if (l.every((x) => /^> ?/.test(x))) return "<blockquote>" + l.map((x) => span(x.replace(/^> ?/, ""))).join("<br>") + "</blockquote>";
    return b.trim() ? "<p>" + l.map(span).join(" ") + "</p>" : "";
  }).join("");
}
function show() { $("out").innerHTML = render(t.value); const n = (t.value.match(/\p{L}+/gu) || []).length; $("n").textContent = n + " words"; }
function wrap(w) { const a = t.selectionStart, b = t.selectionEnd; t.setRangeText(w + (t.value.slice(a, b) || "text") + w, a, b, "select"); t.focus(); show(); }
function line(p) { const a = t.value.lastIndexOf("\n", t.selectionStart - 1) + 1; t.setRangeText(p, a, a, "end"); t.focus(); show(); }
document.querySelector(".tools").onclick = (e) => { const d = e.target.dataset; if (d.w) wrap(d.w); if (d.l) line(d.l); };
t.oninput = show;
t.addEventListener("keydown", (e) => { if (!e.ctrlKey) return; if (e.key === "b") { e.preventDefault(); wrap("**"); } if (e.key === "i") { e.preventDefault(); wrap("*"); } if (e.key === "Enter") { e.preventDefault(); line("## "); ping("Heading"); } });
show();`,
  });
}

function artisan(brief: Brief): string {
  return solid(brief, {
    lead: "Word counter and case converter.",
    body: raw`<div class="card"><textarea id="t" rows="9">${escapeHtml(sampleOf(brief))}</textarea><p id="out"></p><button onclick="change(1)">UPPER CASE</button> <button onclick="change(0)">lower case</button> <button onclick="t.value='';show()">Clear</button></div>`,
    style: raw`textarea{width:100%;max-height:48vh;padding:8px;border:1px solid ${brief.palette.line};border-radius:6px;background:${brief.palette.bg};color:${brief.palette.ink}}#out{font-weight:bold;color:${brief.palette.accent};margin:10px 0}`,
    script: raw`
const t = document.getElementById("t");
function show() {
  const words = t.value.trim().split(/\s+/).filter(Boolean), unique = new Set(words.map((w) => w.toLowerCase().replace(/[^a-z']/g, "")));
  document.getElementById("out").textContent = words.length + " words, " + t.value.length + " characters, " + (t.value.match(/[.!?]/g) || []).length + " sentences, " + unique.size + " different words";
}
function change(up) { t.value = up ? t.value.toUpperCase() : t.value.toLowerCase(); show(); }
t.oninput = show; show();`,
  });
}

function apprentice(brief: Brief): string {
  return plain(brief, {
    lead: "Type your text and press the button.",
    body: `<textarea id="t" rows="${brief.random.int(6, 9)}" cols="${brief.random.int(52, 64)}">${escapeHtml(sampleOf(brief).split("\n")[0] ?? "")}</textarea><br><button onclick="count()">Count words</button><p>Words: <span id="n">-</span></p>`,
    script: raw`function count() { document.getElementById("n").innerHTML = document.getElementById("t").value.split(" ").length; }`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  return rough(brief, {
    body: `<textarea id="text">${escapeHtml(brief.labels(3, ["some", "text", "here"]).join(" ").toLowerCase())}</textarea><br><button onclick="go()">${brief.random.pick(["go", "count", "convert"])}</button> result: <b id="${broken ? "res" : "r"}"></b>`,
    script: raw`function go() { document.getElementById("r").innerHTML = document.getElementById("text").value${brief.random.pick([".length + ' words'", ".toUpperCase", ".split(' ')"])}; }
${broken ? "go();" : ""}`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const textTool: PageMaker = (brief) => hands[brief.skill](brief);
