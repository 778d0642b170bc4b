// cli/autobench.ts -> [cli/verb.ts] -> cli/verbs/*
import type { ParseArgsConfig } from "node:util";

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
  /** Resolves to the process's exit code. */
  run(args: VerbArguments): Promise<number>;
}

/** A failure that its message explains whole: shown without a stack. */
export class CommandError extends Error {}
