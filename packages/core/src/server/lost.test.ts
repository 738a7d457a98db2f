import { describe, expect, it } from 'vitest';
import { FedwardError } from '../base/errors.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleFederation, exampleSites, meanAggregator, type MeanState } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { answering } from '../testing/transports.js';
import { buffered } from './collector.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

/** Hospitals of 10, 20 and 30 records. @param silent never answers, or fails, where it says so */
function run(
  silent: (id: string, round: number) => 'fails' | 'sleeps' | undefined,
  changes: Partial<Federation<MeanState>> = {},
) {
  const plan = examplePlan({ onMissedQuorum: 'skip', ...(changes.collector && { collector: { name: 'buffered' } }) });
  const transport = answering(inMemoryTransport(exampleSites(plan)), (id, { round }, _signal, pass) => {
    const how = silent(id, round);
    if (how === 'sleeps') return new Promise<never>(() => undefined);
    return how === 'fails' ? Promise.reject(new FedwardError('CLIENT_FAILED', 'away')) : pass();
  });
  return runFederation(exampleFederation({ plan, transport, ...changes }));
}

describe('what a round says that its sum lacks', () => {
  it('is nothing where everyone is in it', async () => {
    const { rounds } = await run(() => undefined);
    expect(rounds.every((round) => !('lost' in round))).toBe(true);
  });

  it('is the weight of who was dropped, and its share of all that were asked', async () => {
    const { rounds } = await run((id, round) => (id === 'hospital-2' && round === 1 ? 'fails' : undefined));
    expect(rounds.map(({ lost }) => lost)).toEqual([undefined, { weight: 20, share: 1 / 3 }, undefined, undefined]);
  });

  it('is not known of one that has never told its weight, whoever else is missing', async () => {
    const { rounds } = await run((id, round) => (id === 'hospital-2' && round < 2 ? 'fails' : undefined));
    expect(rounds.slice(0, 2).map(({ lost }) => lost)).toEqual(Array(2).fill({ weight: null, share: null }));
  });

  it('has who was left out by the aggregator, by the weight that it told now', async () => {
    const base = meanAggregator();
    const aggregator = meanAggregator({
      reduce(state, context) {
        const kept = base.reduce(state, context);
        const leftOut: { id: string; reason: string }[] = [];
        return {
          add: (update) =>
            update.clientId === 'hospital-1'
              ? void leftOut.push({ id: 'hospital-1', reason: 'far' })
              : kept.add(update),
          finish: () => ({ ...kept.finish(), leftOut }),
        };
      },
    });
    const { rounds } = await run(() => undefined, { aggregator });
    for (const { lost } of rounds) expect(lost).toEqual({ weight: 10, share: 1 / 6 });
  });

  it('has who is still at work', async () => {
    const collector = { ...buffered({ size: 2, patience: 9 }), requires: [], removes: [] };
    const { rounds } = await run((id, round) => (id === 'hospital-3' && round > 0 ? 'sleeps' : undefined), {
      collector,
    });
    const late = rounds.filter(({ waiting }) => waiting.includes('hospital-3'));
    expect(late.length).toBeGreaterThan(0);
    for (const { lost, round } of late) if (round > 0) expect(lost!.share ?? 0.5).toBe(0.5);
  });

  it('is not told of a skipped round, which moved nothing', async () => {
    const { rounds } = await run((_id, round) => (round === 1 ? 'fails' : undefined));
    expect(rounds[1]!.failure!.code).toBe('QUORUM_NOT_MET');
    expect(rounds[1]).not.toHaveProperty('lost');
  });
});
