// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/calculator.ts] -> worker/rehearsal/pages/document.ts
// A calculator: keys and a tape, or a planner with sliders whose figures follow at once.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { plans, type Plan } from "./calculator-plans.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript } from "./stage.ts";

const keypad = raw`
function reckon(text) {
  const tokens = text.replace(/\s/g, "").match(/\d+\.?\d*|\.\d+|[-+*^%()]|\u00d7|\u00f7|sqrt|sin|cos|tan|ln|pi/g) || [];
  let k = 0;
  function sum() { let v = product(); while (tokens[k] === "+" || tokens[k] === "-") v = tokens[k++] === "+" ? v + product() : v - product(); return v; }
  function product() { let v = power(); for (;;) { const t = tokens[k]; if (t === "*" || t === "\u00d7") { k++; v *= power(); } else if (t === "\u00f7") { k++; v /= power(); } else return v; } }
  function power() { const v = unary(); if (tokens[k] === "^") { k++; return Math.pow(v, power()); } return v; }
  function unary() { if (tokens[k] === "-") { k++; return -unary(); } let v = atom(); while (tokens[k] === "%") { k++; v /= 100; } return v; }
  function atom() {
    const t = tokens[k++];
    if (t === "(") { const v = sum(); if (tokens[k] === ")") k++; return v; }
    if (t === "pi") return Math.PI;
    if (t === "sqrt") return Math.sqrt(atom());
    if (t === "sin" || t === "cos" || t === "tan") return Math[t](atom());
    if (t === "ln") return Math.log(atom());
    const v = Number(t);
    if (t === undefined || Number.isNaN(v)) throw new Error("incomplete");
    return v;
  }
  const v = sum();
  if (k < tokens.length) throw new Error("incomplete");
  return v;
}
function tidy(v) { return Number.isFinite(v) ? String(Number(v.toPrecision(12))) : "undefined"; }`;

function planOf(brief: Brief): Plan | undefined {
  if (brief.mentions("keypad|scientific|expression|brackets|memory tape")) return undefined;
  const wanted = plans.find((plan) => brief.mentions(plan.stems));
  return wanted ?? (brief.random.chance(0.3) ? undefined : brief.random.pick(plans));
}

function master(brief: Brief): string {
  const plan = planOf(brief);
  return plan === undefined ? masterKeypad(brief) : masterPlanner(brief, plan);
}

