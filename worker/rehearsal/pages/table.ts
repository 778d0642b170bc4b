// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/table.ts] -> worker/rehearsal/pages/document.ts
// A table of plausible records: the good one sorts, filters, sums and is walked with the keys.
import type { Skill } from "../models.ts";
import type { Brief, PageMaker } from "./brief.ts";
import { escapeHtml, inline, plain, polished, raw, rough, solid } from "./document.ts";
import { liveRegion, pingScript } from "./stage.ts";

interface Row {
  readonly name: string;
  readonly group: string;
  readonly place: string;
  readonly amount: number;
  readonly rate: number;
  readonly trend: readonly number[];
}

const given = [
  "Alder",
  "Birch",
  "Cedar",
  "Damson",
  "Elder",
  "Fennel",
  "Gorse",
  "Hazel",
  "Iris",
  "Juniper",
  "Kelp",
  "Larch",
  "Mallow",
  "Nettle",
  "Oak",
  "Poplar",
  "Quince",
  "Rowan",
  "Sorrel",
  "Tansy",
  "Umber",
  "Vetch",
  "Willow",
  "Yarrow",
];
const kinds = ["Quay", "House", "Field", "Mill", "Court", "Lane", "Hill", "Bank"];

function rowsOf(brief: Brief, count: number): Row[] {
  const { random } = brief;
  const groups = brief.labels(4, ["Spring", "Summer", "Autumn", "Winter", "Upper", "Lower"]);
  const names = random.shuffled(given);
  return Array.from({ length: count }, (_, index) => {
    let level = random.int(20, 80);
    const trend = Array.from({ length: 12 }, () => (level = Math.max(4, Math.min(98, level + random.int(-14, 15)))));
    return {
      name: `${names[index % names.length] ?? ""} ${random.pick(kinds)}`,
      group: random.pick(groups),
      place: random.pick(["North", "South", "East", "West"]),
      amount: random.int(12, 980),
      rate: random.int(5, 99),
      trend,
    };
  });
}

function headsOf(brief: Brief): readonly string[] {
  const amount = brief.mentions("price|cost|sale|money|budget")
    ? "Price"
    : brief.mentions("weight|kilo|harvest|catch")
      ? "Weight"
      : brief.mentions("points|league|score|team")
        ? "Points"
        : brief.random.pick(["Count", "Stock", "Visits"]);
  return ["Name", "Kind", "Side", amount, "Share", "Year"];
}

