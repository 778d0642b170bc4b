// worker/rehearsal/pages/<theme>.ts -> [worker/rehearsal/pages/document.ts] -> a page
// The four hands. The skills differ in how a page is dressed as much as in what it does: a master's page has a system of
// colours, states and hints; an artisan's a tidy card; an apprentice's default controls; a novice's whatever came first.
import type { Brief } from "./brief.ts";

export interface Parts {
  readonly body: string;
  readonly style?: string;
  readonly script?: string;
  /** One line under the title. */
  readonly lead?: string;
  /** Keys and what they do. */
  readonly hints?: readonly (readonly [keys: string, effect: string])[];
  /** The scene fills the window and the title lies over it. */
  readonly full?: boolean;
}

export const raw = String.raw;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A value as a literal inside an inline script. */
export function inline(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("//", "/\\/");
}

const faces = {
  sans: 'ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  serif: '"Iowan Old Style", "Palatino Linotype", Palatino, "TeX Gyre Pagella", Georgia, serif',
  mono: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
};

export function polished(brief: Brief, parts: Parts): string {
  const { palette: c, random } = brief;
  const heading = random.pick(["sans", "serif", "mono", "sans"] as const);
  const radius = random.pick([4, 10, 16]);
  const centred = random.chance(0.3) && parts.full !== true;
  const glow = random.pick([
    `background-image:radial-gradient(60rem 30rem at 85% -10%,${c.accent}22,transparent 70%),radial-gradient(50rem 30rem at 0% 110%,${c.third}1f,transparent 70%)`,
    `background-image:radial-gradient(${c.line} 1px,transparent 1px);background-size:22px 22px`,
    `background-image:linear-gradient(160deg,${c.accent}14,transparent 45%,${c.second}14)`,
  ]);
  const hints = (parts.hints ?? [])
    .map(
      ([keys, effect]) =>
        `<span>${keys
          .split(" ")
          .map((key) => `<kbd>${escapeHtml(key)}</kbd>`)
          .join(" ")} ${escapeHtml(effect)}</span>`,
    )
    .join("");
  return html(brief.title, {
    style: raw`
:root{--bg:${c.bg};--panel:${c.panel};--ink:${c.ink};--muted:${c.muted};--line:${c.line};--accent:${c.accent};
  --on:${c.onAccent};--second:${c.second};--third:${c.third};--r:${radius}px;color-scheme:${c.dark ? "dark" : "light"}}
*,*::before,*::after{box-sizing:border-box;margin:0}
html,body{height:100%}
body{display:flex;flex-direction:column;min-height:100%;background:var(--bg);${glow};color:var(--ink);
  font:15px/1.5 ${faces.sans};-webkit-font-smoothing:antialiased;overflow-x:hidden}
.top{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem 1rem;padding:clamp(.55rem,2.2vh,1.3rem) clamp(.9rem,3.2vw,2.4rem) clamp(.4rem,1.2vh,.8rem);${centred ? "justify-content:center;text-align:center;" : ""}}
h1{font:${heading === "serif" ? 600 : 700} clamp(1.1rem,2.3vw + .3rem,1.85rem)/1.15 ${faces[heading]};letter-spacing:${heading === "mono" ? "-.03em" : "-.018em"}}
.lead{color:var(--muted);font-size:.92rem}
main{flex:1 1 auto;min-height:0;position:relative;display:flex;flex-direction:column;padding:0 clamp(.9rem,3.2vw,2.4rem)}
.hints{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;padding:.5rem clamp(.9rem,3.2vw,2.4rem) .6rem;color:var(--muted);font-size:.8rem;${centred ? "justify-content:center;" : ""}}
kbd{font:600 .74rem/1 ${faces.mono};padding:.16rem .38rem;border:1px solid var(--line);border-bottom-width:2px;border-radius:4px;background:var(--panel);color:var(--ink)}
button,select,input,textarea{font:inherit;color:inherit}
button{cursor:pointer;padding:.42rem .85rem;border:1px solid var(--line);border-radius:var(--r);background:var(--panel);transition:transform .12s,background .15s,border-color .15s}
button:hover{border-color:var(--accent)}button:active{transform:translateY(1px)}
button.go,button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--on)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.45rem .6rem}
.card{background:var(--panel);border:1px solid var(--line);border-radius:var(--r);box-shadow:0 1px 2px #0000000f,0 8px 28px #00000014}
canvas{display:block;touch-action:none}
.fill{flex:1;min-height:0;position:relative;overflow:hidden}.fill canvas{position:absolute;inset:0;width:100%;height:100%}
${
  parts.full === true
    ? raw`body{overflow:hidden}main{position:absolute;inset:0;padding:0}.top,.hints{position:relative;z-index:2;pointer-events:none;text-shadow:0 1px 10px var(--bg),0 0 2px var(--bg)}
.top{flex:1;align-content:flex-start}.hints{text-shadow:none}.lead{color:var(--ink);opacity:.82}`
    : ""
}
@media (max-height:420px){.lead{display:none}.hints{padding-block:.25rem}}
@media (prefers-reduced-motion:reduce){*{animation-duration:.01ms!important;transition:none!important}}
${parts.style ?? ""}`,
    body: raw`<header class="top"><h1>${escapeHtml(brief.title)}</h1>${parts.lead === undefined ? "" : `<p class="lead">${escapeHtml(parts.lead)}</p>`}</header>
<main>${parts.body}</main>
${hints === "" ? "" : `<footer class="hints">${hints}</footer>`}`,
    script: parts.script,
  });
}

