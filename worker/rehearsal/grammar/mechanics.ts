// worker/rehearsal/writer.ts -> [worker/rehearsal/grammar/mechanics.ts]
// What a task can ask for, by theme: a noun for the title, what kind of thing it is, and what it must do.
// {subject}, {place} and {a} to {d} stand for the subject and its four things.
import type { Theme } from "../themes.ts";

export interface Mechanic {
  readonly noun: string;
  readonly kind: string;
  readonly what: string;
}

const lines: Record<Theme, string> = {
  animation: `
Panorama | an animated scene with parallax | Three or more layers of {place} slide past at different speeds, with {a} in front and {b} far away; light changes slowly from morning to dusk and the loop has no visible seam.
Drift | a looping scene | {A} and {b} drift across the view on their own paths, never in step, while {c} appear now and then and fade again; nothing may jump when the loop begins anew.
Vignette | a living picture | Show one quiet moment: {a} move only a little, {b} answer a second later, and {c} glow or sway in the background like breathing.
Procession | an animated procession | {A}, {b}, {c} and {d} cross the horizon one after another, each with a gait of its own, against a sky that deepens from noon to night.
Weather | an ambient scene with changing weather | Wind, rain and clear spells pass over {place}; {a} and {b} react to each, and the change from one to the next takes several seconds.
Lanterns | a night scene that glows | Hundreds of soft lights rise among {a} and {b}, flicker at different rates and are mirrored below; the pointer gently pushes them aside.
Seasons | an animation of one year in thirty seconds | Spring, summer, autumn and winter pass over {place}; {a} come and go, {b} change colour, and a thin line shows how far the year has run.
Clockwork | a moving picture driven by wheels and levers | {A} set {b} in motion, {b} lift {c}, and {c} let {d} fall, again and again, so that cause and effect can be followed by eye.`,
  arcade: `
Rush | an arcade game | The player steers along the bottom and catches falling {a} and {b} while dodging {c}; the score climbs, three lives are shown, and every twenty points it gets faster.
Breakout | a breakout arcade game | A paddle bounces a ball against rows of {a}, {b} and {c}; some need two hits, some drop {d} as a power-up, and clearing the wall opens a harder one.
Runner | an endless runner | The player jumps and ducks through {place}, over {a} and under {b}, collecting {c}; speed grows with distance and the best run is shown during the session.
Patrol | a small shooter without violence | {A} come down in waves and are sent home with well-aimed {b}; {c} give shelter, and every third wave is led by something larger.
Dodger | a one-button game of reflexes | Hold to rise, let go to sink: slip between {a} and {b}, pick up {c} for points, and lose a life for each touch.
Snake | an arcade game on a grid | A growing line gathers {a} and {b}, must not cross itself or hit {c}, and leaves a short trail; the arrow keys steer and Space pauses.
Defence | an arcade game of defending | Obstacles roll toward {place} from three sides; the player turns a shield, lets {a} through and keeps {b} out, and each level adds one more lane.
Juggler | an arcade game of timing | Keep {a}, {b} and {c} in the air with well-timed presses; each extra object raises the score multiplier, and one dropped too many ends the round.`,
  "board-game": `
Gambit | a board game for two | Two players move {a} and {b} on a six by six board, capture by surrounding, and win by reaching the far row; legal moves are marked and a simple opponent can take either side.
Reversal | a reversi-style board game | Players enclose lines of {a} to turn them into {b}; the board shows legal moves, whose turn it is, the count of pieces and a history of moves.
Four | a four in a row game | {A} and {b} drop into seven columns; four in a row wins, the winning line is lit, and the computer opponent looks several turns ahead.
Crossing | a two-player race on a board | Each side leads five pieces through {place} by dice rolls, may block with {a}, may jump over {b}, and wins when all are across.
Harvest | a mancala-like board game | Seeds named for {a} are sown pit by pit around the board; captures, extra turns and the end of the game follow clear rules printed beside it.
Territory | a board game of territory for two players | Players take turns placing {a}; a closed area belongs to whoever fenced it, {b} count double, and the score of both sides is always visible.
Draughts | a small draughts variant | Pieces drawn as {a} and {b} move diagonally, must capture when they can, and become {c} on the last row; undo and restart are one key each.
Hexes | a connection board game | Two opponents place stones on a hexagonal board of {place} and try to link opposite edges with {a} or {b}; the shortest link so far is hinted at.`,
  calculator: `
Reckoner | a calculator with a memory tape | Beside the usual keys it knows three units from the trade, for {a}, {b} and {c}; every result goes to a tape, and any line of the tape can be used again.
Estimator | a calculator that works out costs | Given how many {a} and {b} are needed, it works out amounts, price and waste at once while sliders move, and shows how the total is made up.
Converter | a unit converter | It converts between the odd measures used for {a}, {b} and {c} and ordinary units, both ways, as one types, and explains each factor in a short line.
Splitter | a calculator for shared costs | Several people share {a}, {b} and {c}; each may pay a different part, rounding is fair, and the smallest set of payments that settles everything is shown.
Planner | a loan and savings calculator | It shows what it takes to buy {a} for {place}: amount, rate and years by slider, a monthly figure, total interest and a small curve of what is left.
Mixer | a recipe and mixture calculator | Scale a mixture of {a}, {b} and {c} up or down by batch, by weight or by percent; quantities stay consistent whichever number is changed.
Abacus | an expression calculator | It reads a whole line with brackets, powers, roots and percent, shows the answer while it is typed, marks mistakes without shouting, and is decorated with {a} and {b}.
Dosage | a rate and dosage calculator | From an area, a rate and a spare percentage it works out how much of {a} to bring and how long {b} will last, and warns when a number is unlikely.`,
  chart: `
Ledger | an interactive line chart | It compares {a}, {b} and {c} over twelve months with made-up but plausible data; a legend switches series on and off and a tooltip follows the pointer.
Almanac | a bar chart with a story | Bars show {a}, {b}, {c} and {d} through the week; sorting, hovering and a change of unit are animated, and the largest value is annotated.
Scatter | a scatter plot | Each point is one day in {place}: how many {a} against how many {b}, coloured by {c}; a trend line, its formula and a brush to select points belong to it.
Streams | a stacked area chart | The shares of {a}, {b} and {c} flow through a year; one can switch between amounts and percent, and focus a layer by pointing at its legend.
Radial | a radial chart of a day | Twenty-four hours run around a circle, {a} outward and {b} inward, with quiet and busy hours told apart by colour and a readout in the middle.
Heatmap | a calendar heat map chart | One cell for each day of a year shows how many {a} were counted; weeks, months and totals are labelled, and pointing at a cell compares it with the mean.
Histogram | a histogram with live bins | A few hundred measurements of {a} fall into bins whose width is set by a slider; mean, median and spread are drawn in, and outliers can be hidden.
Slopes | a slope chart of before and after | {A}, {b}, {c} and {d} are ranked at two moments with crossing lines between; the greatest climb is highlighted and a table of the values can be opened.`,
  clock: `
Clock | a clock | {A} tell the hours, {b} the minutes and {c} the seconds; the time of day colours {place} behind it, and a plain digital reading can be shown with one key.
Timer | a countdown timer | Presets named for {a}, {b} and {c}, start, pause and reset by key, a ring that empties, and a calm signal at the end that needs no sound.
Sundial | a sundial clock | A shadow moves across {place} with the real time; the hour marks are {a}, night is handled gracefully, and a slider lets one travel through the day.
Stopwatch | a stopwatch with laps | Laps are listed as {a}, the fastest and slowest are marked, and a sweeping hand passes {b} and {c} on its way around the dial.
Metronome | a visual metronome | {A} swing left and right at a chosen tempo, the accent falls on {b}, tapping a key sets the speed, and everything stays in time for minutes.
Zones | a world clock | Six places show their current time at once, each with {a} lit by day and {b} at night; adding an hour with the arrow keys shifts them all.
Hourglass | an hourglass timer | Grains shaped like {a} fall one by one into {place}; turning the glass by click or key starts again, and the minutes left can be read off.
Tides | a clock with two tides of hands | One ring turns once a minute, one once an hour, one once a day, marked with {a}, {b} and {c}; where they line up something small happens.`,
  drawing: `
Sketchpad | a drawing tool | Strokes look like {a}; brushes for {b} and {c} differ in width and texture, with undo, redo, clear and a palette of eight colours that suits {place}.
Mandala | a drawing tool with mirror symmetry | Every stroke repeats around the middle, from two to twelve times; stamps of {a} and {b} can be placed, and a figure begins to draw itself on loading.
Stencils | a stencil drawing board | Drag stencils of {a}, {b} and {c} onto the sheet, paint through them with a soft brush, and lift them again; layers can be reordered by key.
Pixels | a pixel editor | A grid of thirty-two by thirty-two holds small pictures of {a} and {b}; pen, fill, eraser and mirror work by mouse and keyboard, with a live preview at real size.
Ribbons | a calligraphy drawing toy | The pen leaves ribbons that widen with speed, as {a} might leave in {place}; ink dries slowly, and a finished drawing can be replayed from the start.
Chalk | a chalkboard for doodles | Chalk in five colours crumbles a little, a sponge wipes, ready-made outlines of {a}, {b} and {c} can be traced, and undo goes back twenty strokes.
Whiteboard | a small whiteboard | Draw freely, or drop shapes and arrows that snap between {a} and {b}; notes can be typed, moved with the arrow keys and coloured like {c}.
Spirograph | a drawing machine | Wheels named after {a} and {b} carry a pen around; teeth, offset and colour are set by slider, and the figure grows smoothly as one watches.`,
  form: `
Registration | a registration form | Applicants for {place} give name, e-mail, a choice of {a}, {b} or {c}, and a date; every field checks itself kindly, and a summary is shown before the end.
Questionnaire | a short survey form | Seven questions about {a}, {b} and {c}, of five different kinds, one at a time with progress; later questions depend on earlier answers, and one can go back.
Booking | a booking form | Visitors reserve a time to see {a}: day, number of people, extras such as {b} or {c}, with a running price and clear messages when something cannot be had.
Checkout | a checkout form in three steps | The basket holds {a}, {b} and {c}; address, delivery and review follow, mistakes are explained beside their field, and nothing typed is lost on going back.
Application | an application form | Candidates to look after {a} describe their experience, rank {b}, {c} and {d} by keyboard, and write a text whose remaining length is shown.
Report | an incident report form | Somebody saw something odd among {a} in {place}: what, when, how sure, with which of {b}, {c} or {d} near; the form adapts to the kind of report.
Order | an order form | Customers assemble a parcel of {a}, {b} and {c} with numbers, sizes and gift notes; limits and required fields are validated while typing, and a receipt is drawn at the end.
Membership | a sign-up form | New members of a society for {a} choose a level, add family members row by row, pick {b} or {c} as a welcome gift, and see their card take shape.`,
  "generative-art": `
Atlas | generative art | A flow field seeded by a number bends thousands of fine lines around {a}; each seed gives another composition, the same seed always the same one, and a key draws a new one.
Mosaic | a procedural mosaic | Truchet tiles drawn from the curves of {a} and {b} cover the sheet; palette, scale and seed are printed in a corner like a poster's edition.
Pebbles | a circle packing picture | Circles in the colours of {place} fill a shape that hints at {a}; some hold rings, some halves, some small {b}, and growth can be watched.
Growth | procedural growth | Branches inspired by {a} grow, fork and bloom into {b}, never the same twice; wind from the pointer bends them, and a click plants another.
Quilt | a generative pattern | Squares with motifs of {a}, {b} and {c} are combined by rules rather than chance alone, so that neighbours match along every edge.
Fractal | a fractal garden | A few recursive rules turn one line into something like {a}; depth, angle and seed are sliders, and the redraw is smooth enough to play with.
Strata | generative landscape lines | Layer upon layer of noise draws {place} as a print in three colours, with {a} as tiny figures; every regenerated sheet shows its seed number.
Spiral | a phyllotaxis composition | Hundreds of small {a} sit on a spiral whose angle drifts slowly; size, colour and shape follow a rule that the viewer can guess.`,
  interface: `
Console | a control panel interface | Knobs, switches and sliders regulate {a}, {b} and {c}; small readouts answer with a delay, one warning can be acknowledged, and every control works by key.
Planner | a kanban interface | Cards about {a}, {b} and {c} move between three columns by drag or by keyboard; one can add, rename, filter and count them.
Player | a music player interface | A playlist of sounds from {place}, with track names such as {a} and {b}, a seek bar, a queue, shuffle and a visualiser; no real audio is needed.
Dashboard | a dashboard | Six widgets follow {a}, {b} and {c} with changing numbers; they can be rearranged, enlarged and hidden, and a dense mode fits more on a small screen.
Inbox | an inbox interface | Messages from the people around {place} concern {a} and {b}; list, reading pane, search, archive and undo work with and without a mouse.
Settings | a settings panel interface | Sections for {a}, {b} and {c} hold toggles, ranges and choices; search jumps to a control, changed values are marked, and reset asks first.
Palette | a command palette interface | One key opens a box that finds actions on {a}, {b} and {c} by loose spelling; recent ones come first, and each does something visible behind it.
Explorer | a sidebar interface for browsing | A tree of {place} opens {a}, then {b}, then {c} in a detail pane with tabs; the path on top, the keyboard and the tree stay in agreement.`,
  "landing-page": `
House | a landing page | It presents {place} to visitors with a moving hero picture, three offers around {a}, {b} and {c}, two testimonials, an FAQ and one clear call to action.
Festival | a landing page for a festival | The headline, a programme with {a} and {b}, a countdown of days, a map drawn in shapes and a newsletter box make one want to come.
Museum | a home page for a small museum | Hero, opening hours, a gallery about {a}, {b} and {c} that can be leafed through, ticket prices and directions, in a voice that is warm and dry.
Launch | a product landing page | An invented tool for people who work with {a} is shown with a hero drawing, features told through {b} and {c}, three price levels and answers to doubts.
Academy | a landing page for a course | A school about {a} describes its terms, its teachers, what beginners need ({b}, {c}), fees and how to apply; sections appear softly on scrolling.
Society | a one-page site for a society | Friends of {a} explain why {b} matter, what members did last year, how to join, and whom to ask; the footer holds the small print.
Hotel | a home page for a tiny hotel | Four rooms named after {a}, {b}, {c} and {d}, a hero that changes with the hour, a plain way to ask for a night, and good words from guests.
Appeal | a campaign landing page | It asks visitors to help {place}: a strong headline, three facts about {a} and {b}, a progress bar of gifts, and a call to action that stays in view.`,
  physics: `
Pendulum | a physics toy with pendulums | Weights shaped like {a} and {b} swing from one another; gravity, length and damping can be changed, a trail shows the chaos, and energy is displayed.
Marbles | a physics toy with collisions | Balls in the colours of {a} bounce, roll and collide inside {place}; one can fling them, tilt gravity and change how elastic they are.
Cloth | a cloth simulation in physics | A sheet of springs hangs over {place}, moves in the wind, can be pulled by {a} and tears when it is pulled too hard; pins can be added.
Catapult | a projectile physics game | Launch {a} over {b} at a target: angle and force by drag or key, gravity and air drag as sliders, and the path of the last three throws stays visible.
Bridge | a physics puzzle of beams | Build a span over {place} from a limited number of beams; {a} and {b} cross it, stress is shown by colour, and weak joints break.
Orbits | a gravity playground | Place {a} and {b} as masses, give them a push, and watch them pull on one another; trails, pause, speed and a reset that keeps the setup are needed.
Rope | a physics toy with ropes | Chains of links tie {a} to {b}; the pointer drags either end, links have mass and friction, and cutting one lets {c} fall.
Fluid | a physics toy with particles that flow | Thousands of drops run over {a}, gather between {b} and can be stirred; viscosity and gravity are adjustable and it stays smooth.`,
  puzzle: `
Sliders | a sliding tiles puzzle | The picture of {a} in {place} is cut into tiles and shuffled so that it can always be solved; moves and time are counted, and a hint shows one good move.
Lamps | a lights out puzzle | Each press turns {a} and their neighbours; a few boards of growing size, an undo key, a counter and a solver that gives hints belong to it.
Pairs | a memory puzzle of matching pairs | Cards show {a}, {b}, {c} and {d} in pairs; they turn smoothly, the number of tries is scored, and a larger board waits after a win.
Maze | a maze puzzle | A fresh maze through {place} is carved by seed; the player walks by arrow keys, gathers {a} and {b}, and may see the shortest way after giving up.
Nonogram | a nonogram puzzle | Clues along the edges hide small pictures of {a} and {b}; cells can be filled, crossed or left, finished lines dim, and mistakes are not punished.
Locks | a puzzle of rings to align | Three rings carry {a}, {b} and {c}; turning one drags another, and only one position opens the lock; every scrambled start must be solvable.
Pipes | a puzzle of turning tiles | Rotate the tiles so that water runs from {a} to {b} without leaks; connected parts fill with colour, and par is shown beside the moves.
Sorting | a sorting puzzle | Tubes hold mixed {a}, {b} and {c}; pour until each holds one kind only, with undo, restart, and levels that never start unsolvable.`,
  simulation: `
Colony | a cellular automaton simulation | Cells stand for {a} and {b}; simple rules about neighbours decide who lives, three sliders change them, and a small graph follows the population.
Balance | an ecosystem simulation | {A} eat what grows, {b} hunt {a}, and both breed; the rates can be changed while it runs, and the two populations are drawn over time.
Outbreak | a simulation of something that spreads | A harmless fashion jumps between agents in {place}; contact, recovery and shyness are sliders, and one click puts {a} in the middle of it.
Traffic | a traffic simulation | Agents shaped like {a} follow lanes through {place}, brake for {b}, and form jams from nothing; density and patience can be set, flow is measured.
Wildfire | a simulation of growth and fire | Trees grow, lightning strikes, fire runs with the wind around {a}; fire breaks can be drawn by hand, and burnt area is counted each season.
Flock | an agent-based simulation of a flock | A few hundred {a} keep together, keep apart and avoid {b}; three rules have a slider each, and a predator can be led by the pointer.
Market | a simulation of trade between agents | Agents barter {a} for {b} and {c}; prices emerge, stocks run out, and a shock can be triggered to see how the system settles.
Evolution | a simulation of evolution | Creatures around {place} inherit size, speed and colour with small errors; {a} feed them, {b} test them, and the generations are charted.`,
  table: `
Register | a sortable table | Twenty rows of {a} with kind, place, number and share; headings sort, a search box filters, totals follow the filter, and a row can be marked by key.
Catalogue | a catalogue as a table | Columns for {a}, {b} and {c}, grouped by maker; groups fold, widths adapt, a sticky header stays, and small sparklines show the past year.
League | a league table | Ten teams named after {a} and {b}: results can be entered, the table re-sorts with movement, and ties are broken by clear rules printed below.
Timetable | a timetable in table form | Departures from {place} by hour and line, with {a} and {b} as services; the current hour is marked, filters combine, and empty columns hide.
Stocklist | an inventory table | Rows of {a}, {b} and {c} with stock, minimum and price; cells are edited in place, low stock is flagged, and sums stay right.
Comparison | a comparison table | {A}, {b}, {c} and {d} stand side by side over ten properties; differences are highlighted, columns can be pinned, and a score follows chosen weights.
Ledger | a ledger table | Income and spending of {place} by date, with running totals, filter by {a} or {b}, inline search and paging that works with the arrow keys.
Fieldbook | a data table for observations | Sightings of {a} and {b} with date, spot and count; sort by several columns, group by week, and show a bar inside each numeric cell.`,
  "text-tool": `
Counter | a text tool | Paste a paragraph about {a} and see words, sentences, reading time and the most frequent words at once; long sentences are marked in the text itself.
Comparer | a text tool that compares two versions | Two drafts of a letter about {a} and {b} are set side by side; words put in and taken out are coloured, and one can step from change to change.
Preview | a markdown text editor with preview | Headings, lists, quotes and emphasis appear as one types notes on {a}, {b} and {c}; a toolbar and shortcuts wrap the selection.
Cipher | a text tool for secret writing | Letters are shifted, mirrored or swapped for names of {a}; both directions work live, and the key is shown as a small turning wheel.
Typist | a typing trainer | Sentences about {a} and {b} are to be typed; speed, accuracy and the worst letters are shown, mistakes are marked gently, and a fresh text is one key away.
Rhymer | a text tool for verse | It counts syllables line by line, marks rhymes and repeated words, and sorts a sample poem about {a} and {b} into its stresses.
Tidier | a text tool that cleans up text | Spaces, quotes, case and line breaks are repaired with a visible list of changes; the sample, full of slips, describes {a} in {place}.
Anagrams | a text tool that plays with letters | Take a word such as one of {a}, {b} or {c}, shuffle its letters by drag or key, find what hides in it, and keep a list of finds.`,
};

export function mechanicsOf(theme: Theme): readonly Mechanic[] {
  return lines[theme]
    .trim()
    .split("\n")
    .map((line) => {
      const [noun = "", kind = "", what = ""] = line.split(" | ");
      return { noun, kind, what };
    });
}
