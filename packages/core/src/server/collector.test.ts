import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Collector } from '../interfaces/collector.js';
import type { Task, Update } from '../interfaces/messages.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleFederation, exampleResult, fakeAccountant, fakeClient, fakeEvent, fakeMechanism, meanAggregator, type MeanState } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { filled } from '../testing/rounds.js';
import { buffered } from './collector.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

/** Clients whose answers are given when the test says so, by id and round. */
function patients(ids: readonly string[], spent: Update['spent'] = []) {
  const waiting = new Map<string, () => void>();
  const asked: string[] = [];
  const tasks: Task[] = [];
  const answerOf = (id: string, round: number): Update =>
    exampleResult({ clientId: id, baseRound: round, payload: filled(1), weight: 1, metrics: {}, spent });
  const clients = ids.map((id) =>
    fakeClient(id, (task, signal) => {
      const { round } = task;
      asked.push(`${id} ${round}`);
      tasks.push(task);
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')));
        waiting.set(`${id} ${round}`, () => resolve(answerOf(id, round)));
      });
    }),
  );
  /** Lets them answer, one after the other; each must have been asked by then, or soon. */
  const answer = async (...given: readonly string[]): Promise<void> => {
    for (const which of given) {
      await vi.waitFor(() => expect(asked).toContain(which));
      waiting.get(which)!();
      await sleep(0);
    }
  };
  return { transport: inMemoryTransport(clients), asked, tasks, answer };
}

const bufferedPlan = (changes: Parameters<typeof examplePlan>[0] = {}) =>
  examplePlan({ rounds: 3, collector: { name: 'buffered' }, ...changes });
const takesStale = (changes = {}) =>
  meanAggregator({ provides: ['individual-updates', 'sum-only', 'stale-updates'], ...changes });
const federationOf = (changes: Partial<Federation<MeanState>>): Federation<MeanState> =>
  exampleFederation({
    ...{ plan: bufferedPlan(), collector: buffered({ size: 1, patience: 2 }), aggregator: takesStale() },
    ...changes,
  });