export function solid(brief: Brief, parts: Parts): string {
  const { palette: c, random } = brief;
  const banner = random.chance(0.5);
  const face = random.pick([faces.sans, "Georgia, 'Liberation Serif', serif", "Verdana, 'DejaVu Sans', sans-serif"]);
  return html(brief.title, {
    style: raw`
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; font: 15px/1.45 ${face}; background: ${c.bg}; color: ${c.ink}; }
header { padding: 10px 20px; ${banner ? `background: ${c.accent}; color: ${c.onAccent};` : `border-bottom: 3px solid ${c.accent};`} }
h1 { margin: 0; font-size: 21px; }
header p { margin: 2px 0 0; font-size: 13px; opacity: .85; }
main { max-width: 1100px; margin: 14px auto; padding: 0 16px; }
.card { background: ${c.panel}; border: 1px solid ${c.line}; border-radius: 8px; padding: 14px; }
button, input, select, textarea { font: inherit; color: inherit; }
button { padding: 5px 12px; border: 1px solid ${c.line}; border-radius: 6px; background: ${c.panel}; cursor: pointer; }
button:hover { background: ${c.line}; }
canvas { display: block; max-width: 100%; border-radius: 6px; }
${parts.style ?? ""}`,
    body: raw`<header><h1>${escapeHtml(brief.title)}</h1>${parts.lead === undefined ? "" : `<p>${escapeHtml(parts.lead)}</p>`}</header>
<main>
${parts.body}
</main>`,
    script: parts.script,
  });
}

export function plain(brief: Brief, parts: Parts): string {
  const colour = brief.random.pick(["#336699", "#2e7d32", "#8b3a3a", "#444", "#6a4c93", "#b35c00"]);
  const ground = brief.random.pick(["#ffffff", "#f4f4f4", "#fafaf0", "#eef3f7"]);
  return html(brief.title, {
    style: raw`
body { font-family: Arial, Helvetica, sans-serif; background: ${ground}; color: #222; margin: 16px; text-align: ${brief.random.pick(["center", "left"])}; }
h1 { font-size: 22px; color: ${colour}; }
canvas { border: 1px solid #999; }
${parts.style ?? ""}`,
    body: raw`<h1>${escapeHtml(brief.title)}</h1>
${parts.lead === undefined ? "" : `<p>${escapeHtml(parts.lead)}</p>`}
${parts.body}`,
    script: parts.script,
  });
}

export function rough(brief: Brief, parts: Parts): string {
  const tag = brief.random.pick(["h1", "h2", "h3"]);
  const ground = brief.random.pick([
    "",
    ' bgcolor="lightyellow"',
    ' bgcolor="#cccccc"',
    ' bgcolor="lightblue"',
    ' bgcolor="white"',
  ]);
  const title = escapeHtml(brief.title);
  return raw`<html>
<head>
<title>${title}</title>
${parts.style === undefined ? "" : `<style>${parts.style}</style>`}
</head>
<body${ground}>
<${tag}>${title}</${tag}>
${parts.body}
${parts.script === undefined ? "" : `<script>${parts.script}</script>`}
</body>
</html>
`;
}

function html(title: string, parts: { style: string; body: string; script: string | undefined }): string {
  return raw`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${parts.style.replace(/\n{2,}/g, "\n")}</style>
</head>
<body>
${parts.body}
${parts.script === undefined ? "" : `<script>${parts.script}</script>`}
</body>
</html>
`;
}
