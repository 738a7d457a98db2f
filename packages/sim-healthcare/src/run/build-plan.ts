import {
  FedwardError,
  parsePlan,
  parseWith,
  type BatchesSpec,
  type ModelSpec,
  type OptimizerSpec,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import { models } from '@fedward/models-medical';
import { accountants, calibrateNoiseMultiplier } from '@fedward/privacy-dp';
import { z } from 'zod';
import {
  privacyNames,
  type Population,
  type PrivacyName,
  type Scenario,
  type ScenarioDefaults,
} from '../scenario/scenario.js';
import type { SimulateOptions } from './options.js';

/** Members that a config may leave out; the plan's own schema checks what is in them. */
const configSchema = z.looseObject({ training: z.looseObject({}).optional() });

/**
 * The plan of a simulation: the scenario's defaults, over them the config's members, over them the options.
 * @throws {FedwardError} CONFIG_INVALID or CONFIG_INCOMPATIBLE, naming the key or the option
 */
export function buildPlan(scenario: Scenario, population: Population, options: SimulateOptions): TrainingPlan {
  const configName = options.configName ?? 'the config';
  const config = parseWith(configSchema, options.config ?? {}, configName);
  const privacy = privacyOf(scenario, options, config);
  const defaults = scenario.defaults(privacy);
  const configured = config as Partial<TrainingPlanInput> & { training?: Partial<TrainingPlanInput['training']> };

  const base: TrainingPlanInput = {
    schemaVersion: 1,
    name: scenario.name,
    seed: 42,
    rounds: defaults.rounds,
    model: modelOf(options.model ?? defaults.model, population),
    aggregator: { name: 'fedavg' },
    ...configured,
    training: {
      trainer: 'tfjs',
      batches: defaults.batches,
      optimizer: defaults.optimizer,
      ...configured.training,
    },
  };
  const withOptions = {
    ...base,
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.rounds !== undefined && { rounds: options.rounds }),
    ...(options.model !== undefined && { model: modelOf(options.model, population) }),
    ...(options.aggregator !== undefined && { aggregator: aggregatorOf(options) }),
    ...(options.quorum !== undefined && { quorum: options.quorum }),
    ...(options.cohort !== undefined && { cohort: { select: 'uniform' as const, size: options.cohort } }),
    ...(options.deadlineSeconds !== undefined && { deadlineSeconds: options.deadlineSeconds }),
    training: {
      ...base.training,
      ...(options.trainer !== undefined && { trainer: options.trainer }),
      batches: batchesOf(base.training.batches as BatchesSpec, options),
      optimizer: optimizerOf(base.training.optimizer as OptimizerSpec, options),
    },
  };
  // Checked before privacy is priced, which needs rounds and batches that are right.
  const plan = parsePlan(withOptions, configName);
  if (options.privacy === undefined && configured.privacy !== undefined) {
    refusePrivacyOptions(options, `${configName} has its own privacy section: change it there`);
    return plan;
  }
  return parsePlan({ ...plan, privacy: privacyPlan(privacy, defaults, plan, options) }, 'the options');
}

function privacyOf(scenario: Scenario, options: SimulateOptions, config: Record<string, unknown>): PrivacyName {
  if (options.privacy !== undefined) {
    if (privacyNames.includes(options.privacy)) return options.privacy;
    throw invalid('--privacy', `there is no ${options.privacy}; there are ${privacyNames.join(', ')}`);
  }
  if (config['privacy'] === undefined) return scenario.privacy;
  const named = (config['privacy'] as { mechanisms?: { name?: string }[] } | null)?.mechanisms?.[0]?.name;
  return privacyNames.find((name) => name === named) ?? 'none';
}

function modelOf(name: string, { inputShape, classes }: Population): ModelSpec {
  if (!Object.hasOwn(models, name))
    throw invalid('--model', `there is no model ${name}; there are ${Object.keys(models).join(', ')}`);
  return models[name]!({ inputShape, classes });
}

function aggregatorOf({ aggregator, proximalMu }: SimulateOptions): TrainingPlanInput['aggregator'] {
  return { name: aggregator!, options: proximalMu === undefined ? {} : { mu: proximalMu } };
}

