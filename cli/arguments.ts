// cli/autobench.ts -> [cli/arguments.ts] -> cli/verbs/*
import { parseArgs } from "node:util";
import { ExplainedError } from "../process/explained.ts";
import { nearestName } from "../process/settings.ts";
import type { Verb, VerbArguments } from "./verb.ts";

const shared = { help: { type: "boolean", short: "h" }, json: { type: "boolean" } } as const;

/** What was written after a verb, or a refusal that says what the verb takes. */
export function readArguments(name: string, verb: Verb, args: string[]): VerbArguments {
  const options = { ...shared, ...verb.options };
  const see = `See "autobench ${name} --help".`;
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option" || Object.hasOwn(options, token.name)) continue;
    const near = nearestName(token.name, 2, Object.keys(options));
    const hint = near ? ` Did you mean --${near}?` : "";
    throw new ExplainedError(`autobench ${name} has no option ${token.rawName}.${hint} ${see}`);
  }
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const surplus = positionals[verb.takes ?? 0];
    if (surplus !== undefined) throw new ExplainedError(`autobench ${name} does not take "${surplus}". ${see}`);
    return { values, positionals, isJson: values["json"] === true };
  } catch (error) {
    // A value that is missing, or one too many: parseArgs says which.
    throw error instanceof TypeError ? new ExplainedError(`${error.message.split(". ")[0]}. ${see}`) : error;
  }
}
