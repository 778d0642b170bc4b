// worker/rehearsal/pages/calculator.ts -> [worker/rehearsal/pages/calculator-plans.ts]
// What a planner can reckon, and which words of a task ask for it.
import { raw } from "./document.ts";

export interface Plan {
  readonly stems: string;
  readonly lead: string;
  /** label, unit, lowest, highest, step, start */
  readonly fields: readonly (readonly [string, string, number, number, number, number])[];
  /** Page script: from v[0..] to { out: [[label, text]...], parts: [[label, number]...], line: number[] }. */
  readonly formula: string;
}

export const plans: readonly Plan[] = [
  {
    stems: "loan|mortgage|repay|interest|credit|debt",
    lead: "What a loan costs, month by month.",
    fields: [
      ["Amount", "", 1000, 400000, 1000, 180000],
      ["Yearly rate", "%", 0.1, 12, 0.1, 3.9],
      ["Years", "", 1, 35, 1, 22],
    ],
    formula: raw`const n = v[2] * 12, i = v[1] / 1200, m = (v[0] * i) / (1 - Math.pow(1 + i, -n)); let left = v[0]; const line = [left];
for (let k = 1; k <= n; k++) { left = left * (1 + i) - m; if (k % 12 === 0) line.push(Math.max(0, left)); }
return { out: [["Each month", money(m)], ["Interest in all", money(m * n - v[0])], ["Paid in all", money(m * n)]], parts: [["Amount", v[0]], ["Interest", m * n - v[0]]], line: line };`,
  },
  {
    stems: "tips?\\b|bills?\\b|split|restaurant|dinner|share",
    lead: "Split a bill fairly, with a tip.",
    fields: [
      ["Bill", "", 5, 500, 0.5, 86.5],
      ["Tip", "%", 0, 30, 1, 12],
      ["People", "", 1, 12, 1, 4],
    ],
    formula: raw`const tip = (v[0] * v[1]) / 100, all = v[0] + tip;
return { out: [["Each pays", money(all / v[2])], ["Tip", money(tip)], ["Together", money(all)]], parts: [["Bill", v[0]], ["Tip", tip]], line: Array.from({ length: 12 }, (_, k) => all / (k + 1)) };`,
  },
  {
    stems: "trips?\\b|travel|fuel|journey|distance|pace\\b|runner",
    lead: "How long a journey takes, and what it costs.",
    fields: [
      ["Distance", "km", 5, 1500, 5, 420],
      ["Speed", "km/h", 5, 140, 1, 88],
      ["Use per 100 km", "l", 2, 15, 0.1, 6.2],
      ["Price of a litre", "", 0.5, 3, 0.01, 1.74],
    ],
    formula: raw`const h = v[0] / v[1], l = (v[0] * v[2]) / 100;
return { out: [["Time", Math.floor(h) + " h " + Math.round((h % 1) * 60) + " min"], ["Fuel", l.toFixed(1) + " l"], ["Cost", money(l * v[3])]], parts: [["Way out", l * v[3]], ["Way back", l * v[3]]], line: Array.from({ length: 14 }, (_, k) => v[0] / (30 + k * 8)) };`,
  },
  {
    stems: "paint|walls?\\b|floor|batch|recipe|dough|brew|mixture|area\\b|spare|waste",
    lead: "How much to buy for a surface, and a little over.",
    fields: [
      ["Length", "m", 0.5, 30, 0.1, 6.4],
      ["Width", "m", 0.5, 30, 0.1, 3.8],
      ["Layers", "", 1, 4, 1, 2],
      ["Covers per litre", "m²", 2, 16, 0.5, 9],
      ["Spare", "%", 0, 40, 1, 10],
    ],
    formula: raw`const a = v[0] * v[1], l = (a * v[2]) / v[3], s = (l * v[4]) / 100;
return { out: [["Litres to buy", (Math.ceil((l + s) * 2) / 2).toFixed(1)], ["Surface", a.toFixed(1) + " m²"], ["Spare", s.toFixed(2) + " l"]], parts: [["Used", l], ["Spare", s]], line: Array.from({ length: 10 }, (_, k) => ((k + 1) * a) / v[3]) };`,
  },
  {
    stems: "saving|compound|invest|fund|budget|cost|profit|margin|price",
    lead: "What regular saving becomes.",
    fields: [
      ["At the start", "", 0, 50000, 100, 2500],
      ["Every month", "", 0, 2000, 10, 180],
      ["Yearly growth", "%", 0, 12, 0.1, 4.2],
      ["Years", "", 1, 40, 1, 18],
    ],
    formula: raw`let sum = v[0]; const line = [sum]; for (let k = 1; k <= v[3] * 12; k++) { sum = sum * (1 + v[2] / 1200) + v[1]; if (k % 12 === 0) line.push(sum); }
const put = v[0] + v[1] * v[3] * 12;
return { out: [["At the end", money(sum)], ["Put in", money(put)], ["Growth", money(sum - put)]], parts: [["Put in", put], ["Growth", Math.max(0, sum - put)]], line: line };`,
  },
  {
    stems: "convert|units?\\b|measures?\\b|weigh",
    lead: "From our measure to everybody's, and back to a price.",
    fields: [
      ["How many", "", 1, 500, 1, 120],
      ["One weighs", "kg", 0.1, 80, 0.1, 12.7],
      ["Lost on the way", "%", 0, 40, 1, 6],
      ["Price of a kilogram", "", 0.1, 40, 0.1, 3.4],
    ],
    formula: raw`const kg = v[0] * v[1], net = kg * (1 - v[2] / 100);
return { out: [["Kilograms", net.toFixed(1)], ["Pounds", (net * 2.20462).toFixed(1)], ["Worth", money(net * v[3])]], parts: [["Kept", net], ["Lost", kg - net]], line: Array.from({ length: 12 }, (_, k) => v[1] * v[0] * Math.pow(1 - v[2] / 100, k)) };`,
  },
];