describe('buffered', () => {
  it('ends a round with the first updates; who is still at work is waiting and not dropped, and comes later', async () => {
    const { transport, asked, answer } = patients(['a', 'b', 'c']);
    const audit = memoryAuditSink();
    const run = runFederation(federationOf({ transport, audit }));
    await answer('b 0', 'b 1', 'c 0');
    const { rounds, model } = await run;
    expect(
      rounds.map(({ participants, waiting, stale, dropped }) => ({ participants, waiting, stale, dropped })),
    ).toEqual([
      { participants: ['b'], waiting: ['a', 'c'], stale: [], dropped: [] },
      { participants: ['b'], waiting: ['a', 'c'], stale: [], dropped: [] },
      { participants: ['c'], waiting: ['b'], stale: [{ id: 'c', baseRound: 0 }], dropped: [{ ...lost('a'), reason: 'no answer within 2 further rounds' }] }, // prettier-ignore
    ]);
    expect(asked).toEqual(['a 0', 'b 0', 'c 0', 'b 1', 'b 2']); // nobody twice while at work
    expect(model.values[0]).toBe(3);
    expect(audit.events.filter(({ type }) => type === 'dropout').map(({ clientId }) => clientId)).toEqual(['a']);
    expect(audit.events.findLast(({ type }) => type === 'aggregation')!.details).toMatchObject({
      stale: [{ id: 'c', baseRound: 0 }],
    });
  });

  it('tells a site of the newest update of its own that was taken, by the round that it was of', async () => {
    const { transport, tasks, answer } = patients(['a', 'b']);
    const run = runFederation(federationOf({ transport, plan: bufferedPlan({ rounds: 4 }) }));
    await answer('b 0', 'a 0', 'a 2', 'b 1');
    await run;
    const told = tasks.filter(({ taken }) => taken !== null).map(({ round, taken }) => [round, taken]);
    expect(told).toEqual([
      [1, 0], // b, whose update of round 0 is in round 0
      [2, 0], // a, whose update of round 0 is in round 1
      [3, 2], // a, whose update of round 2 is in round 2
    ]);
  });

  it('waits for as many as it says, those that failed not counted, and ends where nobody is at work any more', async () => {
    const { transport, answer } = patients(['a', 'b', 'c']);
    const failing = { ...transport, client: (id: string) => (id === 'a' ? { ...transport.client(id), answer: () => Promise.reject(new Error('gone')) } : transport.client(id)) }; // prettier-ignore
    const plan = bufferedPlan({ rounds: 1 });
    const run = runFederation(
      federationOf({ plan, transport: failing, collector: buffered({ size: 3, patience: 1 }) }),
    );
    await answer('b 0', 'c 0');
    expect((await run).rounds[0]).toMatchObject({ participants: ['b', 'c'], dropped: [{ id: 'a' }], waiting: [] });
  });

  it('asks whoever is free, however many are still at work', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const { transport, asked, answer } = patients(ids);
    const run = runFederation(federationOf({ transport, plan: bufferedPlan({ rounds: 2 }) }));
    await answer('a 0', 'a 1'); // the other three have no say in whether a is asked
    const { rounds } = await run;
    expect(asked).toEqual(['a 0', 'b 0', 'c 0', 'd 0', 'a 1']);
    expect(rounds.flatMap(({ dropped }) => dropped)).toEqual([]);
  });

  it('has no more at work than it may, drops nobody who was not asked, and charges only who was', async () => {
    const plan = bufferedPlan({ rounds: 2, privacy: examplePrivacy });
    const { transport, asked, answer } = patients(['a', 'b', 'c', 'd'], [fakeEvent]);
    const { gradient: _, ...mechanism } = fakeMechanism();
    void _;
    const priced = { mechanisms: [mechanism], accountant: fakeAccountant };
    const run = runFederation(federationOf({ transport, plan, concurrency: 2, ...priced }));
    await answer('a 0', 'b 0');
    const { rounds, privacy } = await run;
    expect(asked).toEqual(['a 0', 'b 0', 'a 1']);
    expect(rounds.flatMap(({ dropped }) => dropped)).toEqual([]);
    const epsilons = privacy!.perClient.map(({ id, epsilon }) => [id, epsilon]);
    expect(epsilons).toEqual([['a', 0.2], ['b', 0.1], ['c', 0], ['d', 0]]); // prettier-ignore
  });

  it('charges a site when it is asked, and not again while it is at work', async () => {
    const plan = bufferedPlan({ privacy: { ...examplePrivacy, budget: { epsilon: 1 } } });
    const { transport, answer } = patients(['a', 'b'], [fakeEvent]);
    const { gradient: _, ...mechanism } = fakeMechanism();
    void _;
    const epsilons: (number | null)[] = [];
    const onRound: Federation['onRound'] = ({ epsilon }) => void epsilons.push(epsilon);
    const run = runFederation(federationOf({ transport, plan, mechanisms: [mechanism], accountant: fakeAccountant, onRound })); // prettier-ignore
    await answer('b 0', 'b 1', 'a 0');
    const { privacy } = await run;
    expect(epsilons.map((epsilon) => epsilon!.toFixed(3))).toEqual(['0.100', '0.200', '0.300']);
    expect(privacy!.perClient.map(({ id, epsilon }) => [id, epsilon!.toFixed(3)])).toEqual([
      ['a', '0.100'],
      ['b', '0.300'],
    ]);
  });

  it('goes on after a kill with jobs under way: they are asked anew, and what was done is kept', async () => {
    const checkpoints = memoryCheckpointStore();
    const killed = () => {
      throw new Error('killed');
    };
    const first = patients(['a', 'b', 'c']);
    const onRound: Federation['onRound'] = ({ round }) => void (round === 1 && killed());
    const run = runFederation(federationOf({ transport: first.transport, checkpoints, onRound }));
    run.catch(() => undefined);
    await first.answer('b 0', 'b 1');
    await expect(run).rejects.toThrow('killed');
    const second = patients(['a', 'b', 'c']);
    const resumed = runFederation(federationOf({ transport: second.transport, checkpoints, resume: true }));
    await second.answer('a 2');
    const { rounds, model } = await resumed;
    expect(second.asked).toEqual(['a 2', 'b 2', 'c 2']);
    expect(rounds.map(({ participants }) => participants)).toEqual([['b'], ['b'], ['a']]);
    expect(rounds[1]!.waiting).toEqual(['a', 'c']);
    expect(model.values[0]).toBe(3);
  });

  it('stops those at work when the run is over', async () => {
    const { transport, answer } = patients(['a', 'b']);
    const stopped: string[] = [];
    const watched = { ...transport, client: (id: string) => ({ ...transport.client(id), answer: (task: Task, signal: AbortSignal) => (signal.addEventListener('abort', () => stopped.push(id)), transport.client(id).answer(task, signal)) }) }; // prettier-ignore
    const run = runFederation(federationOf({ transport: watched, plan: bufferedPlan({ rounds: 1 }) }));
    await answer('b 0');
    await run;
    expect(stopped).toEqual(['a']);
  });

  it('ends at an abort', async () => {
    const controller = new AbortController();
    const { transport, answer } = patients(['a', 'b']);
    const run = runFederation(federationOf({ transport, signal: controller.signal }));
    run.catch(() => undefined);
    await answer('a 0');
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  });

  describe('at the deadline', () => {
    afterEach(() => void vi.useRealTimers());

    it('ends a round with those that came, and waits for the others in the next', async () => {
      vi.useFakeTimers();
      const late = fakeClient('late', ({ round }) => sleepOf(90, () => exampleResult({ clientId: 'late', baseRound: round, weight: 1 }))); // prettier-ignore
      const soon = fakeClient('soon', ({ round }) => exampleResult({ clientId: 'soon', baseRound: round, weight: 1 }));
      const run = runFederation(federationOf({ plan: bufferedPlan({ rounds: 2 }), transport: inMemoryTransport([soon, late]), deadlineSeconds: 60, collector: buffered({ size: 2, patience: 1 }) })); // prettier-ignore
      await vi.advanceTimersByTimeAsync(200_000);
      const { rounds } = await run;
      expect(rounds[0]).toMatchObject({ participants: ['soon'], waiting: ['late'], dropped: [] });
      expect(rounds[1]).toMatchObject({ participants: ['late', 'soon'], stale: [{ id: 'late', baseRound: 0 }] });
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  it.each([
    ['a size of 0', { size: 0, patience: 1 }, 'size'],
    ['a size that is none', { size: 1.5, patience: 1 }, 'size'],
    ['no patience', { size: 1, patience: 0 }, 'patience'],
  ])('refuses %s', (_, options, subject) => {
    expect(() => buffered(options)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });
});

describe('a collector', () => {
  const refused = (changes: Partial<Federation<MeanState>>, message: RegExp, subject: string) =>
    expect(runFederation(federationOf(changes))).rejects.toMatchObject({
      ...{
        code: expect.stringMatching(/^CONFIG_/) as string,
        subject,
        message: expect.stringMatching(message) as string,
      },
    });

  it('is refused where the aggregator takes no updates of earlier rounds', () =>
    refused({ aggregator: meanAggregator() }, /collector buffered needs stale-updates, which aggregator mean/, 'privacy.mechanisms')); // prettier-ignore

  it('is refused where the aggregator needs what it takes away', () =>
    refused({ aggregator: takesStale({ requires: ['fresh-updates'] }) }, /aggregator mean needs fresh-updates, which collector buffered takes away/, 'privacy.mechanisms')); // prettier-ignore

  it('is refused where a mechanism needs what it takes away', () =>
    refused(
      {
        plan: bufferedPlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'masks' }] } }),
        mechanisms: [{ name: 'masks', requires: ['fresh-updates'] }],
      },
      /masks needs fresh-updates, which collector buffered takes away/,
      'privacy.mechanisms',
    ));

  it('is refused where the plan names another', async () => {
    await refused({ plan: examplePlan() }, /names collector everyone, given was buffered/, 'collector');
    const { collector: _, ...without } = federationOf({});
    void _;
    await expect(runFederation(without)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'collector' });
  });

  it('is refused where no round could meet the quorum', () =>
    refused({ plan: bufferedPlan({ quorum: 2 }), concurrency: 1 }, /quorum is 2, .* no more than 1 clients/, 'quorum'));

  it('that throws ends the run by what it throws, and leaves no rejection unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const error = new TypeError('a bug');
    for (const first of [true, false]) {
      let looks = 0;
      const collector: Collector = { ...buffered({ size: 2, patience: 1 }), enough: () => { if (first || looks++ > 0) throw error; return false; } }; // prettier-ignore
      const clients = ['a', 'b'].map((id) =>
        fakeClient(id, async () => (await sleep(2), exampleResult({ clientId: id }))),
      );
      await expect(runFederation(federationOf({ collector, transport: inMemoryTransport(clients) }))).rejects.toBe(
        error,
      );
    }
    await sleep(10);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

const lost = (id: string) => ({ id, code: 'DEADLINE_PASSED', weightLost: null });
const sleepOf = <T>(seconds: number, give: () => T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(give()), 1000 * seconds));
