// node bench/faults/run.ts -> [bench/faults/run.ts] -> bench/faults/storm.ts
import { parseArgs } from "node:util";
import { isMutant, mutants } from "./mutants.ts";
import { runStorm } from "./storm.ts";
import { problemsIn, reportLines } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    restarts: { type: "string", default: "5" },
    workers: { type: "string", default: "3" },
    life: { type: "string", default: "2400" },
    seed: { type: "string", default: "1" },
    mutant: { type: "string" },
  },
});
const { mutant } = values;
if (mutant !== undefined && !isMutant(mutant)) {
  console.error(`--mutant is one of ${mutants.join(", ")}.`);
  process.exit(2);
}

const report = await runStorm({
  kills: Number(values.kills),
  restarts: Number(values.restarts),
  workers: Number(values.workers),
  lifeMs: Number(values.life),
  seed: Number(values.seed),
  ...(mutant ? { mutant, drainMs: 15_000 } : {}),
  onProgress: (sentence) => console.log(sentence),
});
console.log(reportLines(report).join("\n"));
if (mutant) {
  const isCaught = report.billedTwice.length > 0;
  console.log(isCaught ? `The mutant ${mutant} is caught.` : `The mutant ${mutant} is NOT caught.`);
  process.exit(isCaught ? 0 : 1);
}
const problems = problemsIn(report);
console.log(problems.length ? problems.join("\n") : "Nothing was bought twice, nothing is lost, and the books agree.");
process.exit(problems.length ? 1 : 0);