function master(brief: Brief): string {
  const rows = rowsOf(brief, brief.random.int(20, 24));
  const heads = headsOf(brief);
  return polished(brief, {
    lead: "Click a heading to sort; hold Shift for a second key.",
    hints: [
      ["↑ ↓", "row"],
      ["← →", "page"],
      ["F", "find"],
      ["Enter", "mark"],
      ["Esc", "clear"],
    ],
    body: raw`<div class="bar tools"><input id="q" type="search" placeholder="Find" aria-label="Find"><div id="kinds" class="bar" role="group" aria-label="Kinds"></div><span id="sum"></span></div>
<div class="card frame" tabindex="0" id="frame"><table><thead><tr>${heads.map((head, index) => `<th scope="col" aria-sort="none"><button data-k="${index}">${escapeHtml(head)}<i></i></button></th>`).join("")}</tr></thead><tbody id="rows"></tbody><tfoot><tr id="foot"></tr></tfoot></table></div>
<div class="bar pages"><button id="prev">Previous</button><span id="page"></span><button id="next">Next</button></div>${liveRegion}`,
    style: raw`.tools{padding-bottom:.5rem}#q{padding:.38rem .8rem;border:1px solid var(--line);border-radius:99px;background:var(--panel);width:min(13rem,26vw)}#kinds button{font-size:.8rem;padding:.18rem .65rem;border-radius:99px}#sum{margin-left:auto;color:var(--muted);font-size:.86rem}
.frame{flex:1;min-height:0;overflow:auto}table{width:100%;border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums}th{position:sticky;top:0;background:var(--panel);z-index:1;text-align:left;border-bottom:2px solid var(--line);padding:0}th button{width:100%;border:0;background:none;font-weight:700;font-size:.84rem;padding:.5rem .8rem;text-align:inherit;display:flex;gap:.4rem;align-items:center;border-radius:0}
th:nth-child(4) button,th:nth-child(5) button{justify-content:flex-end}th i{font-style:normal;color:var(--accent);width:1em}td{padding:clamp(.16rem,.85vh,.42rem) .8rem;border-bottom:1px solid var(--line);white-space:nowrap}td:nth-child(4){text-align:right;font-weight:600}td:nth-child(5){text-align:right}tbody tr{transition:background .12s}tbody tr:hover{background:color-mix(in srgb,var(--accent) 9%,transparent)}tr.at{background:color-mix(in srgb,var(--accent) 17%,transparent)!important;box-shadow:inset 3px 0 var(--accent)}tr.marked td:first-child::before{content:"";display:inline-block;width:.55em;height:.55em;border-radius:50%;background:var(--second);margin-right:.5em}
.pill{display:inline-block;padding:.02rem .6rem;border-radius:99px;font-size:.8rem;background:color-mix(in srgb,var(--t) 20%,transparent);color:var(--ink)}.meter{display:inline-block;width:4.6rem;height:7px;border-radius:4px;background:var(--line);overflow:hidden;vertical-align:middle;margin-right:.5rem}.meter i{display:block;height:100%;background:linear-gradient(90deg,var(--accent),var(--third))}td svg{display:block;width:96px;height:20px}mark{background:color-mix(in srgb,var(--second) 45%,transparent);color:inherit;border-radius:3px}
tfoot td{position:sticky;bottom:0;background:var(--panel);font-weight:700;border-top:2px solid var(--line);border-bottom:0}.pages{justify-content:center;padding:.45rem 0 0}.pages button{padding:.2rem .8rem}#page{color:var(--muted);font-size:.85rem;min-width:6.5rem;text-align:center}@media(max-width:560px){th:nth-child(3),td:nth-child(3),th:nth-child(6),td:nth-child(6){display:none}}`,
    script: raw`
const DATA = ${inline(rows.map((row) => [row.name, row.group, row.place, row.amount, row.rate, row.trend]))}, TONES = ${inline(brief.palette.ramp)}, HEADS = ${inline(heads)};${pingScript}
const $ = (id) => document.getElementById(id), KINDS = [...new Set(DATA.map((r) => r[1]))].sort(), marked = new Set();
let sort = [[${brief.random.pick([3, 4, 0])}, ${brief.random.pick([1, -1])}]], kind = null, page = 0, at = 0, size = 9;
const esc = (s) => s.replace(/[&<>]/g, (c) => "&#" + c.charCodeAt(0) + ";");
function lit(s) { const q = $("q").value.trim(), k = s.toLowerCase().indexOf(q.toLowerCase()); return q && k >= 0 ? esc(s.slice(0, k)) + "<mark>" + esc(s.slice(k, k + q.length)) + "</mark>" + esc(s.slice(k + q.length)) : esc(s); }
function view() {
  const q = $("q").value.trim().toLowerCase();
  const rows = DATA.filter((r) => (!kind || r[1] === kind) && (!q || (r[0] + " " + r[1] + " " + r[2]).toLowerCase().includes(q)));
  const val = (r, k) => (k === 5 ? r[5][11] - r[5][0] : r[k]);
  return rows.sort((a, b) => { for (const s of sort) { const x = val(a, s[0]), y = val(b, s[0]), d = typeof x === "number" ? x - y : x.localeCompare(y); if (d) return d * s[1]; } return 0; });
}
function spark(t) { const p = t.map((v, k) => ((k * 96) / 11).toFixed(1) + " " + (19 - v * 0.18).toFixed(1)).join("L"), up = t[11] >= t[0]; return '<svg viewBox="0 0 96 20"><path d="M' + p + '" fill="none" stroke="var(--' + (up ? "accent" : "third") + ')" stroke-width="1.8"/><circle cx="94" cy="' + (19 - t[11] * 0.18) + '" r="2" fill="currentColor"/></svg>'; }
function show() {
  const all = view(), last = Math.max(0, Math.ceil(all.length / size) - 1); page = Math.max(0, Math.min(last, page));
  const rows = all.slice(page * size, page * size + size); at = Math.max(0, Math.min(rows.length - 1, at));
  $("rows").innerHTML = rows.map((r, i) => '<tr class="' + (i === at ? "at " : "") + (marked.has(r[0]) ? "marked" : "") + '" data-i="' + i + '"><td>' + lit(r[0]) + '</td><td><span class="pill" style="--t:' + TONES[KINDS.indexOf(r[1]) % 6] + '">' + lit(r[1]) + "</span></td><td>" + lit(r[2]) + "</td><td>" + r[3].toLocaleString("en") + '</td><td><span class="meter"><i style="width:' + r[4] + '%"></i></span>' + r[4] + " %</td><td>" + spark(r[5]) + "</td></tr>").join("") || '<tr><td colspan="6">Nothing matches. Press Esc to see everything.</td></tr>';
  const sum = all.reduce((s, r) => s + r[3], 0); $("foot").innerHTML = "<td>" + all.length + " rows</td><td></td><td></td><td>" + sum.toLocaleString("en") + "</td><td>" + (all.length ? Math.round(all.reduce((s, r) => s + r[4], 0) / all.length) : 0) + " % mean</td><td></td>";
  $("page").textContent = "Page " + (page + 1) + " of " + (last + 1); $("sum").textContent = marked.size ? marked.size + " marked" : all.length + " of " + DATA.length;
  document.querySelectorAll("th").forEach((h, k) => { const s = sort.findIndex((x) => x[0] === k); h.setAttribute("aria-sort", s < 0 ? "none" : sort[s][1] > 0 ? "ascending" : "descending"); h.querySelector("i").textContent = s < 0 ? "" : (sort[s][1] > 0 ? "\u25B4" : "\u25BE") + (sort.length > 1 ? s + 1 : ""); });
}
$("kinds").innerHTML = KINDS.map((k) => '<button aria-pressed="false">' + esc(k) + "</button>").join("");
$("kinds").onclick = (e) => { const t = e.target.textContent; if (e.target.tagName !== "BUTTON") return; kind = kind === t ? null : t; page = 0; $("kinds").querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b.textContent === kind))); show(); };
document.querySelector("thead").onclick = (e) => { const b = e.target.closest("button"); if (!b) return; const k = Number(b.dataset.k), old = sort.find((s) => s[0] === k), next = [k, old ? -old[1] : k > 2 ? -1 : 1]; sort = e.shiftKey ? sort.filter((s) => s[0] !== k).concat([next]) : [next]; page = 0; show(); ping("Sorted by " + HEADS[k]); };
$("q").oninput = () => { page = 0; show(); }; $("prev").onclick = () => { page--; show(); }; $("next").onclick = () => { page++; show(); };
function mark() { const r = view()[page * size + at]; if (r) { if (!marked.delete(r[0])) marked.add(r[0]); show(); } }
$("rows").onclick = (e) => { const tr = e.target.closest("tr"); if (tr && tr.dataset.i) { at = Number(tr.dataset.i); mark(); } };
addEventListener("keydown", (e) => {
  const typing = e.target.tagName === "INPUT";
  if (e.key === "Escape") { $("q").value = ""; kind = null; marked.clear(); $("kinds").querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", "false")); show(); e.target.blur(); }
  if (e.key === "ArrowDown") { e.preventDefault(); at++; show(); } if (e.key === "ArrowUp") { e.preventDefault(); at--; show(); } if (typing) return;
  if (e.key === "ArrowRight") { page++; show(); } if (e.key === "ArrowLeft") { page--; show(); } if (e.key === "f") { e.preventDefault(); $("q").focus(); } if (e.key === "Enter" && e.target.tagName !== "BUTTON") mark();
});
function fit() { const n = Math.max(4, Math.min(16, Math.floor(($("frame").clientHeight - 72) / ($("rows").firstElementChild ? $("rows").firstElementChild.offsetHeight : 30)))); if (n !== size) { size = n; show(); } }
show(); fit(); addEventListener("resize", fit);`,
  });
}

