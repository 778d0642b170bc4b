// cli/autobench.ts -> [cli/verb.ts] -> cli/verbs/*
import type { ParseArgsConfig } from "node:util";
import { ExplainedError } from "../process/explained.ts";

export interface VerbArguments {
  values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  positionals: string[];
  isJson: boolean;
}

export interface Verb {
  usage: string;
  /** The first line is its summary. */
  help: string;
  options?: NonNullable<ParseArgsConfig["options"]>;
  /** How many names it takes besides its options; none unless said. */
  takes?: number;
  /** Resolves to the process's exit code. */
  run(args: VerbArguments): Promise<number>;
}

/** What an error says. Where several addresses were tried, Node's own error says nothing and holds one for each. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** A number that was given with an option, or the default. */
export function wholeNumber(
  name: string,
  value: unknown,
  usual: number,
  [least, most]: readonly [number, number],
): number {
  if (value === undefined) return usual;
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new ExplainedError(`--${name} must be a whole number from ${least} to ${most}.`);
  }
  return number;
}
