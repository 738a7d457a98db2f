import { trainingPlanSchema } from '@fedward/core';
import { partitionForms } from '@fedward/data-medical';
import { models } from '@fedward/models-medical';
import { describe, expect, it } from 'vitest';
import { scenarios } from '@fedward/sim-healthcare';
import { names, oneOf } from './names.js';

describe('the names that --help shows are those that there are', () => {
  const optimizers = trainingPlanSchema.shape.training.shape.optimizer.options.map(({ shape }) => shape.name.value);
  const selects = trainingPlanSchema.shape.cohort.unwrap().options.map(({ shape }) => shape.select.value);
  it.each([
    ['scenarios', names.scenarios, scenarios.map(({ name }) => name)],
    ['models', names.models, Object.keys(models)],
    ['partitions', names.partitions, partitionForms],
    ['units', names.units, trainingPlanSchema.shape.privacy.unwrap().unwrap().shape.unit.unwrap().options],
    ['optimizers', names.optimizers, optimizers],
    ['selects', ['all', ...names.selects], selects],
  ])('%s', (_kind, shown, there) => {
    expect([...shown].sort()).toEqual([...there].sort());
  });
});

it('lists names as a sentence does', () => {
  expect(oneOf(['a'])).toBe('a');
  expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
});

it('has the plugins of the catalogue, and of mechanisms those that a plan can be given by name', () => {
  expect(names.aggregators).toEqual(expect.arrayContaining(['fedavg', 'fedprox']));
  expect(names.trainers).toEqual(expect.arrayContaining(['wasm', 'tfjs']));
  expect(names.privacy).toEqual(
    expect.arrayContaining(['none', 'dp-sgd', 'tutorial-041', 'central', 'local', 'dp-ftrl']),
  );
  expect(names.privacy).not.toContain('noisy-answers');
  expect(names.accountants).toEqual(expect.arrayContaining(['pld', 'rdp', 'gaussian']));
});
