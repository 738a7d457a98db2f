import {
  FedwardError,
  parsePlan,
  parseWith,
  type BatchesSpec,
  type OptimizerSpec,
  type PrivacyUnit,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import * as z from 'zod';
import { anyTrainer, bufferedCollector, defaultPlugins } from '../plugins/catalogue.js';
import type { InstalledPlugins } from '../plugins/installed.js';
import type { Population, Scenario } from '../scenario/scenario.js';
import { chooseTrainer, isAnyTrainer } from './choose-trainer.js';
import { cohortIn } from './chosen-cohort.js';
import { withDeclaredRecords } from './declared-records.js';
import { defaultCohort } from './default-cohort.js';
import { assertFlagsOf, keysOf, splitTrainerFlags, type Placed } from './flags.js';
import { assertNoneIgnoredBy, assertNoPrivacyOptions } from './ignored-options.js';
import { modelOf } from './named-model.js';
import type { SimulateOptions } from './options.js';
import { privacyOf, privacyPlan } from './privacy-plan.js';
import { quietRate } from './quiet-rate.js';
import { tolerant, withMasks } from './secure-aggregation.js';
import { setAt, withKeys, type SetKeys } from './set-keys.js';

/** Members that a config may leave out; the plan's own schema checks what is in them. */
const configSchema = z.looseObject({ training: z.looseObject({}).optional() });

/**
 * The plan of a simulation: the scenario's defaults, over them the config's members, over them the options, over them the
 * keys that are set.
 * @throws {FedwardError} CONFIG_INVALID or CONFIG_INCOMPATIBLE, naming the key or the option
 */
export function buildPlan(
  scenario: Scenario,
  population: Population,
  options: SimulateOptions,
  installed: InstalledPlugins,
): TrainingPlan {
  const configName = options.configName ?? 'the plan';
  const config = parseWith(configSchema, options.config ?? {}, configName);
  const privacy = privacyOf(scenario, options, installed);
  const usual = scenario.defaults(privacy?.needs ?? null, options.unit ?? unitIn(config), population);
  const configured = config as Partial<TrainingPlanInput> & { training?: Partial<TrainingPlanInput['training']> };
  const named = options.model === undefined ? undefined : modelOf(options.model, population);
  const model = named ?? configured.model ?? modelOf(usual.model, population);
  const defaults = { ...usual, ...(hasGraph(model) && usual.ofGraphs) };

  const base: TrainingPlanInput = {
    schemaVersion: 1,
    name: scenario.name,
    seed: 42,
    rounds: defaults.rounds,
    model,
    aggregator: defaults.aggregator ?? { name: defaultPlugins.aggregator },
    // Said of the scenario's own model: zeros are nothing to start another one from.
    ...(defaults.initialWeights &&
      options.model === undefined &&
      configured.model === undefined && { initialWeights: defaults.initialWeights }),
    cohort: defaultCohort(privacy?.needs ?? null, defaults, population.ids.length),
    ...configured,
    training: {
      // The plan's schema wants one before it can be told what the work is.
      trainer: anyTrainer,
      batches: defaults.batches,
      optimizer: defaults.optimizer,
      ...(defaults.objective && { objective: defaults.objective }),
      ...(defaults.augmentation && { augmentation: defaults.augmentation }),
      ...configured.training,
    },
  };
  const own = options.privacy === undefined && configured.privacy !== undefined;
  const withOptions = {
    ...base,
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.rounds !== undefined && { rounds: options.rounds }),
    ...(named && { model: named }),
    aggregator: changed(base.aggregator, (aggregator) => aggregatorOf(aggregator, options)),
    ...(options.compression !== undefined && { compression: compressionOf(base.compression, options.compression) }),
    ...(options.quorum !== undefined && { quorum: options.quorum }),
    ...(options.quorumShare !== undefined && { quorumShare: options.quorumShare }),
    ...cohortIn(options, defaults, population, own ? configured.privacy : privacy),
    ...(options.collect !== undefined && {
      collector: { name: bufferedCollector, options: { ...bufferOptions(base.collector), size: options.collect } },
    }),
    ...(options.deadlineSeconds !== undefined && { deadlineSeconds: options.deadlineSeconds }),
    training: {
      ...base.training,
      ...(options.trainer !== undefined && { trainer: options.trainer }),
      batches: changed(base.training.batches as BatchesSpec, (batches) => batchesOf(batches, options)),
      optimizer: changed(base.training.optimizer as OptimizerSpec, (optimizer) => optimizerOf(optimizer, options)),
      ...(options.classWeights && { objective: { ...base.training.objective, classWeights: options.classWeights } }),
    },
  };
  const { flags = {}, set = {} } = options;
  const placed = placedIn(withOptions, own ? undefined : privacy?.name);
  const { others } = splitTrainerFlags(flags, withOptions.training.trainer, installed);
  const trainer = { kind: 'trainer', name: withOptions.training.trainer, path: 'trainer.options' } as const;
  const keys = { ...keysOf(others, [...placed, trainer], installed), ...set };
  const whole = withKeys(withOptions, keysUnder(keys, false), installed);
  if (options.aggregator !== undefined)
    assertFlagsOf(whole.aggregator ?? {}, { kind: 'aggregator', path: 'aggregator.options' }, installed);
  // Checked before privacy is priced, which needs rounds and batches that are right.
  const plan = parsePlan(whole, configName);
  if (own || !privacy) assertNoPrivacyOptions(options, noMeaningWith(own ? configured.privacy : undefined, configName));
  const priced = own
    ? plan.privacy
    : privacy && privacyPlan(privacy, defaults, plan, population.ids.length, options, installed);
  const section = options.secagg ? withMasks(priced) : priced;
  const told = parsePlan(withKeys({ ...plan, privacy: section }, keysUnder(keys, true), installed), configName);
  const ownQuorum = options.quorum ?? configured.quorum ?? setAt(set, 'quorum');
  const rated = withQuietRate(told, defaults.mostNoise, population.ids.length, options, configured);
  const declared = withDeclaredRecords(withTrainer(rated, installed), population);
  const complete = options.secagg ? tolerant(declared, population.ids.length, ownQuorum !== undefined) : declared;
  assertNoneIgnoredBy(complete, options);
  return complete;
}

