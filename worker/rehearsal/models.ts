// worker/rehearsal/server.ts -> [worker/rehearsal/models.ts] -> worker/rehearsal/speak.ts
// Who can be called. The integrator registers these rows (`is_rehearsal`) and points two providers, one for each
// protocol, at the loopback server. Prices are made up, and small, so that the spend pages have something to show.

export const skills = ["novice", "apprentice", "artisan", "master"] as const;
export type Skill = (typeof skills)[number];

export type Protocol = "openai" | "anthropic";
export type Role = "answer" | "write_task" | "judge" | "coach";

export interface RehearsalModel {
  readonly slug: string;
  readonly displayName: string;
  readonly protocol: Protocol;
  readonly role: Role;
  /** Contestants only. */
  readonly skill?: Skill;
  /** US dollars per million tokens. */
  readonly priceIn: number;
  readonly priceOut: number;
  /** The slowest and the quickest reply in milliseconds; the hash of the prompt decides where between them. */
  readonly pace: readonly [fastest: number, slowest: number];
}

export const rehearsalModels: readonly RehearsalModel[] = [
  contestant("novice", "openai", 0.05, 0.2, [150, 520]),
  contestant("apprentice", "anthropic", 0.15, 0.6, [320, 900]),
  contestant("artisan", "openai", 0.8, 3.2, [520, 1250]),
  contestant("master", "anthropic", 2.5, 12.5, [760, 1600]),
  helper("writer", "write_task", "openai", 0.4, 1.6, [300, 900]),
  helper("judge", "judge", "anthropic", 0.6, 2.4, [250, 800]),
  helper("coach", "coach", "openai", 0.2, 0.8, [250, 700]),
];

export function rehearsalModel(slug: string): RehearsalModel | undefined {
  return rehearsalModels.find((model) => model.slug === slug);
}

function contestant(
  skill: Skill,
  protocol: Protocol,
  priceIn: number,
  priceOut: number,
  pace: RehearsalModel["pace"],
): RehearsalModel {
  return { ...helper(skill, "answer", protocol, priceIn, priceOut, pace), skill };
}

function helper(
  name: string,
  role: Role,
  protocol: Protocol,
  priceIn: number,
  priceOut: number,
  pace: RehearsalModel["pace"],
): RehearsalModel {
  const displayName = `Rehearsal ${name} (canned)`;
  return { slug: `rehearsal-${name}`, displayName, protocol, role, priceIn, priceOut, pace };
}
