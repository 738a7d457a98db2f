import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import type { TrainingPlanInput } from '../plan/plan.js';
import {
  exampleFederation,
  exampleResult,
  exampleSites,
  fakeAccountant,
  fakeClient,
  fakeEvent,
  fakeMechanism,
  meanAggregator,
  type MeanState,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { filled } from '../testing/rounds.js';
import { essence } from '../testing/runs.js';
import { answering } from '../testing/transports.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

const skipping = (changes: Partial<TrainingPlanInput> = {}) =>
  examplePlan({ quorum: 2, onMissedQuorum: 'skip', ...changes });
const priced = skipping({ privacy: examplePrivacy });
const missed = new FedwardError('QUORUM_NOT_MET', 'too few shares', 'quorum');

/** Two of three hospitals are silent in these rounds. */
const federationOf = (silent: readonly number[], changes: Partial<Federation<MeanState>> = {}) => {
  const { plan = priced, mechanisms = [fakeMechanism()] } = changes;
  const inner = inMemoryTransport(exampleSites(plan, { mechanisms }));
  const transport = answering(inner, (id, { round }, _signal, pass) =>
    silent.includes(round) && id !== 'hospital-1' ? Promise.reject(new Error(`${id} is away`)) : pass(),
  );
  return exampleFederation({ plan, mechanisms, accountant: fakeAccountant, transport, ...changes });
};

describe('a round that too few answer', () => {
  it('fails the run, unless the plan says that it is skipped', async () => {
    const { onMissedQuorum: _, ...plan } = priced;
    void _;
    for (const failing of [plan, { ...plan, onMissedQuorum: 'fail' as const }])
      await expect(runFederation(federationOf([1], { plan: failing }))).rejects.toMatchObject({
        code: 'QUORUM_NOT_MET',
      });
  });

  it('releases nothing, is named in report and log, and has cost what it would have cost', async () => {
    const audit = memoryAuditSink();
    const scored: number[] = [];
    const evaluate: Federation['evaluate'] = async ({ values }) => (scored.push(values[0]!), {});
    const { rounds, privacy } = await runFederation(federationOf([1], { audit, evaluate }));
    const { failure, ...report } = rounds[1]!;
    expect(failure).toMatchObject({ code: 'QUORUM_NOT_MET', reason: expect.stringContaining('1 of 3 clients answered') as string }); // prettier-ignore
    expect(report).toMatchObject({ round: 1, participants: [], leftOut: [], stale: [], waiting: [], trainLoss: null });
    expect(report.dropped.map(({ id, reason }) => [id, reason])).toEqual([
      ['hospital-2', 'hospital-2 failed: hospital-2 is away'],
      ['hospital-3', 'hospital-3 failed: hospital-3 is away'],
    ]);
    expect(rounds.map((round) => 'failure' in round)).toEqual([false, true, false, false]);
    expect(scored[1]).toBe(scored[0]);
    expect(new Set(scored).size).toBe(3);
    expect(rounds.map(({ epsilon }) => epsilon!.toFixed(3))).toEqual(['0.100', '0.200', '0.300', '0.400']);
    expect(privacy!.epsilon).toBeCloseTo(0.4, 12);
    const ofRound = audit.events.filter(({ round }) => round === 1);
    expect(ofRound.map(({ type }) => type)).toEqual([
      'round-start',
      'dropout',
      'dropout',
      'round-failure',
      'evaluation',
    ]);
    expect(ofRound[3]!.details).toEqual({ ...failure, spent: fakeEvent });
  });

  it('is skipped where a mechanism misses its own quorum, before the round or at its release', async () => {
    const other = { code: 'CLIENT_FAILED' };
    const hooks = (error: Error): Partial<PrivacyMechanism>[] => [
      {
        instruct: ({ round, leaveOut }) => {
          if (round !== 1) return {};
          leaveOut('hospital-3', new Error('no key'));
          throw error;
        },
      },
      {
        onRelease: (sum, { round }) => {
          if (round === 1) throw error;
          return sum;
        },
      },
    ];
    for (const [at, changes] of hooks(missed).entries()) {
      const { rounds } = await runFederation(federationOf([], { mechanisms: [fakeMechanism(changes)] }));
      expect(rounds[1]!.failure).toEqual({ code: 'QUORUM_NOT_MET', reason: 'too few shares' });
      expect(rounds[1]!.dropped.map(({ id }) => id)).toEqual(at === 0 ? ['hospital-3'] : []);
      expect(rounds.map(({ participants }) => participants.length)).toEqual([3, 0, 3, 3]);
    }
    for (const changes of hooks(new FedwardError('CLIENT_FAILED', 'a site is down')))
      await expect(runFederation(federationOf([], { mechanisms: [fakeMechanism(changes)] }))).rejects.toMatchObject(
        other,
      );
  });

  it('leaves what was remembered: no update of it was taken, and no state has moved', async () => {
    const told: (number | null)[] = [];
    const client = (id: string) =>
      fakeClient(id, ({ round, taken }) => {
        if (id === 'a') told.push(taken);
        return exampleResult({ clientId: id, baseRound: round, payload: filled(1), weight: 1 });
      });
    const seen: unknown[] = [];
    const counting: PrivacyMechanism<number> = {
      ...{ name: 'counting', requires: [], init: () => 0 },
      onRelease(sum, { state, round }) {
        seen.push(state);
        if (round === 1) throw missed;
        return { ...sum, state: state + 1 };
      },
    };
    const plan = skipping({ privacy: { mechanisms: [{ name: 'counting' }] } });
    const transport = inMemoryTransport([client('a'), client('b')]);
    const mechanisms = [counting as unknown as PrivacyMechanism];
    const { model } = await runFederation(exampleFederation({ plan, mechanisms, transport }));
    expect(told).toEqual([null, 0, 0, 2]);
    expect(seen).toEqual([0, 1, 1, 2]);
    expect(model.values[0]).toBe(3);
  });

  it('leaves a mark where its updates came from a simulation', async () => {
    const {
      simulationOnly: _,
      noise: __,
      ...federation
    } = federationOf([0], {
      transport: inMemoryTransport(
        ['a', 'b'].map((id) =>
          fakeClient(id, ({ round }) => {
            if (round === 0 && id === 'b') throw new Error('away');
            return exampleResult({ clientId: id, baseRound: round, weight: 1, simulationOnly: round === 0 });
          }),
        ),
      ),
      ...{ plan: skipping(), mechanisms: [] },
    });
    void [_, __];
    expect((await runFederation(federation)).simulationOnly).toBe(true);
  });

  it('is in the checkpoint: a run killed after any round ends as one that never stopped', async () => {
    const whole = essence(await runFederation(federationOf([1, 3])));
    for (let stop = 0; stop < 4; stop++) {
      const checkpoints = memoryCheckpointStore();
      const onRound = ({ round }: { round: number }): void => {
        if (round === stop) throw new Error('killed');
      };
      await expect(runFederation(federationOf([1, 3], { checkpoints, onRound }))).rejects.toThrow('killed');
      const resumed = await runFederation(federationOf([1, 3], { checkpoints, resume: true }));
      expect(essence(resumed), `stopped after round ${stop}`).toEqual(whole);
    }
  });

  it('is not skipped unseen: where the log does not take it the run ends', async () => {
    const audit = memoryAuditSink();
    const append: typeof audit.append = (event) =>
      event.type === 'round-failure' ? Promise.reject(new FedwardError('AUDIT_FAILED', 'full')) : audit.append(event);
    const run = runFederation(federationOf([1], { audit: { ...audit, append } }));
    await expect(run).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });
});

it('a run of which no round had enough fails, and so does its resumption, which asks nobody', async () => {
  const checkpoints = memoryCheckpointStore();
  const audit = memoryAuditSink();
  const failed = {
    code: 'QUORUM_NOT_MET',
    message: expect.stringMatching(/^none of 4 rounds .* 1 of 3 clients/) as string,
  };
  await expect(runFederation(federationOf([0, 1, 2, 3], { checkpoints, audit }))).rejects.toMatchObject(failed);
  expect(audit.events.at(-1)).toMatchObject({ type: 'run-failure', details: { code: 'QUORUM_NOT_MET' } });
  const aggregator = meanAggregator({ instruct: vi.fn() });
  const resumed = federationOf([], { checkpoints, aggregator, resume: true });
  await expect(runFederation(resumed)).rejects.toMatchObject(failed);
  expect(aggregator.instruct).not.toHaveBeenCalled();
});