function masterPlanner(brief: Brief, plan: Plan): string {
  const rows = plan.fields.map(([label, unit, low, high, step, start], index) => {
    const value = Math.min(high, Math.max(low, Math.round((start * (0.6 + brief.random.float() * 0.8)) / step) * step));
    return raw`<label><span>${label}<output id="o${index}"></output></span><input id="f${index}" data-unit="${unit}" type="range" min="${low}" max="${high}" step="${step}" value="${Number(value.toFixed(2))}"></label>`;
  });
  return polished(brief, {
    lead: plan.lead,
    hints: [
      ["Tab", "next slider"],
      ["← →", "fine steps"],
      ["0", "back to the start"],
    ],
    body: raw`<div class="room"><section class="card in">${rows.join("")}</section>
<section class="card res"><div id="big"></div><div id="out"></div><div class="share"><div id="parts"></div><div id="key"></div></div><div id="line"></div></section></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:1fr 1.25fr;gap:1rem;padding-bottom:.5rem}.in,.res{padding:clamp(.8rem,2.4vh,1.6rem);display:flex;flex-direction:column;gap:clamp(.4rem,2vh,1.2rem);min-height:0;justify-content:center}
label{display:block}label span{display:flex;justify-content:space-between;color:var(--muted)}label output{color:var(--ink);font-weight:700;font-variant-numeric:tabular-nums}
input[type=range]{width:100%;accent-color:var(--accent);height:1.6rem}#big{line-height:1.1}#big b{display:block;font-size:clamp(1.8rem,5.4vw,3.6rem);letter-spacing:-.03em;color:var(--accent);font-variant-numeric:tabular-nums}
#big span{color:var(--muted)}#out{display:flex;gap:1.6rem;flex-wrap:wrap}#out b{display:block;font-size:1.15rem;font-variant-numeric:tabular-nums}#out span{color:var(--muted);font-size:.85rem}
#parts{display:flex;height:14px;border-radius:7px;overflow:hidden;background:var(--line)}#parts i{transition:width .25s}#key{display:flex;gap:1rem;font-size:.8rem;color:var(--muted);margin-top:.3rem}#key i{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.35em}
#line{flex:1;min-height:40px;max-height:190px}#line svg{width:100%;height:100%;display:block}@media(max-width:560px){.room{grid-template-columns:1fr}}@media(max-height:420px){#line{display:none}}`,
    script: raw`${pingScript}
const $ = (id) => document.getElementById(id), C = ${inline([brief.palette.accent, brief.palette.second, brief.palette.third])};
const inputs = [...document.querySelectorAll("input")], start = inputs.map((i) => i.value);
function money(x) { return x.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }); }
function formula(v) { ${plan.formula} }
function show() {
  const v = inputs.map((i) => Number(i.value)), r = formula(v);
  inputs.forEach((i, k) => { $("o" + k).textContent = Number(i.value).toLocaleString("en") + (i.dataset.unit ? " " + i.dataset.unit : ""); });
  $("big").innerHTML = "<span>" + r.out[0][0] + "</span><b>" + r.out[0][1] + "</b>";
  $("out").innerHTML = r.out.slice(1).map((o) => "<div><span>" + o[0] + "</span><b>" + o[1] + "</b></div>").join("");
  const all = r.parts.reduce((s, p) => s + p[1], 0) || 1;
  $("parts").innerHTML = r.parts.map((p, k) => '<i style="width:' + (100 * p[1]) / all + "%;background:" + C[k] + '"></i>').join("");
  $("key").innerHTML = r.parts.map((p, k) => '<span><i style="background:' + C[k] + '"></i>' + p[0] + " " + Math.round((100 * p[1]) / all) + " %</span>").join("");
  const top = Math.max(...r.line, 1e-9), pts = r.line.map((y, k) => ((k / Math.max(1, r.line.length - 1)) * 400).toFixed(1) + "," + (104 - (y / top) * 96).toFixed(1));
  $("line").innerHTML = '<svg viewBox="0 0 400 110" preserveAspectRatio="none"><polygon points="0,110 ' + pts.join(" ") + ' 400,110" fill="' + C[0] + '" opacity=".16"/><polyline points="' + pts.join(" ") + '" fill="none" stroke="' + C[0] + '" stroke-width="2.5" vector-effect="non-scaling-stroke"/></svg>';
  return r;
}
inputs.forEach((i) => { i.addEventListener("input", show); i.addEventListener("change", () => ping(show().out[0].join(" "))); });
addEventListener("keydown", (e) => { if (e.key === "0") { inputs.forEach((i, k) => { i.value = start[k]; }); show(); } });
show();`,
  });
}

const keys = "sin cos sqrt ^ C ln pi ( ) del 7 8 9 ÷ % 4 5 6 × ans 1 2 3 - + 0 . =".split(" ");

