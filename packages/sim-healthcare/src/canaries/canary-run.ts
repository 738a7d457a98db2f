import {
  createTensors,
  FedwardError,
  Random,
  runFederation,
  type Adjacency,
  type ModelSpec,
  type PrivacyStatement,
  type RoundReport,
  type TrainingPlan,
} from '@fedward/core';
import { gaussianAccountant } from '@fedward/privacy-dp';
import { epsilonLowerBoundOfScores, type EpsilonLowerBound } from '@fedward/privacy-dp/canaries';
import type { SimulateOptions } from '../run/options.js';
import { checkedRun } from '../run/checked-run.js';
import { federationOf } from '../run/federation.js';
import type { RunParts } from '../run/run-parts.js';
import { catalogue } from '../plugins/catalogue.js';
import { makeCanaries, withCanaries } from './canaries.js';
import { scoreCanaries } from './canary-scores.js';
import { referenceUpdates, type ReferenceUpdate } from './reference-update.js';

/** A run as `simulate` takes it, with canaries in it. */
export interface CanaryRunOptions extends Omit<SimulateOptions, 'local' | 'workers'> {
  /** Number of canaries over all hospitals, >= 1. More make a larger bound possible: 1,000 one of at most 5.6. */
  readonly canaries: number;
  /** In (0, 1): the bound is wrong in at most 1 - confidence of all such runs. */
  readonly confidence: number;
}

/** For whoever watches a run with canaries. */
export interface CanaryRunHooks {
  readonly onStart?: (plan: TrainingPlan) => void;
  readonly onRound?: (report: RoundReport) => void;
  readonly signal?: AbortSignal;
}

/** A claim beside what the canaries showed at the claim's own delta, which need not be that of the plan. */
export type CheckedClaim = PrivacyStatement['claims'][number] & {
  /** The lower bound at the delta of the claim. */
  readonly seen: number;
};

/** Epsilon from both sides: what the accountant proves at most, what the canaries showed at least. */
export interface CanaryFindings {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly seed: number;
  readonly simulationOnly: boolean;
  readonly mechanism: string;
  /** What the mechanism says of itself, where that is not what it spends. */
  readonly claims: readonly CheckedClaim[];
  /** The upper bound. Null: the accountant proves none. */
  readonly accounted: Pick<PrivacyStatement, 'epsilon' | 'delta' | 'unit' | 'adjacency' | 'accountant' | 'assumptions'>;
  /**
   * Epsilon at the same delta of the one Gaussian release that all of this is, exactly; null where it is none, as steps on
   * samples are none. Beside it stands `empirical.gaussian`.
   */
  readonly gaussian: number | null;
  /** The lower bound, of the same unit, adjacency and delta. */
  readonly empirical: EpsilonLowerBound;
  /** The lower bound is above a claim. */
  readonly exposesClaim: boolean;
  /**
   * The lower bound is above the upper, or that of a Gaussian above what the Gaussian costs: mechanism, accountant or code
   * is wrong (or this is one of the few).
   */
  readonly contradiction: boolean;
}

/**
 * Length of a canary's features, as the first layer with weights sees them. Clipped one by one, a longer canary pushes no harder, but is sooner learned and then
 * no longer pushes. In a batch whose mean is clipped it has to outweigh the others.
 */
const featureNorm = { 'per-example': 5, 'batch-mean': 50 } as const;

/**
 * A lower bound on epsilon from one training run (Steinke, Nasr and Jagielski 2023; Mahloujifar, Melis and Chaudhuri 2024): canaries are put among the
 * hospitals' records, or not, by fair coins, the run is the one that `simulate` would make, and the coins are guessed
 * from what it releases. Nothing is written.
 *
 * The records of different hospitals are disjoint, so the bound is on what each hospital's data are promised.
 *
 * @throws {FedwardError} as `simulate`; CONFIG_INCOMPATIBLE where what is protected is not a record, or the loss is
 *   not one over classes
 */
