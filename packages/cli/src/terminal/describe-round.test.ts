import type { RoundReport } from '@fedward/core';
import { expect, it } from 'vitest';
import { describeRound } from './describe-round.js';

const report: RoundReport = {
  ...{
    round: 0,
    participants: ['a'],
    leftOut: [],
    waiting: [],
    stale: [],
    bytes: { sent: 0, received: 0 },
    trainLoss: null,
    epsilon: null,
  },
  dropped: [{ id: 'b', code: 'CLIENT_FAILED', reason: 'away', weightLost: null }],
  metrics: { loss: 0.5, accuracy: 0.75 },
};

it('a round that went on without a hospital says so, with the weight that was lost', () => {
  const lost = { weight: 31, share: 0.31 };
  expect(describeRound({ ...report, lost })).toBe('test loss 0.5000  accuracy 75.0%  without b (31 % of the weight)');
  const waiting = { ...report, dropped: [], waiting: ['c'], leftOut: [{ id: 'a', reason: 'far' }], lost };
  expect(describeRound(waiting)).toMatch(/without a, left out; c, still at work \(31 % of the weight\)$/);
  expect(describeRound({ ...report, dropped: [] })).not.toContain('without');
});

it('a round that was skipped is told as such, with the metrics of the model that it left as it was', () => {
  expect(describeRound(report)).toBe('test loss 0.5000  accuracy 75.0%  without b');
  const skipped = { ...report, participants: [], failure: { code: 'QUORUM_NOT_MET', reason: 'too few' } };
  expect(describeRound(skipped)).toBe('skipped  test loss 0.5000  accuracy 75.0%  without b');
});

it('who came late and who is still at work is told, with the simulated time', () => {
  const told = { dropped: [], round: 7, stale: [{ id: 'c', baseRound: 2 }], waiting: ['d'], simulatedSeconds: 81.25 };
  expect(describeRound({ ...report, ...told })).toBe(
    'test loss 0.5000  accuracy 75.0%  at 81.3 simulated seconds  late: c by 5  without d, still at work',
  );
});
