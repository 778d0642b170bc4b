// bench/faults/run.ts, bench/faults/storm.test.ts -> [bench/faults/verdict.ts] -> standard output
import type { StormReport } from "./storm.ts";

/** What must not be, in sentences; empty when all is well. */
export function problemsIn(report: StormReport): string[] {
  const { submissions } = report;
  return [
    ...some("billed twice", report.billedTwice),
    ...some("billed, yet denied by the ledger", report.billedButDenied),
    ...some("settled, yet never billed", report.settledUnbilled),
    ...some("not at an end", report.stuck),
    ...some("the auditor's view", report.faults),
    ...(report.isDrained ? [] : ["The work did not come to an end in time."]),
    ...(report.withoutReason ? [`${report.withoutReason} submissions ended without a reason.`] : []),
    ...(Math.abs(report.heldUsd - report.inDoubtUsd) > 1e-6
      ? ["The open holds are not those of the calls in doubt."]
      : []),
    ...(report.providerBilled >= report.ledgerSettled &&
    report.providerBilled <= report.ledgerSettled + report.ledgerInDoubt
      ? []
      : ["The provider's total lies outside what the ledger says."]),
    ...((submissions["succeeded"] ?? 0) > 0 ? [] : ["Nothing succeeded: the storm has proved nothing."]),
  ];
}

function some(what: string, lines: readonly string[]): string[] {
  return lines.length ? [`${what}: ${lines.length} (${lines.slice(0, 5).join("; ")})`] : [];
}

export function reportLines(report: StormReport): string[] {
  const table: [string, unknown][] = [
    ["kills (SIGKILL)", report.kills],
    ["database restarts (immediate)", report.restarts],
    ["workers that ended by themselves", report.ends],
    ["fault modes seen", report.modes],
    ["requests at the provider", report.requests],
    ["calls", report.calls],
    ["submissions", JSON.stringify(report.submissions)],
    ["attempts", JSON.stringify(report.attempts)],
    ["(task, model) billed twice", report.billedTwice.length],
    ["billed, yet denied by the ledger", report.billedButDenied.length],
    ["settled, yet never billed", report.settledUnbilled.length],
    ["rows not at an end", report.stuck.length],
    ["ends without a reason", report.withoutReason],
    [
      "billed by the provider",
      `${report.providerBilled} (ledger: ${report.ledgerSettled} settled, ${report.ledgerInDoubt} in doubt)`,
    ],
    ["open holds, holds in doubt", `$${report.heldUsd.toFixed(4)}, $${report.inDoubtUsd.toFixed(4)}`],
    ["spent", `$${report.spentUsd.toFixed(4)}`],
    ["auditor's view", report.faults.length],
    ["seconds", report.seconds.toFixed(0)],
  ];
  return table.map(([name, value]) => `${name.padEnd(34)} ${String(value)}`);
}
