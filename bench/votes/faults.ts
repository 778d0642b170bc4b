// node bench/votes/faults.ts -> [bench/votes/faults.ts] -> bench/votes/storm.ts
import { parseArgs } from "node:util";
import { problemsIn, runStorm } from "./storm.ts";

const { values } = parseArgs({
  options: {
    voters: { type: "string", default: "64" },
    votes: { type: "string", default: "10000" },
    kills: { type: "string", default: "20" },
    restarts: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
  },
});
const votes = Number(values.votes);
const report = await runStorm({
  voters: Number(values.voters),
  votes,
  kills: Number(values.kills),
  restarts: Number(values.restarts),
  seed: Number(values.seed),
  onProgress: (sentence) => console.log(sentence),
});
console.log(`
  voters            ${values.voters}, for ${report.seconds.toFixed(0)} s
  worker killed     ${report.kills} times
  database cut off  ${report.restarts} times
  votes in doubt    ${report.inDoubt}, asked again until known
  too late          ${report.refusedAsClosed}, since their task had closed
  boards published  ${report.snapshots} snapshots

  accepted          ${report.accepted}
  stored            ${report.stored}
  counted           ${report.counted}
  recounted         ${report.recounted}
  used twice        ${report.usedTwice.length}
  verify            ${report.faults.length ? report.faults.join("; ") : "finds nothing"}
`);
const problems = problemsIn(report, votes);
console.log(
  problems.length ? problems.join("\n") : "Every vote that was accepted is stored and counted once, and no other is.",
);
process.exit(problems.length ? 1 : 0);
