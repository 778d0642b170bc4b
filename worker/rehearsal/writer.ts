// worker/rehearsal/speak.ts -> [worker/rehearsal/writer.ts] -> worker/rehearsal/grammar/
// Plays the task writer. It is told the themes and titles of late, as prose or as JSON lines, and answers with a task
// whose theme and subject were not among them. The hash of what it was told decides everything else: the same request
// gives the same task, so a caller that wants another one must say so (a date, a slot, the title that was refused).
import { adjectives, checks, closings, demands, looks, moments, openings, verbs } from "./grammar/phrases.ts";
import { mechanicsOf, type Mechanic } from "./grammar/mechanics.ts";
import { subjects, type Subject } from "./grammar/subjects.ts";
import { seeded, type Random } from "./seed.ts";
import { themes, type Theme } from "./themes.ts";

export interface WrittenTask {
  readonly title: string;
  readonly theme: Theme;
  readonly prompt: string;
}

export function writeTask(told: string, allowed: readonly Theme[] = themes): WrittenTask {
  const random = seeded(`writer\n${told}`);
  const heard = told.toLowerCase();
  const recorded = [...heard.matchAll(/"theme"\s*:\s*"([a-z-]+)"/g)].map((match) => match[1]);
  const uses = (name: Theme): number => {
    const stated = new RegExp(`^\\W*${name}\\W{1,4}(\\d+)`, "m").exec(heard)?.[1];
    if (stated !== undefined) return Number(stated);
    return recorded.length > 0 ? recorded.filter((theme) => theme === name).length : mentions(heard, name);
  };
  const theme = rarest(random.shuffled(allowed), uses);
  const mechanic = rarest(random.shuffled(mechanicsOf(theme)), (entry) => mentions(heard, entry.noun.toLowerCase()));
  const subject = rarest(random.shuffled(subjects), (entry) => mentions(heard, entry.name));
  for (let attempt = 0; ; attempt++) {
    const title = entitle(random, subject, mechanic);
    if (attempt > 40 || !heard.includes(title.toLowerCase()))
      return { title, theme, prompt: compose(random, title, subject, mechanic) };
  }
}

/** The first of those that were mentioned least. */
function rarest<T>(shuffled: readonly T[], count: (item: T) => number): T {
  const counted = shuffled.map((item) => ({ item, times: count(item) }));
  const least = counted.reduce((best, next) => (next.times < best.times ? next : best));
  return least.item;
}

function mentions(text: string, phrase: string): number {
  const pattern = phrase.replaceAll("-", "[- ]");
  return text.match(new RegExp(`(?<![a-z-])${pattern}(?![a-z])`, "g"))?.length ?? 0;
}

function entitle(random: Random, subject: Subject, mechanic: Mechanic): string {
  const name = capitals(subject.name.replace(/^the /, ""));
  switch (random.int(0, 4)) {
    case 0:
      return `${name} ${mechanic.noun} ${random.pick(moments)}`;
    case 1:
      return `${mechanic.noun} of the ${capitals(random.pick(adjectives))} ${name}`;
    default:
      return `The ${capitals(random.pick(adjectives))} ${name} ${mechanic.noun}`;
  }
}

function compose(random: Random, title: string, subject: Subject, mechanic: Mechanic): string {
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, key: string) => {
      const things: Record<string, string> = {
        verb: random.pick(verbs),
        title,
        kind: mechanic.kind,
        subject: withArticle(subject.name),
        place: subject.place,
        where: `${preposition(subject.place)} ${subject.place}`,
        a: subject.things[0],
        b: subject.things[1],
        c: subject.things[2],
        d: subject.things[3],
        A: capital(subject.things[0]),
      };
      return things[key] ?? "";
    });
  const points = random.shuffled(checks).slice(0, 3);
  const numbered = points.map((point, index) => `(${index + 1}) ${point}`).join(", ");
  const demand = random.pick(demands).replace("{checks}", numbered);
  const parts = [
    fill(random.pick(openings)),
    fill(mechanic.what),
    random.chance(0.7) ? random.pick(looks) : "",
    demand,
    random.pick(closings),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** "on an island with one road", "in a valley full of snow": decided by the first noun of the place. */
function preposition(place: string): string {
  const head =
    place.split(
      / (?:of|with|in|on|without|between|beneath|behind|under|above|after|before|below|over|from|full|where|that|two|to|for|by|at|like|around|ringed|south|among|no) /,
    )[0] ?? "";
  const noun = head.split(" ").at(-1) ?? "";
  const flat =
    /^(?:rock|pass|strip|coast|shore|slopes?|hill|hillside|ridge|plain|plateau|beach|lake|island|moor|spit|line|street|lane|quay|pier|route|trail|path|square|green|roofs|balcony|field|headland|asteroid|cliff|floor|canal|estuary|sea|strait|saddle|bridge|stilts|river|bend|reservoir|mountain|upland|meadow)$/;
  if (/^(?:edge|crossing|corner|line)$/.test(noun)) return "at";
  return flat.test(noun) ? "on" : "in";
}

function withArticle(name: string): string {
  if (/^(?:the|a|an) /.test(name) || name.endsWith("s") || /\b(?:migration|work|weather)$/.test(name)) return name;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function capitals(text: string): string {
  return text
    .split(" ")
    .map((word) => (/^(?:of|the|and|in)$/.test(word) ? word : capital(word)))
    .join(" ");
}
