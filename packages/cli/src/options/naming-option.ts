import { FedwardError, isFedwardError } from '@fedward/core';
import { catalogue } from '@fedward/sim-healthcare/catalogue';

/** The key of a plan, or of a plugin's own options, that an option of the command line fills. */
const optionOf: Readonly<Record<string, string>> = {
  rounds: '--rounds',
  seed: '--seed',
  hospitals: '--hospitals',
  quorum: '--quorum',
  quorumShare: '--quorum-share',
  'cohort.size': '--cohort',
  'cohort.groups': '--cohort',
  'cohort.select': '--select',
  'cohort.records': '--select',
  deadlineSeconds: '--deadline',
  'aggregator.name': '--aggregator',
  'compression.name': '--compression',
  'training.trainer': '--trainer',
  'training.optimizer.learningRate': '--learning-rate',
  'training.batches.size': '--batch-size',
  'training.batches.expectedSize': '--batch-size',
  'training.batches.epochs': '--local-epochs',
  'training.batches.probability': '--sampling-probability',
  'training.batches.steps': '--steps',
  'privacy.delta': '--delta',
  'privacy.accountant': '--accountant',
  'privacy.budget.epsilon': '--budget',
  clipNorm: '--clip-norm',
  delta: '--delta',
  epsilon: '--epsilon',
  noiseMultiplier: '--noise-multiplier',
  samplingProbability: '--sampling-probability',
  sampleSize: '--sample-size',
  population: '--population',
  sensitivity: '--sensitivity',
  steps: '--steps',
};

/**
 * An error about a key of the plan as one about the option that gave it, which is what the caller can change. The
 * key stays in the message. All else is returned as it is.
 * @param given options as written on the command line
 * @param set what `--set` was given, which goes over the other options: an error about one of these keys is about it
 */
export function namingOption(error: unknown, given: readonly string[], set: readonly string[] = []): unknown {
  if (!isFedwardError(error) || error.family !== 'configuration' || error.subject === undefined) return error;
  const { subject } = error;
  if (set.some((text) => text.startsWith(`${subject}=`)))
    return new FedwardError(error.code, `--set ${subject}: ${error.message}`, '--set', { cause: error });
  // Some plugins say where their options stand in the plan, some do not.
  const key = subject.replace(/^((privacy\.mechanisms\.\d+|aggregator|compression|trainer)\.options|trainer)\./, '');
  const option = optionOf[key] ?? flagFor(key);
  if (option === undefined || !given.includes(option)) return error;
  return new FedwardError(error.code, `${option}: ${error.message}`, option, { cause: error });
}

/** The short option of a plugin for one of its own options. */
function flagFor(option: string): string | undefined {
  for (const { flags } of catalogue.flatMap(({ plugins }) => plugins))
    for (const [flag, path] of Object.entries(flags)) if (path === option) return `--${flag}`;
  return undefined;
}
