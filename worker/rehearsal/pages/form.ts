// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/form.ts] -> worker/rehearsal/pages/document.ts
// A form. Pages are shown in a sandbox where submitting is blocked before its event fires, so the good ones listen to
// clicks and keys instead; the poor ones never noticed.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript } from "./stage.ts";

interface Field {
  readonly id: string;
  readonly label: string;
  readonly kind: "text" | "email" | "date" | "count" | "choice" | "range" | "note";
  readonly step: number;
  readonly hint?: string;
  readonly options?: readonly string[];
}

interface Sheet {
  readonly stems: string;
  readonly steps: readonly [string, string, string];
  readonly act: string;
  readonly stub: string;
  readonly fields: readonly Field[];
}

function sheets(options: readonly string[]): readonly Sheet[] {
  const name: Field = { id: "name", label: "Full name", kind: "text", step: 0 };
  const mail: Field = { id: "mail", label: "E-mail", kind: "email", step: 0, hint: "We answer here." };
  return [
    {
      stems: "book|reserv|appointment|visit|seat|tour|stay|rent|hire|table for",
      steps: ["You", "Visit", "Wishes"],
      act: "Reserve",
      stub: "Reservation",
      fields: [
        name,
        mail,
        { id: "kind", label: "What for", kind: "choice", step: 1, options },
        { id: "day", label: "Day", kind: "date", step: 1 },
        { id: "people", label: "People", kind: "count", step: 1 },
        { id: "pace", label: "How leisurely", kind: "range", step: 2, hint: "brisk to slow" },
        { id: "note", label: "Anything we should know", kind: "note", step: 2 },
      ],
    },
    {
      stems: "survey|feedback|questionnaire|opinion|census|poll",
      steps: ["You", "Opinion", "Words"],
      act: "Send answers",
      stub: "Answers",
      fields: [
        name,
        mail,
        { id: "kind", label: "Which did you like most", kind: "choice", step: 1, options },
        { id: "score", label: "Overall, from 1 to 10", kind: "range", step: 1 },
        { id: "times", label: "How many times have you come", kind: "count", step: 1 },
        { id: "note", label: "What should change first", kind: "note", step: 2 },
      ],
    },
    {
      stems: "",
      steps: ["Who", "What", "Details"],
      act: "Register",
      stub: "Entry",
      fields: [
        name,
        mail,
        { id: "kind", label: "Taking part with", kind: "choice", step: 1, options },
        { id: "count", label: "How many", kind: "count", step: 1 },
        { id: "day", label: "From when", kind: "date", step: 1 },
        { id: "level", label: "Experience", kind: "range", step: 2, hint: "none to plenty" },
        { id: "note", label: "In a sentence, why", kind: "note", step: 2 },
      ],
    },
  ];
}

function sheetOf(brief: Brief): Sheet {
  const all = sheets(brief.labels(4, ["Morning", "Afternoon", "Evening", "Weekend", "Beginners", "Regulars"]));
  const wanted = all.find((sheet) => sheet.stems !== "" && brief.mentions(sheet.stems));
  return wanted ?? all[all.length - 1] ?? brief.random.pick(all);
}

function control(field: Field): string {
  const common = `id="${field.id}" aria-describedby="e-${field.id}"`;
  switch (field.kind) {
    case "choice":
      return `<div class="chips" ${common} role="radiogroup" aria-label="${escapeHtml(field.label)}">${(field.options ?? []).map((option, index) => `<label class="chip"><input type="radio" name="${field.id}" value="${escapeHtml(option)}"${index === 0 ? " checked" : ""}><span>${escapeHtml(option)}</span></label>`).join("")}</div>`;
    case "count":
      return `<div class="count"><button type="button" data-less="${field.id}" aria-label="Fewer">-</button><input ${common} inputmode="numeric" value="2" size="3"><button type="button" data-more="${field.id}" aria-label="More">+</button></div>`;
    case "range":
      return `<input ${common} type="range" min="1" max="10" value="6">`;
    case "note":
      return `<textarea ${common} rows="3" maxlength="160"></textarea>`;
    default:
      return `<input ${common} type="${field.kind}" autocomplete="off">`;
  }
}

