import { parsePlan, type RoundReport, type TrainingPlan, type TrainingPlanInput } from '@fedward/core';
import * as z from 'zod';
import { secureAggregation } from '../plugins/catalogue.js';

type Section = NonNullable<TrainingPlanInput['privacy']>;

/**
 * A plan's privacy section with secure aggregation behind all else that acts on an update. The keys of identity of
 * simulated hospitals follow from the seed.
 */
export function withMasks(section: TrainingPlanInput['privacy']): Section {
  const masks = { name: secureAggregation, options: { identities: 'simulated' } };
  return { ...section, mechanisms: [...(section?.mechanisms ?? []), masks] };
}

/**
 * A plan of masked rounds that says, unless it did, what happens to those that can't be unmasked: a round with fewer
 * updates than the threshold is not even tried, and one that fails is skipped.
 * @param ownQuorum whether the plan's quorum was asked for
 */
export function tolerant(plan: TrainingPlan, hospitals: number, ownQuorum: boolean): TrainingPlan {
  const { onMissedQuorum = 'skip' } = plan;
  return parsePlan({ ...plan, onMissedQuorum, ...(!ownQuorum && { quorum: thresholdOf(plan, hospitals) }) });
}

/** How many hospitals must answer a round to its end: as many as the plan says, and no fewer than hospitals agree to. */
function thresholdOf({ privacy, cohort }: TrainingPlan, hospitals: number): number {
  const threshold = privacy?.mechanisms.find(({ name }) => name === secureAggregation)?.options['threshold'];
  const asked =
    cohort.select === 'all'
      ? hospitals
      : cohort.select === 'cyclic'
        ? Math.floor(hospitals / cohort.groups)
        : cohort.size;
  return Math.max(Math.floor((2 * asked) / 3) + 1, Number(threshold ?? 0));
}

/** What the mechanism tells of a round that it has unmasked. */
const toldSchema = z.object({
  /** Who shared keys and then sent no update, so that others' shares took its masks off. */
  recovered: z.array(z.string()),
  /** Bytes to and from all hospitals together, by stage. */
  traffic: z.record(z.string(), z.object({ to: z.number(), from: z.number() })),
});

/** What the stages of secure aggregation came to, over all rounds that were unmasked. */
export interface MaskedRounds {
  /** How many hospitals must answer a round to its end. */
  readonly threshold: number;
  /** Number of rounds that were unmasked; the others were skipped. */
  readonly unmasked: number;
  /** In their order, without the updates: bytes to and from all hospitals together. */
  readonly stages: readonly { readonly stage: string; readonly to: number; readonly from: number }[];
  /** Rounds in which hospitals shared keys and then sent no update, and the sum of the others was unmasked all the same. */
  readonly recovered: readonly { readonly round: number; readonly hospitals: readonly string[] }[];
}

/** @returns undefined for a plan without secure aggregation */
export function maskedRounds(
  plan: TrainingPlan,
  hospitals: number,
  rounds: readonly Pick<RoundReport, 'round' | 'told'>[],
): MaskedRounds | undefined {
  if (!plan.privacy?.mechanisms.some(({ name }) => name === secureAggregation)) return undefined;
  const told = rounds.flatMap(({ round, told }) => {
    const { data } = toldSchema.safeParse(told?.[secureAggregation]);
    return data ? [{ round, ...data }] : [];
  });
  const stages = new Map<string, MaskedRounds['stages'][number]>();
  for (const [stage, { to, from }] of told.flatMap(({ traffic }) => Object.entries(traffic))) {
    const before = stages.get(stage) ?? { to: 0, from: 0 };
    stages.set(stage, { stage, to: before.to + to, from: before.from + from });
  }
  return {
    threshold: thresholdOf(plan, hospitals),
    unmasked: told.length,
    stages: [...stages.values()],
    recovered: told.flatMap(({ round, recovered }) => (recovered.length > 0 ? [{ round, hospitals: recovered }] : [])),
  };
}
