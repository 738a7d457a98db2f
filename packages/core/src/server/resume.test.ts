import { describe, expect, it, vi } from 'vitest';
import type { CheckpointStore } from '../interfaces/stores.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { secretRandomness } from '../random/randomness.js';
import {
  exampleFederation,
  exampleSites,
  fakeEvent,
  fakeMechanism,
  meanAggregator,
  type MeanState,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { answering } from '../testing/transports.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';
import { essence, evaluate, failingStore, federationOf, plan, rounds } from '../testing/runs.js';

describe('resume', () => {
  const whole = async () => essence(await runFederation(federationOf()));

  it('after any whole round gives the same result as a run that never stopped', async () => {
    const expected = await whole();
    for (let stop = 0; stop <= rounds; stop++) {
      const checkpoints = memoryCheckpointStore();
      const interrupted = runFederation(
        federationOf({
          checkpoints,
          onRound: ({ round }) => {
            if (round === stop - 1) throw new Error('killed');
          },
        }),
      );
      if (stop > 0) await expect(interrupted).rejects.toThrow('killed');
      else await interrupted;
      const resumed = await runFederation(federationOf({ checkpoints, resume: true }));
      expect(essence(resumed), `stopped after ${stop} rounds`).toEqual(expected);
    }
  });

  it.each(['answer', 'apply', 'evaluate', 'save', 'instruct'] as const)(
    'after a failure in any round, at %s, gives the same result',
    async (where) => {
      const expected = await whole();
      for (let stop = 0; stop < rounds; stop++) {
        const store = memoryCheckpointStore();
        let left = stop;
        /** Fails once, in round `stop`. */
        const failOnce = (): void => {
          if (left-- === 0) throw new Error('killed');
        };
        const aggregator = meanAggregator();
        const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
        const first = federationOf({
          checkpoints: store,
          ...(where === 'evaluate' && { evaluate: (...given) => (failOnce(), evaluate(...given)) }),
          ...(where === 'save' && { checkpoints: failingStore(({ nextRound }) => nextRound === stop + 1, store) }),
          ...(where === 'answer' && {
            transport: answering(transport, (_id, { round }, _signal, pass) =>
              round === stop ? Promise.reject(new Error('killed')) : pass(),
            ),
          }),
          ...(where === 'apply' && {
            aggregator: { ...aggregator, apply: (...given) => (failOnce(), aggregator.apply(...given)) },
          }),
          ...(where === 'instruct' && {
            aggregator: { ...aggregator, instruct: (...given) => (failOnce(), aggregator.instruct(...given)) },
          }),
        });
        await expect(runFederation(first)).rejects.toThrow(where === 'save' ? 'disk full' : /killed/);
        const resumed = await runFederation(federationOf({ checkpoints: store, resume: true }));
        expect(essence(resumed), `round ${stop}`).toEqual(expected);
      }
    },
  );

  it('evaluates what a failure kept from being evaluated, and repeats no round for it', async () => {
    const checkpoints = memoryCheckpointStore();
    const onRound = vi.fn();
    const fails = () => Promise.reject(new Error('no memory'));
    await expect(runFederation(federationOf({ checkpoints, evaluate: fails, onRound }))).rejects.toThrow('no memory');
    expect(onRound).not.toHaveBeenCalled();
    expect((await checkpoints.load('run-1'))!.nextRound).toBe(1);
    const audit = memoryAuditSink();
    await runFederation(federationOf({ checkpoints, resume: true, onRound, audit }));
    expect(onRound.mock.calls.map(([{ round }]) => round as number)).toEqual([0, 1, 2, 3, 4]);
    expect(audit.events.slice(0, 3).map(({ type, round }) => [type, round])).toEqual([
      ['run-resume', undefined],
      ['evaluation', 0],
      ['round-start', 1],
    ]);
  });

  it('knows what a drop-out weighed before', async () => {
    const open = examplePlan({ rounds: 2 });
    const sites = exampleSites(open);
    const checkpoints = memoryCheckpointStore();
    const first = exampleFederation({
      plan: open,
      checkpoints,
      onRound: () => {
        throw new Error('killed');
      },
    });
    await expect(runFederation(first)).rejects.toThrow('killed');
    const gone = { ...sites[1]!, answer: () => Promise.reject(new Error('gone')) };
    const transport = inMemoryTransport([sites[0]!, gone, sites[2]!]);
    const { rounds } = await runFederation(exampleFederation({ plan: open, checkpoints, resume: true, transport }));
    expect(rounds[1]!.dropped).toMatchObject([{ id: 'hospital-2', weightLost: 20 }]);
  });

  it('of a run that is complete gives its result again, and trains nobody', async () => {
    const checkpoints = memoryCheckpointStore();
    const expected = essence(await runFederation(federationOf({ checkpoints })));
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    const answer = vi.fn();
    const asked = answering(transport, answer);
    const again = await runFederation(federationOf({ checkpoints, resume: true, transport: asked }));
    expect(essence(again)).toEqual(expected);
    expect(answer).not.toHaveBeenCalled();
  });

  it('begins anew where there is no checkpoint, or where it is not asked for', async () => {
    const audit = memoryAuditSink();
    const checkpoints = memoryCheckpointStore();
    const expected = await whole();
    expect(essence(await runFederation(federationOf({ checkpoints, resume: true, audit })))).toEqual(expected);
    expect(essence(await runFederation(federationOf({ checkpoints, audit })))).toEqual(expected);
    expect(audit.events.map(({ type }) => type).filter((type) => type.startsWith('run-'))).toEqual([
      'run-start',
      'run-end',
      'run-start',
      'run-end',
    ]);
  });

  it('under another plan is refused, before anything is sent or written', async () => {
    const checkpoints = memoryCheckpointStore();
    await runFederation(federationOf({ checkpoints }));
    const before = await checkpoints.load('run-1');
    const audit = memoryAuditSink();
    const other = { ...plan, rounds: 7 };
    const resumed = runFederation(federationOf({ plan: other, checkpoints, resume: true, audit }));
    await expect(resumed).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'resume' });
    expect(audit.events).toEqual([]);
    expect(await checkpoints.load('run-1')).toEqual(before);
  });

  it.each([[null], [{}], [{ rounds: [] }], ['text']])(
    'from the state %j, which is no run, is refused',
    async (state) => {
      const checkpoints = memoryCheckpointStore();
      const { planHash } = await runFederation(federationOf());
      await checkpoints.save({ runId: 'run-1', planHash, nextRound: 2, state: state as never });
      const resumed = runFederation(federationOf({ checkpoints, resume: true }));
      await expect(resumed).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID', subject: 'run-1' });
    },
  );

  it('keeps the mark of a simulation, and takes a new one', async () => {
    const checkpoints = memoryCheckpointStore();
    const unmarked = () => {
      const { simulationOnly: _, noise: __, ...federation } = federationOf({ checkpoints, resume: true });
      void [_, __];
      return federation;
    };
    // Nobody declares it, the sites say so.
    expect((await runFederation(unmarked())).simulationOnly).toBe(true);
    expect((await runFederation(unmarked())).simulationOnly).toBe(true);

    const open = examplePlan({ rounds });
    const real = {
      ...unmarked(),
      runId: 'run-2',
      plan: open,
      mechanisms: [],
      transport: inMemoryTransport(exampleSites(open)),
    };
    expect((await runFederation(real)).simulationOnly).toBe(false);
    expect((await runFederation({ ...real, simulationOnly: true })).simulationOnly).toBe(true);
  });
});

