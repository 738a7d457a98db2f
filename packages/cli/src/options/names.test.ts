import { trainingPlanSchema } from '@fedward/core';
import { models } from '@fedward/models-medical';
import { accountants } from '@fedward/privacy-dp';
import { describe, expect, it } from 'vitest';
import { pluginRegistry, privacyNames, scenarios, trainerRegistry } from '@fedward/sim-healthcare';
import { names, oneOf } from './names.js';

describe('the names that --help shows are those that there are', () => {
  const optimizers = trainingPlanSchema.shape.training.shape.optimizer.options.map(({ shape }) => shape.name.value);
  it.each([
    ['scenarios', names.scenarios, scenarios.map(({ name }) => name)],
    ['models', names.models, Object.keys(models)],
    ['aggregators', names.aggregators, pluginRegistry.names('aggregator')],
    ['trainers', names.trainers, Object.keys(trainerRegistry)],
    ['privacy', names.privacy, privacyNames],
    ['units', names.units, trainingPlanSchema.shape.privacy.unwrap().unwrap().shape.unit.unwrap().options],
    ['accountants', names.accountants, Object.keys(accountants)],
    ['optimizers', names.optimizers, optimizers],
  ])('%s', (_kind, shown, there) => {
    expect([...shown].sort()).toEqual([...there].sort());
  });
});

it('lists names as a sentence does', () => {
  expect(oneOf(['a'])).toBe('a');
  expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
});
