import type { RoundReport } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { completenessText, lackingText, lacksText, shareText } from '../report/participation-text.js';
import { participationOf } from './participation.js';
import { aboutParticipation } from './warnings.js';

const ids = ['a', 'b', 'c'];
const weights = new Map([
  ['a', 50],
  ['b', 30],
  ['c', 20],
]);

/** A round with the updates of all but these. */
function report(round: number, away: readonly string[] = [], changes: Partial<RoundReport> = {}): RoundReport {
  return {
    ...{ round, participants: ids.filter((id) => !away.includes(id)), leftOut: [], waiting: [], stale: [] },
    dropped: away.map((id) => ({ id, code: 'CLIENT_FAILED', reason: 'away', weightLost: null })),
    ...{ trainLoss: 1, bytes: { sent: 0, received: 0 }, metrics: {}, epsilon: null },
    ...changes,
  };
}
const of = (rounds: readonly RoundReport[]) => participationOf(rounds, ids, weights);

describe('who took part', () => {
  it('is complete where each round has all that it asked, whoever that was', () => {
    const all = of([report(0), report(1)]);
    expect(all).toMatchObject({ complete: true, goneAtEnd: [], rounds: { asked: 2, full: 2, without: 0, skipped: 0 } });
    expect(all.hospitals[1]).toEqual({ id: 'b', rounds: 2, missed: 0, lastRound: 1, weight: 30, weightShareLost: 0 });
    // By the plan's own choice only some are asked.
    const drawn = of([report(0, [], { participants: ['a', 'c'] }), report(1, [], { participants: ['b'] })]);
    expect(drawn).toMatchObject({ complete: true, goneAtEnd: [] });
    expect(completenessText({ participation: drawn })).toMatch(/^Complete: each round has the updates of all/);
    expect(aboutParticipation(drawn)).toEqual([]);
  });

  it('names a hospital that failed from a round on to the end, with its weight, everywhere', () => {
    const part = of([report(0), report(1), report(2, ['b']), report(3, ['b'])]);
    expect(part.complete).toBe(false);
    expect(part.rounds).toEqual({ asked: 4, full: 2, without: 2, skipped: 0, why: ['dropped'], meanShareLost: 0.15 });
    expect(part.hospitals[1]).toEqual({
      id: 'b',
      rounds: 2,
      missed: 2,
      lastRound: 1,
      weight: 30,
      weightShareLost: 0.15,
    });
    expect(part.goneAtEnd).toEqual(['b']);
    expect(part.lastRound).toEqual({
      ...{ round: 3, missing: [{ id: 'b', why: 'dropped' }], skipped: false, weightLost: 30, shareLost: 0.3 },
    });
    const words = lackingText(part);
    expect(words).toBe(
      '2 of 4 rounds went on without hospitals that were asked (b in 2 of its 4); 15 % of a round’s weight was lost on ' +
        'average. The last round was without b (30 % of the weight). Away when last asked: b, last in round 2.',
    );
    expect(completenessText({ participation: part })).toBe(`Not complete: ${words}`);
    expect(aboutParticipation(part)).toEqual([
      { code: 'HOSPITALS_MISSING', message: `The run is not complete. ${words}` },
    ]);
  });

  it('forgets no round in the middle, though all were there at the end', () => {
    const part = of([report(0), report(1, ['a', 'c']), report(2)]);
    expect(part).toMatchObject({ complete: false, goneAtEnd: [], lastRound: { missing: [], shareLost: 0 } });
    expect(part.rounds.meanShareLost).toBeCloseTo(0.7 / 3, 12);
    const [a, b, c] = part.hospitals;
    expect(a!.weightShareLost! + b!.weightShareLost! + c!.weightShareLost!).toBeCloseTo(part.rounds.meanShareLost!, 12);
    expect(a!.weightShareLost! / c!.weightShareLost!).toBeCloseTo(2.5, 12);
  });

  it('says that one is gone that was away when it was last asked, though not in the last round', () => {
    const part = of([report(0, ['c']), report(1, [], { participants: ['a', 'b'] })]);
    expect(part.goneAtEnd).toEqual(['c']);
    expect(part.lastRound!.missing).toEqual([]);
    expect(lackingText(part)).toMatch(/Away when last asked: c, which is in no round\.$/);
  });

  it('counts who was left out of the sum, and who was still at work, unless an update of its own is in', () => {
    const out = report(0, [], { leftOut: [{ id: 'a', reason: 'far' }] });
    const working = report(1, [], { participants: ['a', 'b'], waiting: ['c'] });
    const stale = report(2, [], { waiting: ['c'], stale: [{ id: 'c', baseRound: 1 }] });
    const part = of([out, working, stale]);
    expect(part.rounds).toMatchObject({ full: 1, without: 2 });
    expect(of([out]).lastRound).toMatchObject({ missing: [{ id: 'a', why: 'left out' }], shareLost: 0.5 });
    expect(of([working]).lastRound).toMatchObject({ missing: [{ id: 'c', why: 'still at work' }], shareLost: 0.2 });
    expect(part.hospitals.map(({ rounds, missed }) => [rounds, missed])).toEqual([[2, 1], [3, 0], [2, 1]]); // prettier-ignore
    expect(lacksText(out)).toBe('without a, left out');
    expect(lacksText(working)).toBe('without c, still at work');
    expect(lacksText(stale)).toBeUndefined();
    const busy = report(0, ['a'], { participants: [], waiting: ['b', 'c'] });
    expect(lacksText(busy)).toBe('without a; b, c, still at work');
  });

  it('does not call away whom the aggregator left out, nor lost what is still at work', () => {
    const out = [report(0), report(1, [], { leftOut: [{ id: 'b', reason: 'far' }] })];
    expect(lackingText(of(out))).toBe(
      '1 of 2 rounds were made without updates that the aggregator left out (b in 1 of its 2); 15 % of a round’s weight was left ' +
        'out on average. The last round was without b, left out (30 % of the weight).',
    );
    const working = [report(0), report(1, [], { participants: ['a', 'b'], waiting: ['c'] })];
    expect(lackingText(of(working))).toMatch(
      /^1 of 2 rounds ended before all .* \(c in 1 of its 2\); 10 % of a round’s weight was still at work, .* Away/,
    );
    expect(of([...out, report(2, ['a'])]).rounds.why).toEqual(['dropped', 'left out']);
    expect(lackingText(of([...out, report(2, ['a'])]))).toMatch(/^2 of 3 rounds went on without hospitals that were/);
  });

  it('says of skipped rounds that they moved nothing, and weighs them not', () => {
    const failure = { code: 'QUORUM_NOT_MET', reason: 'too few' };
    const part = of([report(0), report(1, ['b'], { participants: [], failure })]);
    expect(part.rounds).toEqual({ asked: 2, full: 1, without: 0, skipped: 1, why: [], meanShareLost: 0 });
    expect(part).toMatchObject({ complete: false, goneAtEnd: ['b'], lastRound: { skipped: true, shareLost: null } });
    expect(completenessText({ participation: part })).toMatch(/^Not complete: 1 of 2 rounds moved nothing/);
    const only = of([report(0, ['a', 'b', 'c'], { participants: [], failure })]);
    expect(only.hospitals.map(({ weightShareLost }) => weightShareLost)).toEqual([0, 0, 0]);
  });

  it("takes a round's own word where hospitals are too many to list", () => {
    const known = report(0, ['b'], { lost: { weight: 30, share: 0.3 } });
    const unknown = report(1, ['b'], { lost: { weight: null, share: null } });
    const part = participationOf([known, report(1)], ids, undefined);
    expect(part).toMatchObject({ hospitals: [], rounds: { meanShareLost: 0.15 } });
    expect(participationOf([unknown], ids, undefined)).toMatchObject({
      lastRound: { weightLost: null, shareLost: null },
    });
    expect(lacksText(known)).toBe('without b (30 % of the weight)');
    expect(lacksText(unknown)).toBe('without b (weight not told yet)');
    expect(completenessText({ participation: participationOf([unknown], ids, undefined) })).toBe(
      'Not complete: 1 of 1 round went on without hospitals that were asked. The last round was without b (weight not ' +
        'told yet). Away when last asked: b.',
    );
  });
});

it('a share is told in whole percent, and never as none or all where it is neither', () => {
  expect([0, 0.001, 0.314, 0.9999, 1].map(shareText)).toEqual([
    ...['0 %', 'less than 1 %', '31 %', 'more than 99 %', '100 %'],
  ]);
});