export async function runCanaries(options: CanaryRunOptions, hooks: CanaryRunHooks = {}): Promise<CanaryFindings> {
  const { canaries: number, confidence, ...simulation } = options;
  // One thread: the run is short, and each update is looked at as it comes.
  const run = await checkedRun({ ...simulation, local: false, workers: 1 }, `canaries-${options.scenario}`);
  const { adjacency, gradient, delta, population } = openToCanaries(run);
  const { plan, plugins } = run;
  const random = new Random(plan.seed).fork('privacy-audit');
  const canaries = makeCanaries(population, {
    canaries: number,
    featureNorm: featureNorm[gradient.clip] / leadingScale(plan.model),
    adjacency,
    random: random.fork('canaries'),
  });
  const federation = federationOf({ ...run, population: await withCanaries(population, canaries, adjacency) });
  const { trainer } = plugins;
  // Two versions of a canary push in opposite directions, whatever the other records do: there is nothing to subtract.
  const reference: ReferenceUpdate =
    adjacency === 'replace-one'
      ? async (_, task) => createTensors({ layout: task.payload.layout, element: 'f32' })
      : referenceUpdates(population, { plan, trainer, gradient }, random.fork('reference'));
  const observed = scoreCanaries(federation.transport, canaries, { model: plan.model, trainer, reference });

  hooks.onStart?.(plan);
  const { privacy, simulationOnly } = await runFederation({
    ...federation,
    transport: observed.transport,
    ...(hooks.onRound && { onRound: hooks.onRound }),
    ...(hooks.signal && { signal: hooks.signal }),
  });
  const coins = canaries.flatMap((own) => own.coins);
  // Of two versions one is the other's opposite: 0 is between them. Of being in or out it is not known.
  const middle = adjacency === 'replace-one' ? { middle: 0 } : {};
  const seenAt = (delta: number) =>
    epsilonLowerBoundOfScores(observed.scores(), coins, { delta, confidence, ...middle });
  const empirical = seenAt(delta);
  const { mechanisms, epsilon, unit, accountant, assumptions } = privacy!;
  const claims = privacy!.claims.map((claim) => ({ ...claim, seen: seenAt(claim.delta).epsilon }));
  const gaussian = gaussianEpsilonOf(run, adjacency, delta);
  return {
    schemaVersion: 1,
    scenario: run.simulation.scenario,
    seed: plan.seed,
    simulationOnly,
    mechanism: mechanisms.join(' + '),
    claims,
    accounted: { epsilon, delta, unit, adjacency, accountant, assumptions },
    gaussian,
    empirical,
    exposesClaim: claims.some(({ epsilon, seen }) => seen > epsilon),
    contradiction:
      (epsilon !== null && empirical.epsilon > epsilon) || (gaussian !== null && empirical.gaussian.epsilon > gaussian),
  };
}

/** Of all rounds, where they are Gaussian releases without sampling. */
function gaussianEpsilonOf(
  { plan, plugins }: Pick<RunParts, 'plan' | 'plugins'>,
  adjacency: Adjacency,
  delta: number,
): number | null {
  const accountant = gaussianAccountant()(adjacency);
  for (let round = 0; round < plan.rounds; round++)
    for (const mechanism of plugins.mechanisms) {
      const event = mechanism.event?.({ plan, round });
      if (event && accountant.unpriced(event)) return null;
      if (event) accountant.compose(event);
    }
  const epsilon = accountant.epsilon(delta);
  return Number.isFinite(epsilon) ? epsilon : null;
}

/** What features are multiplied by before the first layer with weights. */
function leadingScale({ layers }: ModelSpec): number {
  let factor = 1;
  for (const layer of layers) {
    if (layer.type === 'scale') factor *= Math.abs(layer.factor);
    else if (layer.type !== 'flatten') break;
  }
  return factor;
}

/** The mechanisms that come with fedward and may protect single records, by name. */
export function auditable(): string[] {
  const plugins = catalogue.flatMap((entry) => entry.plugins);
  return plugins.filter(({ draft }) => draft?.unit === 'record').map(({ name }) => name);
}

/** What of a run the bound rests on. @throws {FedwardError} CONFIG_INCOMPATIBLE */
function openToCanaries({ plan, plugins, population }: RunParts) {
  const shaping = plugins.mechanisms.find(({ gradient }) => gradient);
  const adjacency = shaping?.adjacency;
  const { unit, delta } = plan.privacy ?? {};
  if (!shaping || !adjacency || delta === undefined || unit !== 'record')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      '--privacy: canaries are single records, and need a mechanism that protects single records in training: ' +
        `${auditable().join(' or ')}, with privacy.unit record`,
      '--privacy',
    );
  if (!population.tabulated)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      '--scenario: canaries need hospitals that stay in memory',
      '--scenario',
    );
  if (plan.model.loss !== 'softmax-cross-entropy' && plan.model.loss !== 'sigmoid-cross-entropy')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `canaries have classes for labels, model.loss is ${plan.model.loss}`,
      'model.loss',
    );
  const { intake } = population;
  if (!intake)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      '--scenario: no record can be put in beside those of this scenario',
      '--scenario',
    );
  const open = { ...population, intake };
  return { adjacency, gradient: shaping.gradient!(plan), delta, population: open };
}
