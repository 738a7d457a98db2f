import { didYouMean, FedwardError, isFedwardError, type ModelSpec } from '@fedward/core';
import { models, modelsFor, type ModelOptions } from '@fedward/models-medical';
import type { Population } from '../scenario/scenario.js';

/**
 * A model that comes with fedward, by its name, for some data.
 * @throws {FedwardError} CONFIG_INVALID for a name that none has; CONFIG_INCOMPATIBLE for a model that is not for the data, saying which are
 */
export function modelOf(name: string, population: Population): ModelSpec {
  const { inputShape, classes, label } = population;
  const data = { inputShape, classes, ...(label && { label }) };
  const names = Object.keys(models);
  if (!names.includes(name))
    throw new FedwardError(
      'CONFIG_INVALID',
      `--model: there is no model ${name}; there are ${names.join(', ')}${didYouMean(name, names)}`,
      '--model',
    );
  try {
    return models[name]!(data);
  } catch (error) {
    // What is wrong with the data's own shape is said as it is.
    if (!(isFedwardError(error) && error.code === 'ARGUMENT_INVALID')) throw error;
    const others = modelsFor(data).join(' or ');
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `--model: ${misfit(name, error, data)}: use --model ${others}${wayOut(error, data)}`,
      '--model',
    );
  }
}

/** What the label of some data is, to a person. */
function labelWords({ classes, label }: ModelOptions): string {
  if (label === 'time-to-event') return 'the label is a time to an event';
  return classes === 1 ? 'the label is a value' : `the label has ${classes} classes`;
}

/** Why a model is not for the data. */
function misfit(name: string, { subject, message }: FedwardError, data: ModelOptions): string {
  if (subject !== 'classes' || name === 'cox') return message;
  return `${name} ${name === 'linear' ? 'predicts a value' : 'tells classes apart'}, and ${labelWords(data)}`;
}

/** What else than another model would help. */
function wayOut({ subject }: FedwardError, { classes, label }: ModelOptions): string {
  if (subject !== 'classes' || label === 'time-to-event') return '';
  return classes === 1 ? ", or declare the label's classes (kind: class)" : ', or make the label a value (kind: value)';
}
