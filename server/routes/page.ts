// server/routes/* -> [server/routes/page.ts] -> the browser
// The frame of the few pages that the server writes itself; the site is in web/.

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** A whole page around `body`, which is HTML already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Autobench</title>
<link rel="stylesheet" href="/site.css">
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** Served as /site.css: the policy of this origin allows no inline style. */
export const stylesheet = `:root { color-scheme: light dark; --ink: light-dark(#1c1b22, #ececf1); --paper: light-dark(#fbfaf8, #17161c); --line: light-dark(#d9d6d0, #3a3843); --accent: light-dark(#4a3fb5, #a59cff); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; }
a { color: var(--accent); }
dt { font-weight: 600; margin-top: .75rem; } dd { margin: 0; }
pre { overflow: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
input, button { font: inherit; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent; color: inherit; }
button { background: var(--accent); border-color: var(--accent); color: var(--paper); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