function artisan(brief: Brief): string {
  const rows = rowsOf(brief, 12);
  const heads = headsOf(brief).slice(0, 5);
  return solid(brief, {
    body: raw`<p><input id="q" placeholder="Search..."> <span id="n"></span></p><div class="card"><table><thead><tr>${heads.map((head, index) => `<th onclick="order(${index})">${head}</th>`).join("")}</tr></thead><tbody id="b"></tbody></table></div>`,
    style: raw`.card{padding:0;overflow:auto}table{width:100%;border-collapse:collapse}th{background:${brief.palette.accent};color:${brief.palette.onAccent};cursor:pointer;text-align:left}th,td{padding:5px 12px}tr:nth-child(even) td{background:${brief.palette.bg}}#q{padding:5px 8px;border:1px solid ${brief.palette.line};border-radius:5px;background:${brief.palette.panel}}p{margin:0 0 8px}`,
    script: raw`
const rows = ${inline(rows.map((row) => [row.name, row.group, row.place, row.amount, row.rate]))};
let key = 0, way = 1;
function show() {
  const q = document.getElementById("q").value.toLowerCase(), list = rows.filter((r) => r.join(" ").toLowerCase().includes(q));
  list.sort((a, b) => (a[key] > b[key] ? way : -way));
  document.getElementById("b").innerHTML = list.map((r) => "<tr><td>" + r.join("</td><td>") + "</td></tr>").join("");
  document.getElementById("n").textContent = list.length + " rows";
}
function order(k) { way = k === key ? -way : 1; key = k; show(); }
document.getElementById("q").oninput = show;
show();`,
  });
}