function batchesOf(batches: BatchesSpec, options: SimulateOptions): BatchesSpec {
  const { batchSize, localEpochs, samplingProbability, steps } = options;
  if (batches.kind === 'poisson') {
    if (localEpochs !== undefined)
      throw invalid('--local-epochs', 'batches are Poisson samples, which have no epochs: use --steps');
    return {
      ...batches,
      ...(samplingProbability !== undefined && { probability: samplingProbability }),
      ...(steps !== undefined && { steps }),
      ...(batchSize !== undefined && { expectedSize: batchSize }),
    };
  }
  const misplaced = samplingProbability !== undefined ? '--sampling-probability' : '--steps';
  if (samplingProbability !== undefined || steps !== undefined)
    throw invalid(misplaced, 'batches are shuffled partitions: use --batch-size and --local-epochs');
  return {
    ...batches,
    ...(batchSize !== undefined && { size: batchSize }),
    ...(localEpochs !== undefined && { epochs: localEpochs }),
  };
}

function optimizerOf(optimizer: OptimizerSpec, { optimizer: name, learningRate }: SimulateOptions): OptimizerSpec {
  const rate = learningRate ?? optimizer.learningRate;
  // Another optimizer brings its own further settings, which the plan's schema fills in.
  return name === undefined || name === optimizer.name
    ? { ...optimizer, learningRate: rate }
    : ({ name, learningRate: rate } as OptimizerSpec);
}

function privacyPlan(
  privacy: PrivacyName,
  defaults: ScenarioDefaults,
  plan: TrainingPlan,
  options: SimulateOptions,
): TrainingPlanInput['privacy'] {
  if (privacy === 'none') {
    refusePrivacyOptions(options, 'has no meaning with --privacy none');
    return null;
  }
  if (options.epsilon !== undefined && options.delta === undefined)
    throw invalid('--epsilon', 'an epsilon means nothing without its delta: give --delta too');
  if (options.epsilon !== undefined && options.noiseMultiplier !== undefined)
    throw invalid('--noise-multiplier', 'follows from --epsilon: give one of the two');
  const delta = options.delta ?? defaults.delta;
  const clipNorm = options.clipNorm ?? defaults.clipNorm;
  if (privacy === 'tutorial-041')
    return {
      mechanisms: [{ name: privacy, options: { epsilon: options.epsilon ?? 1, delta, clipNorm } }],
      accountant: options.accountant ?? 'gaussian',
      delta,
      ...(options.budget !== undefined && { budget: { epsilon: options.budget } }),
    };

  const accountant = options.accountant ?? 'rdp';
  const budget = options.budget ?? options.epsilon;
  const noiseMultiplier =
    options.epsilon === undefined
      ? (options.noiseMultiplier ?? defaults.noiseMultiplier)
      : calibrated(options.epsilon, delta, accountant, plan);
  return {
    mechanisms: [{ name: privacy, options: { clipNorm, noiseMultiplier } }],
    accountant,
    delta,
    ...(budget !== undefined && { budget: { epsilon: budget } }),
  };
}

/** The least noise for which all steps of all rounds stay within epsilon. */
function calibrated(epsilon: number, delta: number, accountant: string, plan: TrainingPlan): number {
  const { batches } = plan.training;
  if (batches.kind !== 'poisson')
    throw invalid('training.batches', 'dp-sgd is priced for Poisson batches only: set kind: poisson');
  if (!Object.hasOwn(accountants, accountant))
    throw invalid('--accountant', `there is no ${accountant}; there are ${Object.keys(accountants).join(', ')}`);
  return calibrateNoiseMultiplier({
    epsilon,
    delta,
    samplingProbability: batches.probability,
    steps: batches.steps * plan.rounds,
    accountant: accountants[accountant]!,
  });
}

function refusePrivacyOptions(options: SimulateOptions, why: string): void {
  for (const key of ['epsilon', 'delta', 'noiseMultiplier', 'clipNorm', 'budget', 'accountant'] as const)
    if (options[key] !== undefined) throw invalid(flagOf(key), why);
}

/** `noiseMultiplier` as it is written on the command line. */
function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function invalid(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${key}: ${why}`, key);
}
