// server/gallery/*.ts -> [server/gallery/frame.ts] -> the browser
// What stands around every page of the site: the head, the way to the others, and the doors for programs.
import { escapeHtml as e } from "../routes/page.ts";

export interface Door {
  path: string;
  what: string;
}

export interface Frame {
  /** Before the site's name; empty for the front page. */
  title: string;
  /** HTML, as all that follows. */
  main: string;
  here: "/" | "/arena" | "/leaderboard";
  doors: readonly Door[];
  script?: string;
  nav?: string;
  /** The attributes of <main>, and what comes after the footer. */
  mainAttributes?: string;
  after?: string;
  skipTo?: string;
}

const pages = [
  ["/", "Today"],
  ["/arena", "Arena"],
  ["/leaderboard", "Leaderboard"],
] as const;

export function frame({
  title,
  main,
  here,
  doors,
  script,
  nav = "",
  mainAttributes = "",
  after = "",
  skipTo,
}: Frame): string {
  const links = pages.map(([to, text]) => `<a href="${to}"${to === here ? ' aria-current="page"' : ""}>${text}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title ? `${e(title)} · ` : ""}Autobench</title>
<link rel="stylesheet" href="/site.css">
<link rel="icon" href="data:,">
${script ? `<script src="${e(script)}" type="module"></script>` : ""}
</head>
<body class="gallery">
<a class="skip" href="#main">${e(skipTo ?? "To the page")}</a>
<header class="top">
<p class="brand"><a href="/">Autobench</a></p>
<p class="tagline">Every day, fresh coding tasks. Every model, one answer.</p>
<nav aria-label="Site">${links.join("")}</nav>
${nav}
</header>
<main id="main"${mainAttributes}>
${main}
</main>
<footer>
<p>Pages are written by AI models. A picture is taken in a browser without a network; a page that you run is kept in a sandbox of its own.</p>
<ul>${doors.map(({ path, what }) => `<li><a href="${e(path)}">${e(path)}</a> ${e(what)}</li>`).join("")}</ul>
</footer>
${after}
</body>
</html>
`;
}