function masterKeypad(brief: Brief): string {
  const grid = keys.map((key) => {
    const kind = /^[\d.]$/.test(key) ? "num" : key === "=" ? "go eq" : "op";
    return `<button class="${kind}" data-k="${key}">${key}</button>`;
  });
  const r = brief.random;
  const samples = [
    `${r.int(12, 99)}×${r.int(3, 19)}`,
    `sqrt(${r.int(40, 400)})+${r.int(2, 60)}`,
    `${r.int(120, 900)}÷${r.int(3, 17)}`,
    `(${r.int(2, 9)}+${r.int(2, 9)})^${r.int(2, 4)}`,
  ];
  return polished(brief, {
    lead: "Type an expression; the answer appears as you go.",
    hints: [
      ["Enter", "keep on the tape"],
      ["Backspace", "delete"],
      ["Esc", "clear"],
    ],
    body: raw`<div class="room"><section class="card pad"><div class="face"><div id="expr" aria-label="Expression"></div><div id="res"></div></div><div class="grid">${grid.join("")}</div></section>
<section class="card tape"><h2>Tape</h2><ul id="tape"></ul></section></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:minmax(18rem,27rem) minmax(9rem,17rem);gap:1rem;justify-content:center;padding-bottom:.5rem}.pad{padding:.8rem;display:flex;flex-direction:column;gap:.6rem;min-height:0}
.face{background:color-mix(in srgb,var(--accent) 12%,var(--panel));border-radius:var(--r);padding:.5rem .8rem;text-align:right;font-variant-numeric:tabular-nums;overflow:hidden}#expr{min-height:1.5em;color:var(--muted)}#res{font-size:clamp(1.5rem,4.5vh,2.6rem);font-weight:700;line-height:1.15;min-height:1.15em}
.grid{flex:1;min-height:0;display:grid;grid-template-columns:repeat(5,1fr);gap:.35rem}.grid button{padding:0;min-height:0;font-size:1.02rem}.grid .num{font-weight:700}.grid .op{background:transparent}.grid .eq{grid-column:span 3}
.tape{padding:.8rem;overflow:hidden}.tape h2{font-size:.8rem;color:var(--muted);font-weight:600}#tape{list-style:none;padding:0}#tape li{padding:.3rem 0;border-bottom:1px dashed var(--line);text-align:right;cursor:pointer;color:var(--muted);font-size:.9rem}#tape b{display:block;color:var(--ink);font-size:1.1rem}`,
    script: raw`${keypad}${pingScript}
const $ = (id) => document.getElementById(id), tape = [];
let expr = "", ans = 0;
function show() {
  $("expr").textContent = expr || "0";
  try { $("res").textContent = expr ? tidy(reckon(expr)) : "0"; $("res").style.opacity = 1; } catch (e) { $("res").style.opacity = 0.35; }
  $("tape").innerHTML = tape.slice(0, 9).map((t, i) => '<li data-i="' + i + '">' + t[0] + "<b>" + t[1] + "</b></li>").join("");
}
function press(k) {
  if (k === "C") expr = ""; else if (k === "del") expr = expr.slice(0, -1); else if (k === "ans") expr += ans;
  else if (k === "=") { try { const v = tidy(reckon(expr)); tape.unshift([expr, v]); ans = v; expr = v; ping(v); } catch (e) { $("res").textContent = "incomplete"; return; } }
  else expr += k === "sin" || k === "cos" || k === "sqrt" || k === "ln" ? k + "(" : k;
  show();
}
document.querySelector(".grid").addEventListener("click", (e) => { if (e.target.dataset.k) press(e.target.dataset.k); });
$("tape").addEventListener("click", (e) => { const li = e.target.closest("li"); if (li) { expr += tape[li.dataset.i][1]; show(); } });
addEventListener("keydown", (e) => {
  const k = { Enter: "=", Escape: "C", Backspace: "del", "*": "\u00d7", "/": "\u00f7" }[e.key] || e.key;
  const b = [...document.querySelectorAll(".grid button")].find((x) => x.dataset.k === k);
  if (b) { e.preventDefault(); press(k); b.animate([{ transform: "scale(.93)" }, { transform: "none" }], 120); }
});
${inline(samples)}.forEach((s) => { tape.unshift([s, tidy(reckon(s))]); });
expr = ${inline(`${r.int(21, 98)}×(${r.int(2, 9)}+${r.int(11, 49)})`)};
show();`,
  });
}

function artisan(brief: Brief): string {
  const plan = planOf(brief);
  if (plan === undefined) return artisanKeypad(brief);
  const rows = plan.fields.map(
    ([label, unit, low, high, step, start], index) =>
      raw`<p><label for="f${index}">${label}${unit === "" ? "" : ` (${unit})`}</label> <input id="f${index}" type="number" min="${low}" max="${high}" step="${step}" value="${start}"></p>`,
  );
  return solid(brief, {
    lead: plan.lead,
    body: raw`<div class="card two"><div>${rows.join("")}</div><dl id="out"></dl></div>`,
    style: raw`.two{display:grid;grid-template-columns:1fr 1fr;gap:20px}p{margin:6px 0;display:flex;justify-content:space-between}input{width:110px;padding:4px 6px;border:1px solid ${brief.palette.line};border-radius:5px;background:${brief.palette.bg}}
dl{margin:0;padding:12px;border-left:3px solid ${brief.palette.accent}}dt{font-size:13px;color:${brief.palette.muted}}dd{margin:0 0 10px;font-size:24px;font-weight:bold}`,
    script: raw`
const inputs = [...document.querySelectorAll("input")];
function money(x) { return x.toFixed(2); }
function formula(v) { ${plan.formula} }
function show() {
  const r = formula(inputs.map((i) => Number(i.value)));
  document.getElementById("out").innerHTML = r.out.map((o) => "<dt>" + o[0] + "</dt><dd>" + o[1] + "</dd>").join("");
}
inputs.forEach((i) => i.addEventListener("input", show));
show();`,
  });
}

