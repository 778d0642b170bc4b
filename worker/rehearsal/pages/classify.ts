// worker/rehearsal/pages/answer.ts -> [worker/rehearsal/pages/classify.ts] -> worker/rehearsal/pages/
// Which of the sixteen themes a task is about, from its words alone; a theme that the task states decides.
import { themes, type Theme } from "../themes.ts";

/** Stems that speak for a theme, by weight. A stem matches at the beginning of a word; a space matches any space. */
const evidence: Record<Theme, readonly [weight: number, stems: string][]> = {
  animation: [
    [5, "animation|animated scene|looping scene|parallax"],
    [
      3,
      "behaves? like|twinkl|reflections?|passes by|slides? past|outside the window|looking out|looking at|animat|drift|loops? seamlessly|ambient|screensaver|living picture|moving picture",
    ],
    [1, "scene|sway|glide|flicker|layers?|horizon|dusk|dawn"],
  ],
  arcade: [
    [5, "arcade|breakout|shooter|endless runner|platformer|paddle|dodg|high score|catching game|one-button game"],
    [
      3,
      "endless|crash|beat its wings|best distance|rescue|wreck|you steer|you hold|creeps forward|lives|enem|shoot|score climbs|game over|player steers|obstacle|power-up|reflex|falling",
    ],
    [1, "game|score|player|level|arrow keys|collide"],
  ],
  "board-game": [
    [
      5,
      "board game|board-game|reversi|checkers|draughts|chess|tic-tac-toe|connect four|four in a row|two-player|mancala",
    ],
    [3, "opponent|takes? turns|legal move|capture|whose turn|pieces|counters|hot-seat"],
    [1, "board|squares?|turn|wins?\\b|move"],
  ],
  calculator: [
    [5, "abacus|counting frame|arithmetic|fractions?\\b|calculator|calculat|converter|estimator|reckoner"],
    [
      3,
      "recipe|measuring|owes|receipt|convert|work out|works out|mortgage|loan|tips?\\b|percent|formula|how much|how many|recomput",
    ],
    [1, "units?|rate|total|cost|sums?\\b|split|amount"],
  ],
  chart: [
    [5, "bar race|ranking|diagram|chart|graph of|plotted|data visuali|histogram|scatter|sparkline"],
    [
      3,
      "spokes?\\b|per year|yearly|branches of income|axis|axes|bars|legend|tooltip|trend|dataset|data points|time series",
    ],
    [1, "data|series|compare|values|months|percent"],
  ],
  clock: [
    [
      5,
      "(?:spell|tell|show)s? the time|local time|sky of that place|clocks?\\b|stopwatch|timer|sundial|countdown|metronome|hourglass",
    ],
    [3, "current time|tells? the time|time of day|minute hand|second hand|seconds|ticks?\\b|time zone"],
    [1, "hours?|minutes?|hands|dial|midnight|noon"],
  ],
  drawing: [
    [
      5,
      "editor for (?:tiny|small) pictures|brush full|drawing table|drawing|sketchpad|paint program|drawing tool|paint tool|doodl|pixel editor|whiteboard",
    ],
    [
      3,
      "watercolour|frames of animation|sheet of paper|brush|strokes?|draws? with|undo|eraser|canvas where|pens?\\b|stencil|mirror symmetry|pointer draws",
    ],
    [1, "draw|paint|colou?rs|sketch|swatch"],
  ],
  form: [
    [
      5,
      "short questions|ask (?:six|seven|eight|nine|ten)|fills? in|booking form|forms?\\b|questionnaire|registration|sign-up|booking form|checkout|survey|wizard",
    ],
    [
      3,
      "answers are given|sliders, large|signature|applicants?|fields?|validat|required|error message|step by step|application|enrol|summary of what was entered",
    ],
    [1, "inputs?|labels?|submit|name|e-mail|address|answers"],
  ],
  "generative-art": [
    [
      5,
      "from one number|grows? one tree|wandering ribbons|quarter-circle|layered smooth noise|generative|procedural|flow field|algorithmic art|truchet|phyllotaxis|l-system|circle packing|fractal",
    ],
    [
      3,
      "twigs|botanical|square tiles|by chance|seed number|regenerat|never the same|poster|composition|ornament|random art|artwork|another seed",
    ],
    [1, "art\\b|pattern|lines|shapes|palette|noise"],
  ],
  interface: [
    [
      5,
      "desktop|window manager|tape deck|wall on which|interface|dashboard|kanban|control panel|music player|settings panel|command palette|control room|inbox|user interface",
    ],
    [
      3,
      "cards are dragged|dragged|four windows|buttons press|tabs|toggles?|sliders?|widgets?|drag cards|columns of cards|sidebar|switches|panel|modal|menu",
    ],
    [1, "buttons?|screen|state|cards?|controls|component"],
  ],
  "landing-page": [
    [
      5,
      "announcement page|order button|landing page|home page|homepage|marketing page|one-page site|product page|front page|website for",
    ],
    [
      3,
      "sell |opening screen|invented company|invites the public|hero\\b|call to action|testimonial|pricing|headline|visitors|faq|newsletter|sections",
    ],
    [1, "page for|brand|offer|section|announce|footer"],
  ],
  physics: [
    [5, "physics|pendulum|gravity|cloth|verlet|rigid bod|springs?|elastic|newton's|projectile"],
    [3, "bounc|collision|collid|friction|mass|momentum|velocity|swing|rope|fling|damping|tension"],
    [1, "force|energy|ball|weight|fall|throw"],
  ],
  puzzle: [
    [
      5,
      "shuffle the rest|take one away|number clues|water will arrive|puzzle|sliding tiles|lights out|nonogram|sudoku|maze|memory game|matching pairs|jigsaw|brain-teaser",
    ],
    [3, "elbows|swap|rotate|turned by|solv|shuffle|scrambled|clue|hint|solvable|moves counter|tiles|unlock"],
    [1, "grid|cells|pairs|moves|restart"],
  ],
  simulation: [
    [
      5,
      "graze|wolves hunt|leave a nest|streets meet|simulation|simulat|cellular automat|game of life|ecosystem|epidemic|agent-based|predator",
    ],
    [
      3,
      "ants|wander|breed|scent|starve|arrive at random|population|agents?|generations?|spreads?\\b|spreading|infect|evolve|traffic|outbreak|neighbou?rs|forest fire|rules of",
    ],
    [1, "rate|speed|cells|model|steps|system"],
  ],
  table: [
    [5, "tables?\\b|spreadsheet|data grid|timetable|league|inventory list|catalogue|register of|ledger"],
    [3, "sortable|sorts?|column|filter|rows?|search box|group(?:ed|s) by"],
    [1, "list|records|entries|totals|numbers|sorted"],
  ],
  "text-tool": [
    [
      5,
      "drafts of|rhythm of prose|morse|text tool|text-tool|word counter|markdown|text editor|diffs?\\b|anagram|readability|cipher|typewriter|typing",
    ],
    [3, "passages|prose|message|words|paragraph|sentences?|letters|paste|case|characters|transcri|typed text|vowels"],
    [1, "text|type|write|count|lines|reading"],
  ],
};

export function classify(prompt: string, title: string): Theme {
  const text = prompt.toLowerCase();
  const stated = /\btheme\b["'*]*\s*(?::|=|is)\s*["'*]*([a-z]+(?:[- ][a-z]+)?)/.exec(text)?.[1]?.replace(" ", "-");
  const named = themes.find((theme) => stated === theme || stated?.startsWith(`${theme}-`));
  if (named !== undefined) return named;
  // A task says what it is at its beginning; what follows is detail, and much of that could be any theme's.
  const opening = text.slice(0, 220);
  const heading = title.toLowerCase();
  const totals = themes.map((theme) => {
    const total = evidence[theme].reduce(
      (sum, [weight, stems]) =>
        sum + weight * (Math.min(3, count(text, stems)) + 2 * count(opening, stems) + 2 * count(heading, stems)),
      0,
    );
    return { theme, total };
  });
  const best = totals.reduce((left, right) => (right.total > left.total ? right : left));
  return best.total > 0 ? best.theme : "generative-art";
}

/** How many different stems of the list occur; saying one word five times is not five reasons. */
function count(text: string, stems: string): number {
  const found = text.match(new RegExp(`\\b(?:${stems.replaceAll(" ", "\\s+")})`, "g"));
  return new Set(found).size;
}
