import { FedwardError } from '@fedward/core';
import { expect, it } from 'vitest';
import { Refusals } from './refusals.js';

const spent = new FedwardError('BUDGET_EXCEEDED', 'epsilon 3.1 of 3');

it('stand in the way once so many refuse that no round has its quorum', () => {
  const refusals = new Refusals(['a', 'b', 'c'], 2);
  expect(refusals.tooMany).toBeUndefined();
  refusals.note('a', spent);
  refusals.note('a', spent);
  expect(refusals.tooMany).toBeUndefined();
  refusals.note('b', new FedwardError('POLICY_REFUSED', 'b refuses by its rule hours'));
  expect(refusals.tooMany).toBe(
    "its hospitals' budgets are spent: a: epsilon 3.1 of 3; its hospitals' rules refuse it: b refuses by its rule hours",
  );
  refusals.note('a');
  expect(refusals.tooMany).toBeUndefined();
});

it('are those alone that nothing but people can change', () => {
  const refusals = new Refusals(['a'], 1);
  for (const code of ['STORAGE_FAILED', 'CLIENT_ABSENT', 'toString']) refusals.note('a', new FedwardError(code, 'no'));
  refusals.note('a', new TypeError('x is not a function'));
  expect(refusals.tooMany).toBeUndefined();
});

it('stay where another kind of error follows, and go when a person says so', () => {
  const refusals = new Refusals(['a'], 1);
  refusals.note('a', spent);
  refusals.note('a', new FedwardError('CLIENT_ABSENT', 'away'));
  expect(refusals.tooMany).toContain('a: epsilon');
  refusals.forget();
  expect(refusals.tooMany).toBeUndefined();
});