function artisanKeypad(brief: Brief): string {
  const c = brief.palette;
  const buttons = "7 8 9 ÷ ( 4 5 6 × ) 1 2 3 - ^ 0 . C + ="
    .split(" ")
    .map((key) => `<button data-k="${key}">${key}</button>`);
  return solid(brief, {
    body: raw`<div class="card pad"><input id="d" value="${brief.random.int(12, 90)}×${brief.random.int(3, 20)}" aria-label="Expression"><div id="r"></div><div class="grid">${buttons.join("")}</div></div>`,
    style: raw`.pad{max-width:420px;margin:0 auto}#d{width:100%;padding:8px;font-size:20px;text-align:right;border:1px solid ${c.line};border-radius:6px;background:${c.bg}}#r{text-align:right;font-size:26px;font-weight:bold;color:${c.accent};min-height:40px;padding:2px 8px}.grid{display:grid;grid-template-columns:repeat(5,1fr);gap:6px}.grid button{height:min(52px,9vh);font-size:18px}`,
    script: raw`${keypad}
const d = document.getElementById("d"), r = document.getElementById("r");
function show() { try { r.textContent = "= " + tidy(reckon(d.value)); } catch (e) { r.textContent = "..."; } }
document.querySelector(".grid").onclick = (e) => { const k = e.target.dataset.k; if (!k) return; if (k === "C") d.value = ""; else if (k === "=") d.value = r.textContent.slice(2); else d.value += k; show(); };
d.oninput = show; show();`,
  });
}

function apprentice(brief: Brief): string {
  const width = brief.random.int(46, 60);
  return plain(brief, {
    body: raw`<input id="d" size="18" value="0" readonly><br>${["7 8 9 ÷", "4 5 6 ×", "1 2 3 -", "0 C = +"]
      .map(
        (row) =>
          `${row
            .split(" ")
            .map((key) => `<button onclick="hit('${key}')">${key}</button>`)
            .join("")}<br>`,
      )
      .join("")}`,
    style: raw`button{width:${width}px;height:44px;font-size:18px;margin:2px}#d{font-size:22px;text-align:right;margin-bottom:6px;width:${width * 4 + 12}px}`,
    script: raw`
var first = null, op = null, fresh = true, d = document.getElementById("d");
function hit(k) {
  if (k >= "0" && k <= "9") { d.value = fresh ? k : d.value + k; fresh = false; return; }
  if (k == "C") { d.value = "0"; first = null; op = null; fresh = true; return; }
  if (op != null && !fresh) {
    var a = first, b = parseFloat(d.value);
    d.value = op == "+" ? a + b : op == "-" ? a - b : op == "\u00d7" ? a * b : a / b;
  }
  first = parseFloat(d.value); op = k == "=" ? null : k; fresh = true;
}`,
  });
}

function novice(brief: Brief): string {
  const broken = brief.random.chance(0.35);
  const field = escapeHtml(brief.labels(1, ["amount", "number", "value", "total"])[0] ?? "amount");
  return rough(brief, {
    body: raw`${field}: <input id="a" size="6" value="${brief.random.int(2, 40)}"> <br>times: <input id="b" size="6" value="${brief.random.int(2, 9)}"><br><button onclick="calc()">calculate</button> <b id="r">answer: ?</b>`,
    script: raw`
function calc() {
  var a = document.getElementById("a").value;
  var b = document.getElementById("b").value;
  document.getElementById("${broken ? "result" : "r"}").innerHTML = "answer: " + (a + b);
}`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const calculator: PageMaker = (brief) => hands[brief.skill](brief);
