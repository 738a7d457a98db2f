import { describe, expect, it } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import type { TrainingPlanInput } from '../plan/plan.js';
import { exampleFederation, exampleSites, fakeAccountant, fakeMechanism, type MeanState } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { essence } from '../testing/runs.js';
import { answering } from '../testing/transports.js';
import { buffered } from './collector.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

/** Hospitals of 10, 20 and 30 records; `away` says who is silent in which rounds. */
function federationOf(
  input: Partial<TrainingPlanInput>,
  away: Readonly<Record<string, readonly number[]>>,
  changes: Partial<Federation<MeanState>> = {},
): Federation<MeanState> {
  const plan = examplePlan(input);
  const inner = inMemoryTransport(exampleSites(plan, { mechanisms: changes.mechanisms ?? [] }));
  const transport = answering(inner, (id, { round }, _signal, pass) =>
    away[id]?.includes(round) ? Promise.reject(new FedwardError('CLIENT_FAILED', `${id} is away`)) : pass(),
  );
  return exampleFederation({ plan, transport, ...changes });
}

const failed = (message: string | RegExp) => ({
  code: 'QUORUM_NOT_MET',
  message: expect.stringMatching(message) as string,
});

describe('a quorum by share of the weight', () => {
  const run = (quorumShare: number, away: Readonly<Record<string, readonly number[]>>, input = {}, changes = {}) =>
    runFederation(federationOf({ quorumShare, ...input }, away, changes));

  it('is met at the share itself and missed just above it, with both numbers in words', async () => {
    const away = { 'hospital-3': [1] };
    const { rounds } = await run(0.5, away);
    expect(rounds[1]!.participants).toEqual(['hospital-1', 'hospital-2']);
    await expect(run(0.501, away)).rejects.toMatchObject(
      failed(
        /^round 1: clients of 50 % of the weight answered, the quorum is 50.1 % of the weight; hospital-3: hospital-3 is away$/,
      ),
    );
  });

  it('counts weights, not heads: one of three is enough where it has half, two are not where they have little', async () => {
    const { rounds } = await run(0.5, { 'hospital-1': [2], 'hospital-2': [2] });
    expect(rounds[2]!.participants).toEqual(['hospital-3']);
    await expect(run(0.7, { 'hospital-3': [2] })).rejects.toMatchObject(failed(/50 % .* 70 %/));
    await expect(run(0.7, { 'hospital-1': [2] })).resolves.toBeDefined();
  });

  it('is beside the quorum by number, which is looked at first', async () => {
    await expect(run(0.5, { 'hospital-1': [1], 'hospital-2': [1] }, { quorum: 2 })).rejects.toMatchObject(
      failed(/1 of 3 clients answered, the quorum is 2/),
    );
  });

  it('fails where the weight of one that is missing was never told, unless the plan tells it', async () => {
    const away = { 'hospital-1': [0] };
    await expect(run(0.1, away)).rejects.toMatchObject(
      failed(/hospital-1, which is missing, has never told its weight/),
    );
    const records = { 'hospital-1': 10, 'hospital-2': 20, 'hospital-3': 30 };
    const cohort = { select: 'by-size', size: 3, records } as const;
    expect((await run(0.8, away, { cohort })).rounds[0]!.participants).toHaveLength(2);
    await expect(run(0.84, away, { cohort })).rejects.toMatchObject(failed(/83.33 % .* 84 %/));
  });

  it('takes an update for as much as the aggregator counts it, and not for what a site says', async () => {
    const { aggregator } = federationOf({}, {});
    const counted = { aggregator: { ...aggregator, counts: (records: number) => Math.min(records, 10) } };
    const away = { 'hospital-3': [1] };
    const { rounds } = await run(0.66, away, {}, counted);
    expect(rounds[1]!.dropped).toMatchObject([{ id: 'hospital-3', weightLost: 10 }]);
    expect(rounds[1]!.lost!.share).toBeCloseTo(1 / 3, 12);
    await expect(run(0.67, away, {}, counted)).rejects.toMatchObject(failed(/66.67 % .* 67 %/));
    // Of one that has told nothing the plan's records count as they would have counted.
    const cohort = { select: 'by-size', size: 3, records: { 'hospital-1': 10, 'hospital-2': 20, 'hospital-3': 3000 } } as const; // prettier-ignore
    expect((await run(0.66, { 'hospital-3': [0] }, { cohort }, counted)).rounds[0]!.participants).toHaveLength(2);
  });

  it('is by number where all weights are 1, from the first round on', async () => {
    const mechanisms = [fakeMechanism() as PrivacyMechanism];
    const under = { mechanisms, accountant: fakeAccountant };
    const away = { 'hospital-3': [0] };
    const { rounds } = await run(0.66, away, { privacy: examplePrivacy }, under);
    expect(rounds[0]!.participants).toHaveLength(2);
    await expect(run(0.67, away, { privacy: examplePrivacy }, under)).rejects.toMatchObject(failed(/66.67 % .* 67 %/));
  });

  it('skips the round where the plan says so, and goes on as one that was never killed', async () => {
    const skipping = { onMissedQuorum: 'skip' } as const;
    const away = { 'hospital-3': [1, 3], 'hospital-1': [2] };
    const whole = await run(0.7, away, skipping);
    expect(whole.rounds.map(({ failure }) => failure?.code)).toEqual([
      undefined,
      'QUORUM_NOT_MET',
      undefined,
      'QUORUM_NOT_MET',
    ]);
    for (let stop = 0; stop < 4; stop++) {
      const checkpoints = memoryCheckpointStore();
      const onRound = ({ round }: { round: number }): void => {
        if (round === stop) throw new Error('killed');
      };
      await expect(run(0.7, away, skipping, { checkpoints, onRound })).rejects.toThrow('killed');
      const resumed = await run(0.7, away, skipping, { checkpoints, resume: true });
      expect(essence(resumed), `stopped after round ${stop}`).toEqual(essence(whole));
    }
  });

  it('waits for nobody, and so counts who is still at work as missing', async () => {
    const plan = examplePlan({ quorumShare: 0.2, collector: { name: 'buffered' } });
    const inner = inMemoryTransport(exampleSites(plan));
    const transport = answering(inner, (id, { round }, _signal, pass) =>
      id === 'hospital-3' && round === 0 ? new Promise<never>(() => undefined) : pass(),
    );
    const collector = { ...buffered({ size: 2, patience: 9 }), requires: [], removes: [] };
    await expect(runFederation(exampleFederation({ plan, transport, collector }))).rejects.toMatchObject(
      failed(/hospital-3, which is missing, has never told its weight/),
    );
  });
});
