// worker/rehearsal/writer.ts -> [worker/rehearsal/grammar/subjects.ts]
// What a task can be about. One line each: the subject, four things that belong to it, and a place.

export interface Subject {
  readonly name: string;
  readonly things: readonly [string, string, string, string];
  readonly place: string;
}

const lines = `
tide pool | anemones, limpets, hermit crabs, starfish | a rocky shore at low water
night bakery | rye loaves, buns, croissants, trays of flour | a cellar kitchen at four in the morning
beehive | foragers, drones, honeycombs, nectar jars | an orchard behind a school
lighthouse | ships, fog banks, lamps, gulls | the last rock before the open sea
mountain hut | hikers, lanterns, bunks, soup pots | a pass above the tree line
tram depot | trams, conductors, switches, overhead wires | the edge of an old city
apple orchard | ladders, baskets, windfalls, pickers | a valley in October
allotment | runner beans, marrows, sheds, watering cans | a strip of land beside a railway
seed bank | envelopes, drawers, wheat grains, frost doors | a tunnel under permafrost
post office | parcels, stamps, sorting bags, letters | a village where everybody writes
ferry | lorries, bicycles, gangways, life rings | a strait with quick currents
canal | narrowboats, locks, herons, towpaths | a flat country of willows
observatory | domes, comets, lenses, star maps | a hill without street lamps
glass workshop | furnaces, blowpipes, vases, marbles | an island of glassmakers
piano factory | hammers, strings, soundboards, felt | a brick hall full of dust and light
weather station | barometers, balloons, rain gauges, wind vanes | a treeless plateau
salt works | pans, rakes, wagons, crystals | a white coast under a hard sun
puppet theatre | marionettes, curtains, trapdoors, footlights | a cellar under a market
fish market | mackerel, crates, ice, scales | a harbour before sunrise
silk mill | cocoons, bobbins, looms, dye vats | a river town with steep roofs
cave system | stalactites, bats, torches, pools | limestone under a sleepy village
herb garden | thyme, sage, rosemary, bumblebees | a monastery courtyard
bicycle workshop | spokes, bells, chains, patched tyres | a lane behind the station
paper mill | pulp vats, rollers, sheets, water wheels | a gorge that never dries
museum of keys | padlocks, key rings, cabinets, labels | a tall house with crooked stairs
reindeer herd | calves, sleds, bells, snow tracks | a frozen lake in the north
mushroom cellar | logs, spores, crates, hygrometers | an abandoned quarry
vineyard | rows of vines, grapes, barrels, starlings | a slope that faces south
kite festival | kites, reels, judges, gusts | a wide beach in spring
ice rink | skaters, blades, resurfacers, scarves | a square in front of a town hall
swallow migration | swallows, telegraph wires, storms, nests | the coast where two continents nearly meet
cable car | cabins, pylons, skiers, counterweights | a saddle between two peaks
flower auction | tulips, trolleys, buyers, bells | a hall as large as a village
model railway | engines, tunnels, signals, tiny passengers | an attic in winter
rooftop greenhouse | tomatoes, misters, vents, ladybirds | a city block ten floors up
peat bog | sundews, dragonflies, boardwalks, cotton grass | a misty upland
book bindery | spines, threads, presses, gilt edges | a yard behind the cathedral
marble quarry | blocks, cranes, chisels, dust clouds | a mountain cut like a stair
oyster farm | racks, tides, punts, pearls | a shallow bay with long evenings
circus school | jugglers, trapezes, unicycles, nets | a disused gasworks
radio station | records, microphones, jingles, callers | a hut on the moor
cheese cellar | wheels of cheese, shelves, brushes, rinds | a cool vault beneath a dairy
night train | berths, conductors, teacups, signal lamps | the line between two capitals
wind farm | turbines, blades, cables, skylarks | a ridge where it always blows
coral nursery | fragments, divers, clownfish, frames | a lagoon that is coming back
sheep fair | ewes, shepherds, hurdles, rosettes | a green between three villages
clay pit | bricks, kilns, wheelbarrows, moulds | a plain that was once a lake
planetarium | planets, projectors, seats, constellations | a dome beside a park
moss garden | stones, rakes, streams, ferns | a temple on a wet hillside
toy hospital | teddy bears, buttons, stitches, glass eyes | a shop that smells of glue
sailing school | dinghies, buoys, knots, gusts | a reservoir ringed by pines
hedgehog rescue | hoglets, heat pads, scales, leaf piles | a spare room in autumn
ink factory | pigments, bottles, stirrers, labels | a street of printers
bridge toll | carts, coins, barriers, travellers | a stone bridge over a border river
noodle stall | broth, chopsticks, steam, spring onions | a crossing under neon signs
wolf reserve | packs, trails, cameras, ravens | a forest with few roads
watermill | millstones, sacks, sluices, eels | a stream that forks twice
hat shop | ribbons, felt hats, mirrors, boxes | an arcade of little windows
avalanche patrol | slopes, probes, dogs, flags | a ski valley after heavy snow
archive of maps | atlases, globes, drawers, sea monsters | a cool basement without windows
pumpkin contest | pumpkins, scales, wheelbarrows, ribbons | a village hall in autumn
dragonfly pond | reeds, frogs, lily pads, ripples | the corner of a schoolyard
soap workshop | lavender, moulds, lye, wrapping paper | a courtyard full of steam
airship dock | airships, mooring masts, ballast, porters | a plain above the clouds
truffle hunt | oaks, dogs, truffles, baskets | a wood in November
jazz cellar | trumpets, brushes, candles, chairs | a street that sleeps by day
rice terrace | seedlings, ducks, dikes, water gates | a hillside like a staircase
penguin colony | eggs, chicks, leopard seals, pebbles | an island of black rock
chocolate kitchen | cocoa beans, moulds, pralines, tempering pots | a shop that opens at noon
vertical forest | balconies, saplings, gardeners, wrens | two towers above a square
fossil beach | ammonites, hammers, cliffs, tides | a coast that falls into the sea
dune railway | wagons, sand, whistles, dune grass | a spit of land between two seas
perfume organ | vials, blotters, bergamot, cedar | a quiet room in a loud town
snowplough crew | ploughs, drifts, grit, headlamps | a pass that must stay open
botanical ark | orchids, palms, labels, mist | a glass house built in iron
knitting circle | needles, skeins, cardigans, cats | a café by the church
desert caravan | camels, wells, tents, spices | a route that follows the stars
owl tower | owlets, beams, voles, moonlight | a barn that leans a little
carnival parade | floats, drums, confetti, masks | a town of narrow streets
ship graveyard | hulls, anchors, welders, cormorants | a bay of rust and birds
maple camp | buckets, sap, syrup, snowshoes | a wood in March
stone skipping club | pebbles, ripples, measuring tapes, thermos flasks | a lake without wind
cricket choir | crickets, fireflies, grass stems, moonbeams | a meadow in August
tea plantation | leaves, baskets, drying trays, mist | a hill country after rain
volcano watch | seismographs, ash, goats, vents | an island with one road
tidal mill | gates, wheels, gulls, flour sacks | an estuary of mud and silver
ballet wardrobe | tutus, slippers, pins, mirrors | the top floor of an opera house
drone garden | pollinators, docks, lavender rows, sensors | a farm run by a cooperative
whale lookout | blows, flukes, binoculars, sonar | a cold sea in June
pavement cafe | benches, pigeons, espresso cups, buskers | a square under plane trees
cider press | apples, barrels, pulp, wasps | a barn with its doors open
rope walk | hemp, hooks, tar, coils | a shed as long as a street
marsh school | boots, nets, newts, notebooks | a hut on stilts
sugar refinery | beets, conveyors, crystals, steam valves | a plain of straight roads
astronomers' picnic | telescopes, blankets, meteors, sandwiches | a meadow far from town
tailor's attic | buttons, patterns, thread, pressing irons | a house with a skylight
goat dairy | kids, pails, hay, bells | a farm above a gorge
sluice keeper | gates, levels, eels, willow boats | a low country behind dikes
pigeon post | pigeons, rings, lofts, tiny scrolls | the roofs of a besieged city
sea cave choir | singers, echoes, candles, waves | a cliff that hums
ski jump | jumpers, flags, wind gauges, cowbells | a hill beside a spa
orchestra pit | violins, oboes, timpani, music stands | a theatre before the curtain
clam bake | clams, seaweed, driftwood, lanterns | a beach on the longest day
falconry | falcons, hoods, lures, gloves | a castle with three towers
printing house | type, ink rollers, proofs, broadsheets | a lane of newspaper offices
underground river | boats, crystals, lamps, blind fish | a show cave after closing
lavender harvest | sickles, bundles, stills, bees | a plateau of violet rows
snail race | snails, lettuce, chalk lines, umpires | a pub garden in July
star harbour | probes, docks, cargo pods, beacons | an asteroid with a view
hot spring | bathers, steam, monkeys, stone basins | a valley full of snow
barley field | harvesters, larks, scarecrows, hares | a plain under big clouds
patchwork studio | scraps, needles, squares, thimbles | a kitchen with a long bench
cloud nursery | puffs, raindrops, sunbeams, thermals | the sky over a warm island
firefly census | fireflies, jars, notebooks, children | a river bend at dusk
tin mine | carts, seams, canaries, pumps | a headland full of shafts
locksmith's bench | pins, springs, blanks, files | a shop no wider than its door
windmill village | sails, grain, millers, storks | a polder with straight ditches
pearl divers | masks, baskets, shells, bubbles | a bay of warm shallows
night zoo | lorises, lynxes, lanterns, keepers | a park after the gates close
bamboo workshop | canes, flutes, baskets, splints | a village in a green ravine
sled dog team | huskies, harnesses, checkpoints, northern lights | a trail of a thousand miles
bell foundry | bells, moulds, clappers, bronze | a yard beside a canal
roof gardeners | planters, ladders, swifts, rain barrels | a quarter of flat roofs
magnet school | compasses, iron filings, coils, lodestones | a classroom on the top floor
moth observatory | moths, sheets, lamps, identification cards | a clearing at midnight
driftwood studio | branches, ropes, floats, sea glass | a shed above the tideline
goose farm | goslings, ponds, grain, foxes | a lowland full of ditches
ice harvest | saws, blocks, horses, sawdust | a lake in the year 1890
rain orchestra | gutters, tin roofs, buckets, umbrellas | a town where it rains in tune
salmon ladder | salmon, steps, counters, bears | a dam on a fast river
cactus nursery | cacti, gravel, blossoms, lizards | a glasshouse in the dry south
night ferry | cabins, stars, portholes, stewards | a sea with many islands
harvest supper | loaves, cider jugs, trestles, fiddlers | a barn at the end of August
glacier camp | tents, ice cores, crevasses, sledges | a white plain that moves
dog show | terriers, poodles, combs, ribbons | a hall with a green carpet
bonsai shelf | pines, shears, wire, pebbles | a balcony above traffic
mosaic floor | tesserae, dolphins, borders, brushes | a villa under excavation
jam kitchen | plums, jars, ladles, wax lids | a farmhouse at the end of summer
amber coast | amber, pine roots, flies, storms | a beach after a gale
tunnel diggers | drills, headlamps, rubble, props | a mountain between two languages
carousel | wooden horses, mirrors, organ pipes, tickets | a quay in the off season
star nursery | nebulae, protostars, dust, comets | a far arm of the galaxy
mangrove nursery | seedlings, crabs, mud, kingfishers | a delta that is planting itself
umbrella repair | ribs, handles, canopies, puddles | a kiosk by the bus station
oasis | date palms, wells, foxes, cushions | the middle of a gravel desert
chimney swifts | swifts, chimneys, insects, spirals | a mill town at sundown
kelp forest | otters, urchins, kelp, seals | a cold bay full of light
spice cellar | saffron, pepper, cardamom, brass scales | a warehouse on a canal
ferris wheel | gondolas, ticket stubs, lights, pigeons | a pier with peeling paint
woodpecker wood | trunks, beetles, holes, saplings | a forest that nobody tidies
sandcastle league | moats, turrets, buckets, tides | a beach with a strict jury
snowflake lab | crystals, cold plates, lenses, droplets | a freezer in a physics department
dumpling house | wrappers, steamers, ginger, vinegar | an alley of red lamps
pilgrim road | shells, staffs, hostels, blisters | a path across four provinces
gondola yard | oars, varnish, ribs, ropes | a small canal out of sight
midsummer fire | torches, wreaths, sparks, fiddlers | a hill above the fjord
shadow theatre | silhouettes, screens, sticks, dragons | a courtyard at nightfall
bread oven | embers, peels, dough, cats | a square shared by six families
eclipse day | glasses, crescents, crows, crowds | a field on the centre line
honey bus | frames, smokers, jars, beekeepers | an old coach parked in clover
cork forest | bark, axes, acorns, black pigs | a hot hillside in the west
`.trim();

export const subjects: readonly Subject[] = lines.split("\n").map((line) => {
  const [name = "", things = "", place = ""] = line.split(" | ");
  const [a = "", b = "", c = "", d = ""] = things.split(", ");
  return { name, things: [a, b, c, d], place };
});
