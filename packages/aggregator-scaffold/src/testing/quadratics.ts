import {
  createLayout,
  createParameters,
  parsePlan,
  type Aggregator,
  type Parameters,
  type RoundContext,
  type SiteStrategy,
  type StrategyContext,
  type TrainingPlan,
} from '@fedward/core';
import type { ScaffoldState } from '../index.js';

/** Site i minimises (y - a_i)' H_i (y - a_i) / 2. */
export interface Quadratics {
  readonly H: readonly (readonly (readonly number[])[])[];
  readonly a: readonly (readonly number[])[];
  readonly local_steps: number;
  readonly local_lr: number;
}

export const layoutOf = (size: number) => createLayout([{ name: 'w', shape: [size] }]);

export function planOf({ local_steps, local_lr }: Quadratics, rounds: number): TrainingPlan {
  return parsePlan({
    ...{ schemaVersion: 1, name: 'quadratics', seed: 1, rounds, aggregator: { name: 'scaffold' } },
    model: { inputShape: [1], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' },
    training: {
      trainer: 'exact',
      batches: { kind: 'steps', size: 1, steps: local_steps },
      optimizer: { name: 'sgd', learningRate: local_lr },
    },
  });
}

/** H_i (y - a_i). */
export const gradientAt = ({ H, a }: Quadratics, i: number, y: ArrayLike<number>): number[] =>
  H[i]!.map((row) => row.reduce((sum, h, k) => sum + h * (y[k]! - a[i]![k]!), 0));

/**
 * A training by the exact gradient: in float64, and rounded to float32 at the end, as a trainer's answer is.
 */
export function exactTraining(problem: Quadratics, i: number, plan: TrainingPlan): StrategyContext['train'] {
  return async (from, { correction } = {}, settings = {}) => {
    const { batches, optimizer } = { ...plan.training, ...settings };
    const steps = (batches as { steps: number }).steps;
    let y = [...from.values];
    for (let k = 0; k < steps; k++) {
      const g = gradientAt(problem, i, y);
      y = y.map((w, j) => w - optimizer.learningRate * (g[j]! + (correction?.[j] ?? 0)));
    }
    return { payload: createParameters(from.layout, Float32Array.from(y)), steps, metrics: {} };
  };
}

/** What a run over the quadratics remembers. */
export interface Progress {
  readonly state: ScaffoldState;
  /** c as it is sent in the next round. */
  readonly control: Float32Array;
  readonly sites: readonly (Float64Array | null)[];
}

/** Rounds with these sites in each, and the weights of all; what `lost` names does not arrive. */
export async function play(
  problem: Quadratics,
  halves: { readonly server: Aggregator<ScaffoldState>; readonly site: SiteStrategy<Float64Array> },
  participants: readonly (readonly number[])[],
  weights: readonly number[] = problem.a.map(() => 1),
  lost: (round: number, site: number) => boolean = () => false,
): Promise<Progress[]> {
  const { server, site } = halves;
  const plan = planOf(problem, participants.length);
  const model = layoutOf(problem.a[0]!.length);
  const ids = problem.a.map((_, i) => `hospital-${i}`);
  const sites: (Float64Array | null)[] = ids.map(() => null);
  const progress: Progress[] = [];
  let state = server.init(createParameters(model), { plan, population: ids.length });
  for (const [round, asked] of participants.entries()) {
    const cohort = asked.map((i) => ids[i]!);
    const context: RoundContext = { ...{ runId: 'run-1', round, plan, population: ids.length, cohort }, sampling: { kind: 'all' } }; // prettier-ignore
    const { payload: sent, instructions } = server.instruct(state, context);
    const reduction = server.reduce(state, context);
    for (const i of asked) {
      const answer = await site.answer({
        ...{ clientId: ids[i]!, runId: 'run-1', round, plan, cohort, sent, instructions, model, state: sites[i]! },
        ...{
          records: weights[i]!,
          random: undefined as never,
          data: { count: weights[i] } as never,
          trainHere: undefined as never,
        },
        train: exactTraining(problem, i, plan),
      });
      if (lost(round, i)) continue;
      const { update: payload, weight = weights[i]! } = answer;
      reduction.add({
        ...{ clientId: ids[i]!, baseRound: round, payload, weight, metrics: {}, spent: [], simulationOnly: true },
      });
      sites[i] = answer.state ?? null;
    }
    state = server.apply(state, reduction.finish(), context);
    const next = server.instruct(state, context).payload as Parameters;
    progress.push({ state, control: next.values.slice(model.size), sites: sites.slice() });
  }
  return progress;
}

/** Solves sum_i w_i H_i (y - a_i) = 0 by descent from 0, for well-conditioned small problems. */
export function optimumOf(problem: Quadratics, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, w) => sum + w, 0);
  let y = problem.a[0]!.map(() => 0);
  for (let step = 0; step < 20_000; step++) {
    const gradients = problem.a.map((_, i) => gradientAt(problem, i, y));
    y = y.map((w, j) => w - 0.1 * gradients.reduce((sum, g, i) => sum + (weights[i]! / total) * g[j]!, 0));
  }
  return y;
}