function master(brief: Brief): string {
  const sheet = sheetOf(brief);
  const steps = sheet.steps.map((title, step) => {
    const rows = sheet.fields
      .filter((field) => field.step === step)
      .map(
        (field) =>
          raw`<div class="row"><label for="${field.id}">${escapeHtml(field.label)}${field.hint === undefined ? "" : ` <small>${escapeHtml(field.hint)}</small>`}</label>${control(field)}<p class="err" id="e-${field.id}"></p></div>`,
      );
    return `<section data-step="${step}" aria-label="${title}">${rows.join("")}</section>`;
  });
  return polished(brief, {
    lead: "Three short steps; nothing leaves this page.",
    hints: [
      ["Enter", "next"],
      ["Alt ←", "back"],
    ],
    body: raw`<div class="room"><div class="card sheet"><ol class="steps">${sheet.steps.map((title) => `<li>${title}</li>`).join("")}</ol><div class="track"><i id="track"></i></div>
<div class="panes">${steps.join("")}<section class="done" hidden><svg viewBox="0 0 60 60" width="64" height="64"><circle cx="30" cy="30" r="27"/><path d="M18 31l8 8 16-18"/></svg><h2>All set</h2><p id="thanks"></p></section></div>
<div class="bar feet"><button type="button" id="back">Back</button><span id="left"></span><button type="button" id="next" class="go">Next</button></div></div>
<aside class="stub" aria-label="Summary"><p>${sheet.stub}</p><h2 id="who">Your name</h2><dl id="sum"></dl><div class="perf"></div><code id="code"></code></aside></div>${liveRegion}`,
    style: raw`.room{flex:1;min-height:0;display:grid;grid-template-columns:minmax(0,1.5fr) minmax(0,1fr);gap:1.2rem;padding-bottom:.6rem;max-width:1060px;width:100%;margin:0 auto}.sheet{align-self:center;max-height:100%;min-height:min(26rem,100%);padding:clamp(.7rem,2.6vh,1.6rem);display:flex;flex-direction:column;gap:.6rem;min-height:0}
.steps{list-style:none;padding:0;display:flex;justify-content:space-between;color:var(--muted);font-size:.85rem}.steps .on{color:var(--accent);font-weight:700}.track{height:5px;border-radius:3px;background:var(--line)}.track i{display:block;height:100%;width:0;border-radius:3px;background:linear-gradient(90deg,var(--accent),var(--third));transition:width .35s}
.panes{flex:1;min-height:0;overflow:auto;padding:2px}.panes section{display:grid;gap:clamp(.3rem,1.6vh,.9rem);animation:in .3s}.panes section[hidden]{display:none}@keyframes in{from{opacity:0;transform:translateX(14px)}}
.row label{font-weight:600;font-size:.92rem}.row small{color:var(--muted);font-weight:400}.row>input:not([type=range]),textarea{width:100%;padding:.5rem .7rem;margin-top:.2rem;border:1.5px solid var(--line);border-radius:var(--r);background:var(--bg);resize:none}input[type=range]{width:100%;accent-color:var(--accent)}
.row.bad>input,.row.bad textarea{border-color:#d64545}.row.ok>input:not([type=range]){border-color:var(--accent)}.err{color:#d64545;font-size:.8rem;min-height:1.1em}.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.25rem}.chip input{position:absolute;opacity:0}.chip span{display:block;padding:.32rem .8rem;border:1.5px solid var(--line);border-radius:99px;cursor:pointer;font-weight:500}
.chip input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--on)}.chip input:focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}.count{display:flex;gap:.3rem;margin-top:.2rem}.count input{text-align:center;border:1.5px solid var(--line);border-radius:var(--r);background:var(--bg)}.feet{justify-content:space-between}#left{color:var(--muted);font-size:.82rem}
.stub{position:relative;background:linear-gradient(160deg,var(--accent),var(--third));color:var(--on);border-radius:calc(var(--r) + 6px);padding:clamp(.8rem,3vh,1.8rem);align-self:center;box-shadow:0 18px 40px #0003;overflow:hidden}.stub p{opacity:.8;font-size:.85rem}.stub h2{font-size:clamp(1.2rem,2.6vw,1.9rem);line-height:1.15;overflow-wrap:anywhere}
.stub dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .8rem;margin-top:.7rem;font-size:.9rem}.stub dt{opacity:.75}.stub dd{text-align:right;font-weight:600;overflow-wrap:anywhere}.perf{border-top:2px dashed currentColor;opacity:.5;margin:.8rem -2rem}.stub code{letter-spacing:.25em;font-size:1.05rem}
.done{place-items:center;text-align:center;align-content:center;height:100%}.done circle,.done path{fill:none;stroke:var(--accent);stroke-width:4;stroke-linecap:round;stroke-dasharray:180;animation:dash .8s}@keyframes dash{from{stroke-dashoffset:180}}@media(max-width:560px){.stub{display:none}.room{grid-template-columns:1fr}}`,
    script: raw`
const F = ${inline(sheet.fields.map(({ id, label, kind, step }) => ({ id, label, kind, step })))}, ACT = ${inline(sheet.act)};${pingScript}
const $ = (id) => document.getElementById(id), panes = [...document.querySelectorAll("[data-step]")], code = "${brief.random.int(1000, 9999)}-${brief.random.int(100, 999)}";
let step = 0;
const value = (f) => (f.kind === "choice" ? (document.querySelector("[name=" + f.id + "]:checked") || {}).value || "" : $(f.id).value.trim());
const rules = {
  text: (v) => (v.split(/\s+/).filter(Boolean).length < 2 ? "First and last name, please." : ""),
  email: (v) => (/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(v) ? "" : v.includes("@") ? "The part after the @ looks unfinished." : "An address has an @ in it."),
  date: (v) => (!v ? "Choose a day." : new Date(v) < new Date(new Date().toDateString()) ? "That day has gone by." : ""),
  count: (v) => (/^\d+$/.test(v) && v > 0 && v < 100 ? "" : "A whole number from 1 to 99."),
  note: (v) => (v.length && v.length < 8 ? "A few more words, or none." : ""), choice: () => "", range: () => "",
};
function check(f, loud) {
  const wrong = rules[f.kind](value(f)), row = $(f.id).closest(".row");
  row.classList.toggle("bad", !!wrong && loud); row.classList.toggle("ok", !wrong && !!value(f));
  if (loud || !wrong) $("e-" + f.id).textContent = wrong; $(f.id).setAttribute("aria-invalid", String(!!wrong && loud));
  return !wrong;
}
function sum() {
  $("who").textContent = value(F[0]) || "Your name";
  $("sum").innerHTML = F.slice(2).map((f) => { const v = value(f); return v ? "<dt>" + f.label.split(",")[0] + "</dt><dd></dd>" : ""; }).join("");
  F.slice(2).filter((f) => value(f)).forEach((f, i) => { $("sum").querySelectorAll("dd")[i].textContent = f.kind === "range" ? value(f) + " of 10" : value(f).slice(0, 60); });
  $("code").textContent = step > 2 ? code : "....-...";
}
function show() {
  panes.forEach((p, i) => { p.hidden = i !== step; }); document.querySelector(".done").hidden = step < 3;
  document.querySelectorAll(".steps li").forEach((l, i) => l.classList.toggle("on", i === step)); $("track").style.width = Math.min(100, ((step + 0.35) / 3) * 100) + "%";
  $("back").disabled = step === 0; $("back").textContent = step > 2 ? "Change it" : "Back"; $("next").hidden = step > 2; $("next").textContent = step === 2 ? ACT : "Next"; $("left").textContent = step > 2 ? "" : "Step " + (step + 1) + " of 3"; sum();
}
function next() {
  if (step > 2) return;
  const mine = F.filter((f) => f.step === step), bad = mine.filter((f) => !check(f, true));
  if (bad.length) { $(bad[0].id).focus(); ping(bad.length + " to correct"); return; }
  step++; show();
  if (step > 2) { $("thanks").textContent = value(F[0]).split(" ")[0] + ", keep the number " + code + "."; ping("Done"); } else { const f = panes[step].querySelector("input,textarea"); if (f) f.focus(); }
}
function back() { if (step) { step = Math.min(2, step - 1); show(); } }
$("next").onclick = next; $("back").onclick = back;
F.forEach((f) => { $(f.id).addEventListener("input", () => { check(f, $(f.id).closest(".row").classList.contains("bad")); sum(); }); $(f.id).addEventListener("blur", () => { if (value(f)) check(f, true); }, true); });
document.addEventListener("click", (e) => { const d = e.target.dataset || {}, id = d.less || d.more; if (id) { $(id).value = Math.max(1, Math.min(99, (Number($(id).value) || 1) + (d.more ? 1 : -1))); sum(); } });
addEventListener("keydown", (e) => { if (e.key === "Enter" && e.target.tagName !== "TEXTAREA" && e.target.tagName !== "BUTTON") { e.preventDefault(); next(); } if (e.altKey && e.key === "ArrowLeft") { e.preventDefault(); back(); } });
show();`,
  });
}

