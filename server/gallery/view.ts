// server/routes/home.ts -> [server/gallery/view.ts] -> the browser
// The gallery as HTML. Every text in it is somebody else's, a model's most of all: it is escaped, always.
import { escapeHtml as e } from "../routes/page.ts";
import { type Door, frame } from "./frame.ts";
import type { Entry, Gallery, GalleryTask } from "./read.ts";

export function galleryPage(gallery: Gallery | undefined, doors: readonly Door[]): string {
  const isPending = gallery?.tasks.some((task) => !task.isSealed && task.entries.some(isUnderWay)) ?? false;
  return frame({
    title: gallery ? dayName(gallery.day) : "",
    here: "/",
    script: "/site.js",
    skipTo: "To the pictures",
    nav: gallery ? dayLinks(gallery) : "",
    mainAttributes: isPending ? " data-pending" : "",
    main: gallery ? gallery.tasks.map(taskSection).join("\n") : empty,
    doors,
    after: stage,
  });
}

const empty = `<section class="task"><h1>The first day has not begun</h1>
<p>Tasks are written at 00:00 UTC, and at once where Autobench was just started. This page looks again by itself.</p></section>`;

/** Where a page runs. The frame is made when it is asked for, and thrown away afterwards. */
const stage = `<dialog id="stage" aria-labelledby="stage-title">
<header><h2 id="stage-title"></h2><p>Untrusted: written by a model, kept in a sandbox, no network.</p>
<button type="button" data-close autofocus>Close</button></header>
<div data-frame></div>
</dialog>`;

function dayLinks({ before, after, isToday, day }: Gallery): string {
  const link = (to: string, text: string, rel: string) => `<a href="${to}" rel="${rel}">${text}</a>`;
  const back = before ? link(`/days/${e(before)}`, isToday ? "Yesterday" : "Day before", "prev") : "<span></span>";
  const on = after ? link(`/days/${e(after)}`, "Day after", "next") : "<span></span>";
  const name = `<time datetime="${e(day)}" aria-current="date">${e(dayName(day))}</time>`;
  return `<nav aria-label="Days">${back}${name}${on}</nav>`;
}

function taskSection(task: GalleryTask): string {
  const heading = task.slot === 1 ? "h1" : "h2";
  const until = task.isOpen
    ? `Open until <time datetime="${e(task.closesAt)}" data-left>${e(task.closesAt.slice(11, 16))} UTC</time>`
    : "Closed";
  const kind = task.slot === 1 ? "The daily challenge" : `Task ${task.slot}`;
  const prompt = `<details class="prompt"><summary>What the models were asked</summary><p>${e(task.prompt)}</p></details>`;
  const body = task.isSealed
    ? `<p class="sealed">Sealed: whose page is whose is shown when the task closes. <a href="/arena">Vote on it blind.</a></p>`
    : task.entries.length
      ? `<ul class="cards">${task.entries.map((entry) => card(entry, task)).join("\n")}</ul>`
      : `<p class="sealed">No model has been asked yet.</p>`;
  return `<section class="task${task.isSealed ? " is-sealed" : ""}">
<p class="kind">${kind} · ${until}</p>
<${heading}>${e(task.title)}</${heading}>
${prompt}
${body}
</section>`;
}

function card(entry: Entry, task: GalleryTask): string {
  const label = entry.isRehearsal ? `${e(entry.provider)} · <strong class="canned">canned</strong>` : e(entry.provider);
  const marks = [
    entry.isMoving ? "moves" : "",
    entry.isBlank ? "blank" : "",
    entry.errors?.length ? `${entry.errors.length} error${entry.errors.length > 1 ? "s" : ""}` : "",
  ].filter(Boolean);
  return `<li class="card">
${picture(entry, task)}
<div class="label"><h3>${e(entry.model)}</h3><p>${label}</p></div>
${figures(entry)}
${marks.length ? `<p class="marks">${marks.map((mark) => `<span>${mark}</span>`).join("")}</p>` : ""}
${entry.errors?.length ? `<details class="errors"><summary>Errors of the page</summary><ul>${entry.errors.map((error) => `<li>${e(error)}</li>`).join("")}</ul></details>` : ""}
</li>`;
}

function picture(entry: Entry, task: GalleryTask): string {
  const alt = `What ${entry.model} made of “${task.title}”`;
  const inner =
    entry.imageUrl && entry.thumbUrl
      ? `<img src="${e(entry.thumbUrl)}" srcset="${e(entry.thumbUrl)} 480w, ${e(entry.imageUrl)} 1280w" sizes="(max-width: 40rem) 95vw, 24rem" width="1280" height="720" alt="${e(alt)}" loading="lazy" decoding="async">`
      : `<span class="none">${e(noPicture(entry))}</span>`;
  if (!entry.liveUrl) return `<div class="picture">${inner}</div>`;
  return `<button type="button" class="picture" data-live="${e(entry.liveUrl)}" data-title="${e(`${entry.model}: ${task.title}`)}">${inner}<span class="run">Run it</span></button>`;
}

const isUnderWay = (entry: Entry): boolean =>
  entry.status === "queued" ||
  entry.status === "running" ||
  (entry.status === "succeeded" && (entry.picture === "queued" || entry.picture === "running"));

function noPicture(entry: Entry): string {
  if (entry.status === "queued") return "Waits to be asked.";
  if (entry.status === "running") return "Is writing …";
  if (entry.status === "in_doubt") return "Nobody knows whether it answered.";
  if (entry.status === "failed") return `No page: ${entry.reason ?? "it failed"}`;
  if (entry.picture === "skipped") return "No picture: this installation has no browser.";
  if (entry.picture === "failed") return `No picture: ${entry.pictureReason ?? "it failed"}`;
  return "The picture is being taken …";
}

function figures({ latencyMs, outputTokens, costUsd }: Entry): string {
  const all: [string, string][] = [];
  if (latencyMs !== null) all.push(["Time", `${(latencyMs / 1000).toFixed(latencyMs < 100_000 ? 1 : 0)} s`]);
  if (outputTokens !== null) all.push(["Tokens", outputTokens.toLocaleString("en-US")]);
  if (costUsd !== null) all.push(["Cost", `$${costUsd < 0.01 ? costUsd.toFixed(4) : costUsd.toFixed(3)}`]);
  if (!all.length) return "";
  return `<dl>${all.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function dayName(day: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}