/** The plan with the trainer that suits it, where none is named. */
function withTrainer(plan: TrainingPlan, installed: InstalledPlugins): TrainingPlan {
  if (!isAnyTrainer(plan.training.trainer)) return plan;
  return { ...plan, training: { ...plan.training, trainer: chooseTrainer(plan, installed).name } };
}

/** The plan with a learning rate that its noise lets stand, where nobody has named one. */
function withQuietRate(
  plan: TrainingPlan,
  limit: number | undefined,
  hospitals: number,
  { learningRate, set = {} }: SimulateOptions,
  { training }: { readonly training?: Partial<TrainingPlanInput['training']> },
): TrainingPlan {
  const rateAndAround = ['training.optimizer.learningRate', 'training.optimizer', 'training'];
  const named = learningRate ?? training?.optimizer ?? rateAndAround.find((key) => setAt(set, key) !== undefined);
  if (limit === undefined || named !== undefined) return plan;
  const optimizer = { ...plan.training.optimizer, learningRate: quietRate(plan, hospitals, limit) };
  return { ...plan, training: { ...plan.training, optimizer } };
}

/** Why privacy's options are refused. @param section that of the config, where it has one and it stands */
function noMeaningWith(section: TrainingPlanInput['privacy'], configName: string): string {
  if (section === undefined) return 'has no meaning with --privacy none';
  return section === null
    ? `${configName} says privacy: null; give --privacy too`
    : `${configName} has its own privacy section: change it there`;
}

/** What a config already says of it, such as its patience. */
function bufferOptions(configured: TrainingPlanInput['collector']): object {
  return configured?.name === bufferedCollector ? (configured.options ?? {}) : {};
}

/** The plugins that short options may be for. A config may have anything in its place, which the plan's schema names. */
function placedIn({ aggregator, compression }: Partial<TrainingPlanInput>, mechanism: string | undefined): Placed[] {
  return [
    { kind: 'aggregator', name: String(aggregator?.name), path: 'aggregator.options' },
    ...(compression
      ? [{ kind: 'compression', name: String(compression.name), path: 'compression.options' } as const]
      : []),
    ...(mechanism === undefined
      ? []
      : [{ kind: 'mechanism', name: mechanism, path: 'privacy.mechanisms.0.options' } as const]),
  ];
}

/** Keys of the privacy section, or all others. */
function keysUnder(keys: SetKeys, privacy: boolean): SetKeys {
  return Object.fromEntries(Object.entries(keys).filter(([key]) => /^privacy(\.|$)/.test(key) === privacy));
}

/** The unit that a config's own privacy section names; its schema checks the section. */
function unitIn({ privacy }: Record<string, unknown>): PrivacyUnit | undefined {
  return (privacy as { unit?: PrivacyUnit } | null | undefined)?.unit;
}

/** What a config has in the place of an object goes on to the plan's schema, which names it. */
function changed<T extends object>(member: T, change: (member: T) => T): T {
  return typeof member === 'object' && (member as T | null) !== null ? change(member) : member;
}

type AggregatorInput = TrainingPlanInput['aggregator'];

/** Another aggregator brings its own options; the same one keeps those of the config. */
function aggregatorOf(configured: AggregatorInput, { aggregator }: SimulateOptions): AggregatorInput {
  return aggregator === undefined || aggregator === configured.name ? configured : { name: aggregator, options: {} };
}

/** As with aggregators. */
function compressionOf(configured: TrainingPlanInput['compression'], name: string): TrainingPlanInput['compression'] {
  return configured?.name === name ? configured : { name, options: {} };
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
  if (samplingProbability !== undefined)
    throw invalid('--sampling-probability', 'batches are not Poisson samples: use --batch-size');
  const sized = { ...batches, ...(batchSize !== undefined && { size: batchSize }) };
  if (batches.kind === 'steps') {
    if (localEpochs !== undefined) throw invalid('--local-epochs', 'a round is a number of steps: use --steps');
    return { ...sized, ...(steps !== undefined && { steps }) };
  }
  if (steps !== undefined)
    throw invalid('--steps', 'batches are shuffled partitions: use --batch-size and --local-epochs');
  return { ...sized, ...(localEpochs !== undefined && { epochs: localEpochs }) };
}

function optimizerOf(optimizer: OptimizerSpec, { optimizer: name, learningRate }: SimulateOptions): OptimizerSpec {
  const rate = learningRate ?? optimizer.learningRate;
  // Another optimizer brings its own further settings, which the plan's schema fills in.
  return name === undefined || name === optimizer.name
    ? { ...optimizer, learningRate: rate }
    : ({ name, learningRate: rate } as OptimizerSpec);
}

function invalid(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${key}: ${why}`, key);
}

/** @param model as a config has it, of which nothing is known yet */
function hasGraph({ layers }: Partial<TrainingPlanInput['model']>): boolean {
  return Array.isArray(layers) && layers.some((layer) => (layer as { type?: unknown } | null)?.type === 'graph');
}