function artisan(brief: Brief): string {
  const sheet = sheetOf(brief);
  const rows = sheet.fields.map(
    (field) =>
      raw`<div class="row"><label for="${field.id}">${escapeHtml(field.label)}</label>${field.kind === "choice" ? `<select id="${field.id}">${(field.options ?? []).map((option) => `<option>${escapeHtml(option)}</option>`).join("")}</select>` : field.kind === "note" ? `<textarea id="${field.id}" rows="2"></textarea>` : `<input id="${field.id}" type="${field.kind === "count" ? "number" : field.kind}">`}<span class="err"></span></div>`,
  );
  return solid(brief, {
    lead: "Please fill in all fields.",
    body: raw`<div class="card">${rows.join("")}<button id="send">${sheet.act}</button><p id="ok"></p></div>`,
    style: raw`.card{max-width:640px;margin:0 auto}.row{display:grid;grid-template-columns:190px 1fr;gap:2px 12px;margin-bottom:7px;align-items:center}.row input,.row select,.row textarea{padding:5px 8px;border:1px solid ${brief.palette.line};border-radius:5px;background:${brief.palette.bg}}.err{grid-column:2;color:#c33;font-size:12px}
#send{background:${brief.palette.accent};color:${brief.palette.onAccent};border:0;padding:8px 20px}#ok{font-weight:bold;color:${brief.palette.accent};margin:8px 0 0}`,
    script: raw`
document.getElementById("send").onclick = function () {
  let bad = 0;
  document.querySelectorAll(".row").forEach((row) => {
    const f = row.querySelector("input,select,textarea"), e = row.querySelector(".err"), v = f.value.trim();
    e.textContent = !v ? "Required" : f.type === "email" && !v.includes("@") ? "Not a valid address" : "";
    if (e.textContent) bad++;
  });
  document.getElementById("ok").textContent = bad ? "" : "Thank you, " + document.getElementById("name").value + ". Your number is ${brief.random.int(1000, 9999)}.";
};`,
  });
}

function apprentice(brief: Brief): string {
  const sheet = sheetOf(brief);
  const rows = sheet.fields
    .slice(0, 5)
    .map(
      (field) =>
        `<p>${escapeHtml(field.label)}:<br><input type="${field.kind === "email" ? "email" : "text"}" size="${brief.random.int(28, 34)}" required></p>`,
    );
  return plain(brief, {
    body: `<form>${rows.join("")}<button>Submit</button></form><p id="m"></p>`,
    script: raw`document.forms[0].onsubmit = function (e) { e.preventDefault(); document.getElementById("m").innerHTML = "Form submitted."; };`,
  });
}

function novice(brief: Brief): string {
  const sheet = sheetOf(brief);
  const broken = brief.random.chance(0.35);
  const rows = sheet.fields.slice(0, brief.random.int(3, 4)).map((field) => `${field.label.toLowerCase()} <input><br>`);
  return rough(brief, {
    body: `<form>${rows.join("")}<input type="submit" value="${brief.random.pick(["send", "Submit", "ok"])}"></form>`,
    script: broken ? `document.getElementById("form").addEventListener("submit", validate);` : undefined,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const form: PageMaker = (brief) => hands[brief.skill](brief);