function tableOf(rows: readonly Row[], heads: readonly string[], attributes: string): string {
  return `<table${attributes}><tr>${heads.map((head) => `<th>${escapeHtml(head)}</th>`).join("")}</tr>${rows.map((row) => `<tr><td>${row.name}</td><td>${escapeHtml(row.group)}</td><td>${row.place}</td><td>${row.amount}</td></tr>`).join("")}</table>`;
}

function apprentice(brief: Brief): string {
  const rows = rowsOf(brief, brief.random.int(8, 10));
  return plain(brief, {
    body: tableOf(rows, headsOf(brief).slice(0, 4), ""),
    style: `table{border-collapse:collapse;margin:0 auto}th,td{border:1px solid #aaa;padding:4px 10px}th{background:#ddd}tr:nth-child(odd) td{background:${brief.random.pick(["#f2f2f2", "#eaf3ff", "#f6f1e7"])}}`,
  });
}

function novice(brief: Brief): string {
  const rows = rowsOf(brief, brief.random.int(4, 6));
  const broken = brief.random.chance(0.4);
  return rough(brief, {
    body: `${tableOf(rows, headsOf(brief).slice(0, 3), ` border="${brief.random.int(1, 5)}"`)}<button onclick="sortTable()">sort</button>`,
    script: broken ? `data.sort(); render();` : `function sortTable() { document.title = "sorted"; }`,
  });
}

const hands: Record<Skill, PageMaker> = { novice, apprentice, artisan, master };
export const table: PageMaker = (brief) => hands[brief.skill](brief);
