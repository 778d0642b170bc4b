// worker/rehearsal/writer.ts -> [worker/rehearsal/grammar/phrases.ts]
// The words around the heart of a task. Many ways to say the same, so that two tasks share as little text as they can.

export const adjectives =
  `amber,ancient,azure,barefoot,bashful,bold,borrowed,bright,brittle,broken-in,calm,candid,careful,chalky,cheerful,clever,cloudy,copper,cosy,
crimson,crisp,crooked,curious,dappled,daring,distant,drowsy,dusty,eager,early,earnest,echoing,eleventh,emerald,fabled,faithful,feathered,
fearless,fifth,floating,folded,forgotten,fragrant,frosted,gentle,gilded,golden,grateful,hazy,hidden,hollow,honest,humming,hushed,idle,
indigo,invisible,ivory,jaunty,jolly,last,lazy,leaning,lilac,little,lively,lonely,lopsided,lost,lucky,marble,mellow,merry,midnight,
mischievous,misty,modest,moonlit,mossy,nameless,narrow,nimble,noisy,northern,obliging,orderly,paper,patchwork,patient,peppery,pocket-sized,
polite,proud,puzzled,quiet,rainy,reluctant,restless,ribboned,roaming,russet,rusty,salted,sandy,scarlet,second,secret,seventh,shimmering,shy,
silver,singing,sleepless,slow,smoky,snowbound,southern,speckled,spiral,spotless,starry,steady,stubborn,sunken,sunny,swift,talkative,tangled,
tenth,thirsty,thrifty,tidy,tilted,tiny,travelling,twelfth,twinkling,unhurried,upside-down,velvet,vermilion,wakeful,wandering,weathered,
whispering,wild,windswept,winding,wobbly,wooden,yellow,zigzag`.split(/,\s*/);

export const moments =
  `after Closing Time,after Dark,after the Flood,after the Rain,after the Thaw,at Dawn,at Dusk,at Full Moon,at Half Past Nine,at High Water,
at Low Tide,at Rest,before Breakfast,before the Frost,before the Storm,between Two Storms,by Candlelight,by Heart,by Lamplight,by Starlight,
for Beginners,for One,for Rainy Days,for Two,from Above,from Below,from Memory,in a Hurry,in April,in August,in Bloom,in Blue,in February,
in June,in Miniature,in November,in Paper,in Seven Colours,in Slow Motion,in the Attic,in the Fog,in the Mirror,in the Snow,in the Wind,
in Winter,near the Border,of Last Summer,on a Monday,on a String,on a Sunday,on Holiday,on Market Day,on the Longest Day,on the Quiet Shift,
past Midnight,under Glass,under Repair,under the Ice,under the Stairs,upside Down,with a Twist,with Friends,with Thunder,without a Map,
without Words`.split(/,\s*/);

export const verbs = ["Build", "Create", "Design", "Make", "Craft", "Write", "Develop", "Compose"];

/** How the heart of the task is led in; {title}, {kind}, {subject} and {where} are filled. */
export const openings = [
  `{verb} "{title}", {kind} about {subject} {where}.`,
  `{verb} {kind} called "{title}"; its world is {subject} {where}.`,
  `"{title}" is to be {kind}. It is set around {subject} {where}.`,
  `{verb} {kind}, "{title}", that takes its mood and its words from {subject} {where}.`,
  `{verb} "{title}": {kind} for people who know {subject} well, or would like to.`,
];

/** What a person can check by looking; set after a number. */
export const checks = [
  "nothing depends on sound or on colour alone",
  "the keyboard alone is enough",
  "something worth seeing is there before any click",
  "every change glides rather than jumps",
  "a single random seed decides what is left to chance, and can be read off",
  "few words stand on the screen",
  "one small surprise rewards those who stay longer than a minute",
  "it looks at home in a narrow frame and on a wide screen",
  "the rules fit on one line, which can be hidden",
  "there is always a way back from a mistake",
  "a wish for reduced motion calms it down without switching it off",
  "the title belongs to the picture instead of hanging above it",
  "numbers line up and never flicker",
  "one strong idea of colour is kept throughout",
  "the lettering carries the mood",
  "left alone for a while, it begins to play by itself",
  "a newcomer understands it within five seconds",
  "one colour is rare and means something",
  "focus is visible and the tab order sensible",
  "a quiet line at the edge says what the keys do",
  "small irregularities make it feel handmade",
  "its state can also be followed in words",
  "resizing keeps every proportion and loses nothing",
  "no state is a dead end",
  "light and shadow suggest depth",
  "the interaction repeated most is also the pleasantest",
  "targets are generous enough for unsteady hands",
  "pausing and going on leave everything in its place",
  "a second look shows something the first one missed",
  "after ten minutes it is still as smooth as at the start",
];

export const demands = [
  "Confirm that {checks}.",
  "It is done when {checks}.",
  "A visitor should find that {checks}.",
  "Three things will be looked at: {checks}.",
  "Make sure that {checks}.",
];

export const looks = [
  "Think of a printed broadsheet: ink, paper and one accent.",
  "The palette comes from dusk over water.",
  "Let it recall enamel signs and good lettering.",
  "Aim for the calm of a well-kept notebook.",
  "Dark ground, few lights, long shadows.",
  "Pale and airy, with plenty of empty space.",
  "Bold shapes like cut paper, no outlines.",
  "Fine lines, as if engraved.",
  "Warm, slightly faded, like a postcard.",
  "As crisp as an instrument panel.",
  "Soft edges, muted tones, one bright spot.",
  "A little theatrical: spotlight, long shadow, applause.",
];

export const closings = [
  "Deliver one self-contained HTML document with inline CSS and JavaScript; it must work without any network.",
  "Everything goes into a single HTML file, script and styles inline, no requests to anywhere.",
  "Answer with one complete HTML document: inline JS, inline CSS, no libraries, no network access.",
  "The result is one HTML page that carries its own CSS and JavaScript and loads nothing from outside.",
  "Hand in a single self-contained HTML document, styles and script inline; no external files, fonts, images or network calls.",
  "One HTML document, please, with its JS and CSS inline, that runs offline as it is.",
  "Put markup, inline styles and inline script into one self-contained HTML file which needs no network at all.",
  "Return a lone HTML document with inline styling and scripting, free of any network dependency.",
  "It ships as one HTML file: CSS inline, JavaScript inline, network unused.",
];