describe('with secret noise', () => {
  const secret = (changes: Partial<Federation<MeanState>> = {}) => {
    const {
      simulationOnly: _,
      noise: __,
      ...federation
    } = federationOf({
      transport: inMemoryTransport(
        exampleSites(plan, { mechanisms: [fakeMechanism()], randomness: secretRandomness() }),
      ),
      ...changes,
    });
    void [_, __];
    return federation;
  };
  const spentOf = async (checkpoints: CheckpointStore) =>
    ((await checkpoints.load('run-1'))?.state as { spent: Record<string, unknown> } | undefined)?.spent ?? {};

  it('the charge is in the checkpoint before anything is sent', async () => {
    const checkpoints = memoryCheckpointStore();
    const seen: unknown[] = [];
    const { transport, ...federation } = secret({ checkpoints });
    await runFederation({
      ...federation,
      transport: answering(transport, async (id, { round }, _signal, pass) => {
        seen.push([round, id, (await spentOf(checkpoints))[id]]);
        return pass();
      }),
    });
    const counts = new Map<string, number>();
    for (const [, id, ledger] of seen as [number, string, unknown][]) {
      const count = (counts.get(id) ?? 0) + 1;
      counts.set(id, count);
      expect(ledger).toEqual(count === 1 ? fakeEvent : { type: 'repeated', event: fakeEvent, count });
    }
    expect(seen).toHaveLength(2 * rounds);
  });

  it('a round that is run again is charged again', async () => {
    const checkpoints = memoryCheckpointStore();
    const dies = { ...meanAggregator(), apply: () => { throw new Error('killed'); } }; // prettier-ignore
    const everyone = examplePlan({ rounds: 2, privacy: examplePrivacy });
    const sites = () =>
      inMemoryTransport(exampleSites(everyone, { mechanisms: [fakeMechanism()], randomness: secretRandomness() }));
    const first = secret({ checkpoints, plan: everyone, transport: sites(), aggregator: dies });
    await expect(runFederation(first)).rejects.toThrow('killed');
    const resumed = await runFederation(secret({ checkpoints, plan: everyone, transport: sites(), resume: true }));
    expect(resumed.simulationOnly).toBe(false);
    // Two rounds, the first of them twice.
    expect(resumed.privacy!.epsilon).toBeCloseTo(0.3, 12);
  });

  it('a round that is run again finds the one before it evaluated', async () => {
    const checkpoints = memoryCheckpointStore();
    const aggregator = meanAggregator();
    const apply: typeof aggregator.apply = (state, ...rest) => {
      if (state.rounds === 2) throw new Error('killed');
      return aggregator.apply(state, ...rest);
    };
    const score = vi.fn(evaluate);
    const first = secret({ checkpoints, aggregator: { ...aggregator, apply }, evaluate: score });
    await expect(runFederation(first)).rejects.toThrow('killed');
    await runFederation(secret({ checkpoints, evaluate: score, resume: true }));
    expect(score.mock.calls.map(([, round]) => round)).toEqual([0, 1, 2, 3, 4]);
  });

  it('a charge that can not be written down stops the round', async () => {
    const answer = vi.fn();
    const { transport, ...federation } = secret({ checkpoints: failingStore(() => true) });
    const run = runFederation({ ...federation, transport: answering(transport, answer) });
    await expect(run).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(answer).not.toHaveBeenCalled();
  });

  it('a client that says it is a simulation does not keep the charge from the checkpoint', async () => {
    const checkpoints = memoryCheckpointStore();
    const saved = vi.spyOn(checkpoints, 'save');
    const { transport, ...federation } = secret({ checkpoints });
    const claiming = answering(transport, async (_id, _task, _signal, pass) => ({
      ...(await pass()),
      simulationOnly: true,
    }));
    const result = await runFederation({ ...federation, transport: claiming });
    expect(result.simulationOnly).toBe(true);
    expect(saved).toHaveBeenCalledTimes(2 * rounds); // the charge, and the end of the round
  });
});
