import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../errors.js';
import type { FitTask } from '../interfaces/messages.js';
import type { Checkpoint, CheckpointStore } from '../interfaces/stores.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { secretRandomness } from '../numeric/randomness.js';
import { digestParameters } from '../parameters.js';
import {
  exampleFederation,
  exampleSites,
  fakeAccountant,
  fakeEvent,
  fakeMechanism,
  meanAggregator,
  type MeanState,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import type { Federation, FederationResult, RoundReport } from './federation.js';
import { runFederation } from './run.js';

const rounds = 5;
const plan = examplePlan({ rounds, privacy: examplePrivacy, cohort: { select: 'uniform', size: 2 } });
const evaluate: Federation['evaluate'] = async (model, round) => ({ first: model.values[0]!, round });
const federationOf = (changes: Partial<Federation<MeanState>> = {}) =>
  exampleFederation({ plan, mechanisms: [fakeMechanism()], accountant: fakeAccountant, evaluate, ...changes });

/** What two runs must have in common. */
const essence = ({ model, ...rest }: FederationResult) => ({ ...rest, digest: digestParameters(model) });

/** A store that gives and takes as usual until `fails`. */
function failingStore(fails: (checkpoint: Checkpoint) => boolean, store = memoryCheckpointStore()): CheckpointStore {
  return {
    load: (runId) => store.load(runId),
    save: (checkpoint) =>
      fails(checkpoint) ? Promise.reject(new FedwardError('STORAGE_FAILED', 'disk full')) : store.save(checkpoint),
  };
}

describe('runFederation', () => {
  it('of the same plan and seed gives the same bits, and of another seed others', async () => {
    const whole = essence(await runFederation(federationOf()));
    expect(essence(await runFederation(federationOf()))).toEqual(whole);
    const other = federationOf({ plan: { ...plan, seed: 43 } });
    expect(essence(await runFederation(other)).digest).not.toBe(whole.digest);
    expect(whole.rounds.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(whole.rounds.map(({ participants }) => participants.join())).size).toBeGreaterThan(1);
  });

  it('leaves what it was given as it was', async () => {
    const federation = federationOf();
    const before = structuredClone([federation.initial, federation.plan]);
    await runFederation(federation);
    expect([federation.initial, federation.plan]).toEqual(before);
  });

  it('tells each round as it ends, and waits for who is told', async () => {
    const told: RoundReport[] = [];
    const onRound = async (report: RoundReport) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      told.push(report);
    };
    const result = await runFederation(federationOf({ onRound }));
    expect(told).toEqual(result.rounds);
  });

  it('leaves out metrics that are no numbers: they are unknown', async () => {
    const audit = memoryAuditSink();
    const result = await runFederation(
      federationOf({
        audit,
        checkpoints: memoryCheckpointStore(),
        evaluate: async () => ({ accuracy: 0.5, auroc: Number.NaN, loss: Infinity }),
      }),
    );
    expect(result.rounds.map(({ metrics }) => metrics)).toEqual(Array(rounds).fill({ accuracy: 0.5 }));
    expect(audit.events.find(({ type }) => type === 'evaluation')!.details).toEqual({ metrics: { accuracy: 0.5 } });
  });
});

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

  it.each(['fit', 'apply', 'evaluate', 'save', 'instruct'] as const)(
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
          ...(where === 'fit' && {
            transport: {
              ...transport,
              fit: (id: string, task: FitTask, signal: AbortSignal) =>
                task.round === stop ? Promise.reject(new Error('killed')) : transport.fit(id, task, signal),
            },
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
    const gone = { ...sites[1]!, fit: () => Promise.reject(new Error('gone')) };
    const transport = inMemoryTransport([sites[0]!, gone, sites[2]!]);
    const { rounds } = await runFederation(exampleFederation({ plan: open, checkpoints, resume: true, transport }));
    expect(rounds[1]!.dropped).toMatchObject([{ id: 'hospital-2', weightLost: 20 }]);
  });

  it('of a run that is complete gives its result again, and trains nobody', async () => {
    const checkpoints = memoryCheckpointStore();
    const expected = essence(await runFederation(federationOf({ checkpoints })));
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    const fit = vi.fn();
    const again = await runFederation(federationOf({ checkpoints, resume: true, transport: { ...transport, fit } }));
    expect(essence(again)).toEqual(expected);
    expect(fit).not.toHaveBeenCalled();
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
  const ledgersOf = async (checkpoints: CheckpointStore) =>
    ((await checkpoints.load('run-1'))?.state as { ledgers: Record<string, unknown> } | undefined)?.ledgers ?? {};

  it('the charge is in the checkpoint before anything is sent', async () => {
    const checkpoints = memoryCheckpointStore();
    const seen: unknown[] = [];
    const { transport, ...federation } = secret({ checkpoints });
    await runFederation({
      ...federation,
      transport: {
        ...transport,
        fit: async (id, task, signal) => {
          seen.push([task.round, id, (await ledgersOf(checkpoints))[id]]);
          return transport.fit(id, task, signal);
        },
      },
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
    const fit = vi.fn();
    const { transport, ...federation } = secret({ checkpoints: failingStore(() => true) });
    const run = runFederation({ ...federation, transport: { ...transport, fit } });
    await expect(run).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(fit).not.toHaveBeenCalled();
  });

  it('a client that says it is a simulation does not keep the charge from the checkpoint', async () => {
    const checkpoints = memoryCheckpointStore();
    const saved = vi.spyOn(checkpoints, 'save');
    const { transport, ...federation } = secret({ checkpoints });
    const fit: typeof transport.fit = async (...given) => ({
      ...(await transport.fit(...given)),
      simulationOnly: true,
    });
    const result = await runFederation({ ...federation, transport: { ...transport, fit } });
    expect(result.simulationOnly).toBe(true);
    expect(saved).toHaveBeenCalledTimes(2 * rounds); // the charge, and the end of the round
  });
});

describe('a failure', () => {
  it.each<[string, string, Partial<Federation<MeanState>>]>([
    ['of the evaluation', 'UNEXPECTED', { evaluate: () => Promise.reject(new Error('x')) }],
    [
      'of who is told',
      'UNEXPECTED',
      {
        onRound: () => {
          throw new Error('x');
        },
      },
    ],
    ['of who is told, later', 'UNEXPECTED', { onRound: (() => Promise.reject(new Error('x'))) as () => void }],
    ['of the store', 'STORAGE_FAILED', { checkpoints: failingStore(() => true) }],
    [
      'of every client',
      'QUORUM_NOT_MET',
      { transport: { ...inMemoryTransport(exampleSites(examplePlan())), fit: () => Promise.reject(new Error('x')) } },
    ],
  ])('%s is logged with its code, and thrown', async (_, code, changes) => {
    const audit = memoryAuditSink();
    await expect(runFederation(federationOf({ ...changes, audit }))).rejects.toThrow();
    expect(audit.events.at(-1)).toMatchObject({ type: 'run-failure', details: { code } });
  });

  it('is the first one, where its log fails too', async () => {
    const audit = { append: () => Promise.reject(new FedwardError('AUDIT_FAILED', 'disk full')), close: vi.fn() };
    await expect(runFederation(federationOf({ audit }))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    const memory = memoryAuditSink();
    const closing: typeof memory = {
      ...memory,
      append: (event) => (event.type === 'run-failure' ? Promise.reject(new Error('disk full')) : memory.append(event)),
    };
    const run = runFederation(federationOf({ audit: closing, evaluate: () => Promise.reject(new Error('the first')) }));
    await expect(run).rejects.toThrow('the first');
  });

  it('leaves no rejection unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    let asked = 0;
    const fit: typeof transport.fit = async (...given) => {
      if (asked++ === 0) return { ...(await transport.fit(...given)), clientId: 'another' };
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('late');
    };
    await expect(runFederation(federationOf({ transport: { ...transport, fit } }))).rejects.toMatchObject({
      code: 'UPDATE_INVALID',
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    process.off('unhandledRejection', unhandled);
    expect(asked).toBe(2);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('an abort', () => {
  it('ends the run, is logged, and the run can be resumed to the same result', async () => {
    const expected = essence(await runFederation(federationOf()));
    const controller = new AbortController();
    const checkpoints = memoryCheckpointStore();
    const audit = memoryAuditSink();
    const onRound = ({ round }: RoundReport): void => {
      if (round === 1) controller.abort();
    };
    const run = runFederation(federationOf({ checkpoints, audit, onRound, signal: controller.signal }));
    await expect(run).rejects.toMatchObject({ code: 'ABORTED', family: 'run' });
    expect(audit.events.at(-1)).toMatchObject({ type: 'run-failure', round: 2, details: { code: 'ABORTED' } });
    expect(audit.events.filter(({ type }) => type === 'round-start')).toHaveLength(2);
    expect(essence(await runFederation(federationOf({ checkpoints, resume: true })))).toEqual(expected);
  });

  it('in the middle of a round ends it at once, and nothing of it is kept', async () => {
    const checkpoints = memoryCheckpointStore();
    const controller = new AbortController();
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    const fit: typeof transport.fit = (id, task, signal) => {
      if (task.round < 2) return transport.fit(id, task, signal);
      controller.abort();
      return new Promise(() => undefined);
    };
    const run = runFederation(
      federationOf({ checkpoints, signal: controller.signal, transport: { ...transport, fit } }),
    );
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await checkpoints.load('run-1'))!.nextRound).toBe(2);
  });

  it('before the first round charges nobody and asks nobody', async () => {
    const fit = vi.fn();
    const save = vi.fn();
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    const { simulationOnly: _, ...federation } = federationOf({
      transport: { ...transport, fit },
      signal: AbortSignal.abort(),
      checkpoints: { save, load: vi.fn() },
    });
    void _;
    await expect(runFederation(federation)).rejects.toMatchObject({ code: 'ABORTED' });
    for (const spy of [fit, save]) expect(spy).not.toHaveBeenCalled();
  });
});
