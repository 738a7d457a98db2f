import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleSites, fakeMechanism, type MeanState } from '../testing/fakes.js';
import type { Federation, RoundReport } from './federation.js';
import { runFederation } from './run.js';
import { answering } from '../testing/transports.js';
import { essence, failingStore, federationOf, plan, rounds } from '../testing/runs.js';

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

  it.each([0, 4])('fails where the evaluation of round %s is not written, though others are', async (round) => {
    const sink = memoryAuditSink();
    const append: typeof sink.append = (event) =>
      event.type === 'evaluation' && event.round === round
        ? Promise.reject(new FedwardError('AUDIT_FAILED', 'this one is lost'))
        : sink.append(event);
    const run = runFederation(federationOf({ audit: { ...sink, append }, evaluate: async () => ({ accuracy: 1 }) }));
    await expect(run).rejects.toMatchObject({ code: 'AUDIT_FAILED', message: 'this one is lost' });
    const begun = sink.events.filter(({ type }) => type === 'aggregation');
    expect(begun).toHaveLength(round + 1); // nothing of a later round was released
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
      {
        transport: answering(inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] })), () =>
          Promise.reject(new Error('x')),
        ),
      },
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
    const late = answering(transport, async (_id, _task, _signal, pass) => {
      if (asked++ === 0) return { ...(await pass()), clientId: 'another' };
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('late');
    });
    await expect(runFederation(federationOf({ transport: late }))).rejects.toMatchObject({
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
    const stopping = answering(transport, (_id, { round }, _signal, pass) => {
      if (round < 2) return pass();
      controller.abort();
      return new Promise(() => undefined);
    });
    const run = runFederation(federationOf({ checkpoints, signal: controller.signal, transport: stopping }));
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await checkpoints.load('run-1'))!.nextRound).toBe(2);
  });

  it('before the first round charges nobody and asks nobody', async () => {
    const answer = vi.fn();
    const save = vi.fn();
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    const { simulationOnly: _, ...federation } = federationOf({
      transport: answering(transport, answer),
      signal: AbortSignal.abort(),
      checkpoints: { ...memoryCheckpointStore(), save },
    });
    void _;
    await expect(runFederation(federation)).rejects.toMatchObject({ code: 'ABORTED' });
    for (const spy of [answer, save]) expect(spy).not.toHaveBeenCalled();
  });
});
