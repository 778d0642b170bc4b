// cli/, db/cluster/, server/listen.ts -> [process/explained.ts] -> cli/autobench.ts

/** A failure that its message explains whole to whoever started the process, what to do included: shown without a stack. */
export class ExplainedError extends Error {}
