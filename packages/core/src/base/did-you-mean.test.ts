import { expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.js';

const names = ['none', 'dp-sgd', 'tutorial-041', 'central', 'local', 'dp-ftrl'];

it.each([
  ['dpsgd', 'dp-sgd'],
  ['dp-sdg', 'dp-sgd'],
  ['DP-SGD', 'dp-sgd'],
  ['tutorial-41', 'tutorial-041'],
  ['tutorial041', 'tutorial-041'],
  ['centrall', 'central'],
  ['dp_ftlr', 'dp-ftrl'],
  ['loca', 'local'],
])('takes %s for %s', (name, meant) => expect(didYouMean(name, names)).toBe(`; did you mean ${meant}?`));

it.each(['atlantis', 'x', '', 'no', 'secure', 'l'.repeat(1e6)])('makes no guess at %.20s', (name) =>
  expect(didYouMean(name, names)).toBe(''),
);
