import { describe, expect, it } from 'vitest';
import type { LeftOut } from '../interfaces/aggregator.js';
import type { PrivacyMechanism, ReleaseContext } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { exampleResult, fakeClient, meanAggregator } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { constant, filled, runOf } from '../testing/rounds.js';

/** The mean of all but those whose first value is above 5, who are named. */
function cautious(changes: Parameters<typeof meanAggregator>[0] = {}) {
  const aggregator = meanAggregator(changes);
  return {
    ...aggregator,
    reduce: (...given: Parameters<typeof aggregator.reduce>) => {
      const reduction = aggregator.reduce(...given);
      const leftOut: LeftOut[] = [];
      return {
        add: (update: Parameters<typeof reduction.add>[0]) => {
          const first = update.payload.values[0]!;
          if (first <= 5) return reduction.add(update);
          leftOut.push({ id: update.clientId, reason: `${first} is above 5` });
        },
        finish: () => ({ ...reduction.finish(), leftOut }),
      };
    },
  };
}
const liar = { id: 'b', reason: '9 is above 5' };

describe('an update that the aggregator leaves out', () => {
  it("is in the round's report and in the log with its reason, and not in the model", async () => {
    const audit = memoryAuditSink();
    const { rounds, model } = await runOf([constant('a', 1), constant('b', 9)], { aggregator: cautious(), audit });
    expect(rounds[0]).toMatchObject({ participants: ['a', 'b'], leftOut: [liar], dropped: [] });
    expect(audit.events.find(({ type }) => type === 'aggregation')!.details).toMatchObject({ leftOut: [liar] });
    expect(model.values[0]).toBe(1);
  });

  it('is not one that was taken: its site is told so, and builds upon what was', async () => {
    const told: (number | null)[] = [];
    const b = fakeClient('b', ({ round, taken }) => {
      told.push(taken);
      return exampleResult({ clientId: 'b', baseRound: round, payload: filled(round === 1 ? 9 : 1), weight: 1 });
    });
    const plan = examplePlan({ rounds: 4 });
    await runOf([constant('a', 1), b], { aggregator: cautious(), plan });
    expect(told).toEqual([null, 0, 0, 2]);
  });

  it('is not one of those that a release is told of', async () => {
    const seen: (readonly string[])[] = [];
    const onRelease = (sum: Parameters<NonNullable<typeof cautious>>[0], { participants }: ReleaseContext) => (seen.push(participants), sum); // prettier-ignore
    const plan = examplePlan({ rounds: 1, privacy: { ...examplePrivacy, mechanisms: [{ name: 'm' }] } });
    const mechanisms = [{ name: 'm', requires: [], onRelease: onRelease as never }];
    await runOf([constant('a', 1), constant('b', 9), constant('c', 2)], { aggregator: cautious(), plan, mechanisms });
    expect(seen).toEqual([['a', 'c']]);
  });

  it('is not in the tally that a release is told of', async () => {
    const tallies: number[] = [];
    const plan = examplePlan({ rounds: 2, privacy: { ...examplePrivacy, mechanisms: [{ name: 'm' }] } });
    const counting: PrivacyMechanism = {
      ...{ name: 'm', requires: [] },
      onReceive: (update) => ({ ...update, tally: update.payload.values[0]! }),
      onRelease: (sum, { tally }) => (tallies.push(tally), sum),
    };
    const clients = [constant('a', 1), constant('b', 9), constant('c', 2)];
    await runOf(clients, { aggregator: cautious(), plan, mechanisms: [counting] });
    expect(tallies).toEqual([3, 3]);
  });
});

describe('an aggregator that is done', () => {
  const done = cautious({ done: ({ rounds }) => (rounds === 2 ? 'the step is below 1e-9' : undefined) });
  const plan = examplePlan({ rounds: 9 });

  it('ends the run, and its reason is in the result and in the log', async () => {
    const audit = memoryAuditSink();
    const result = await runOf([constant('a', 1)], { plan, aggregator: done, audit });
    expect([result.rounds.length, result.done]).toEqual([2, 'the step is below 1e-9']);
    expect(audit.events.at(-1)).toMatchObject({
      type: 'run-end',
      details: { rounds: 2, done: 'the step is below 1e-9' },
    });
  });

  it('is done after a resume as well: nobody is asked again', async () => {
    const checkpoints = memoryCheckpointStore();
    const first = await runOf([constant('a', 1)], { plan, aggregator: done, checkpoints });
    const asked: number[] = [];
    const a = fakeClient('a', ({ round }) => void asked.push(round));
    const again = await runOf([a], { plan, aggregator: done, checkpoints, resume: true });
    expect(again).toEqual(first);
    expect(asked).toEqual([]);
  });

  it('is not where it says nothing: the rounds of the plan are used up', async () => {
    const audit = memoryAuditSink();
    const result = await runOf([constant('a', 1)], { plan: examplePlan({ rounds: 1 }), aggregator: done, audit });
    expect([result.rounds.length, result.done]).toEqual([1, null]);
    expect(audit.events.at(-1)!.details).not.toHaveProperty('done');
  });
});
