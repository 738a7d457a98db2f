import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import { exampleResult } from '../testing/fakes.js';
import { Collection, type Arrival, type CollectOptions } from './collect.js';
import { everyone } from './collector.js';

const cohort = Array.from({ length: 12 }, (_, i) => `hospital-${i}`);
const answer = (clientId: string) => exampleResult({ clientId });

const collect = (options: Pick<CollectOptions, 'cohort' | 'ask' | 'concurrency'> & Partial<CollectOptions>) =>
  new Collection().round({ round: 0, collector: everyone, ...options });

async function collectAll(options: Partial<CollectOptions>): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for await (const arrival of collect({ cohort, ask: async (id) => answer(id), concurrency: 4, ...options }))
    arrivals.push(arrival);
  return arrivals;
}

describe('collect', () => {
  it.each([1, 2, 5, 12, 100])(
    'hands on in cohort order, %i at a time, whatever the order of arrival',
    async (concurrency) => {
      const arrived: string[] = [];
      const arrivals = await collectAll({
        concurrency,
        ask: async (id) => {
          await sleep((id.charCodeAt(id.length - 1) * 7) % 13);
          arrived.push(id);
          return answer(id);
        },
      });
      expect(arrivals.map(({ clientId }) => clientId)).toEqual(cohort);
      expect(arrivals.map(({ outcome }) => (outcome as { clientId: string }).clientId)).toEqual(cohort);
      if (concurrency >= 5) expect(arrived).not.toEqual(cohort);
    },
  );

  it.each([1, 3])('has no more than %i under way or waiting', async (concurrency) => {
    let [asked, handedOn, most] = [0, 0, 0];
    const ask = async (id: string) => {
      most = Math.max(most, ++asked - handedOn);
      await sleep(id === 'hospital-0' ? 30 : 1); // all others wait for the first
      return answer(id);
    };
    for await (const _ of collect({ cohort, ask, concurrency })) {
      handedOn++;
      void _;
    }
    expect(asked).toBe(12);
    // The one that is being handed on has left the window.
    expect(most).toBe(concurrency);
  });

  it('hands on failures as arrivals, with their code', async () => {
    const failures: Record<string, () => unknown> = {
      'hospital-1': () => Promise.reject(new FedwardError('PLAN_NOT_APPROVED', 'not mine', 'x')),
      'hospital-2': () => Promise.reject(new Error('out of memory')),
      'hospital-3': () => {
        throw new TypeError('at once');
      },
      'hospital-4': () => Promise.reject('text'),
      'hospital-5': () => Promise.reject(undefined),
    };
    const arrivals = await collectAll({ ask: async (id) => (failures[id]?.() as never) ?? answer(id) });
    const outcomes = arrivals.map(({ outcome }) =>
      outcome instanceof Error ? [outcome.code, outcome.message] : 'fine',
    );
    expect(outcomes).toEqual([
      'fine',
      ['PLAN_NOT_APPROVED', 'not mine'],
      ['CLIENT_FAILED', 'hospital-2 failed: out of memory'],
      ['CLIENT_FAILED', 'hospital-3 failed: at once'],
      ['CLIENT_FAILED', 'hospital-4 failed: text'],
      ['CLIENT_FAILED', 'hospital-5 failed: undefined'],
      ...Array<string>(6).fill('fine'),
    ]);
    expect(arrivals[1]!.outcome).toMatchObject({ subject: 'hospital-1' });
  });

  it('cuts what a client says, and makes it fit for JSON', async () => {
    const [arrival] = await collectAll({
      cohort: ['a'],
      ask: () => Promise.reject(new Error(`\ud800${'x'.repeat(1_000_000)}`)),
    });
    const { message } = arrival!.outcome as FedwardError;
    expect(message.length).toBeLessThan(600);
    expect(message.isWellFormed()).toBe(true);
  });

  it('takes a code that is none for a failure', async () => {
    const foreign = Object.assign(new Error('x'), { name: 'FedwardError', code: 'x'.repeat(100_000) });
    const [arrival] = await collectAll({ cohort: ['a'], ask: () => Promise.reject(foreign) });
    expect(arrival!.outcome).toMatchObject({ code: 'CLIENT_FAILED' });
  });

  it('drops who is silent at the deadline, also where the signal is ignored, and keeps the others', async () => {
    const arrivals = await collectAll({
      deadlineSeconds: 0.05,
      concurrency: 12,
      ask: (id) => (id === 'hospital-3' ? new Promise(() => undefined) : Promise.resolve(answer(id))),
    });
    const codes = arrivals.map(({ outcome }) => (outcome instanceof Error ? outcome.code : 'fine'));
    expect(codes).toEqual(cohort.map((id) => (id === 'hospital-3' ? 'DEADLINE_PASSED' : 'fine')));
  });

  it('asks nobody after the deadline', async () => {
    const ask = vi.fn(() => new Promise<never>(() => undefined));
    const arrivals = await collectAll({ deadlineSeconds: 0.03, concurrency: 2, ask });
    expect(arrivals.map(({ outcome }) => (outcome as FedwardError).code)).toEqual(cohort.map(() => 'DEADLINE_PASSED'));
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('tells the clients of the deadline', async () => {
    const reasons: unknown[] = [];
    await collectAll({
      cohort: ['a'],
      deadlineSeconds: 0.02,
      ask: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(new Error('late'));
          });
        }),
    });
    expect(reasons).toEqual([expect.objectContaining({ code: 'DEADLINE_PASSED' })]);
  });

  it('leaves no timer behind', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await collectAll({ deadlineSeconds: 1000 });
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBe(before);
  });

  it('ends at an abort, also where clients ignore it, and tells them', async () => {
    const controller = new AbortController();
    const heard: boolean[] = [];
    const collecting = collectAll({
      signal: controller.signal,
      concurrency: 12,
      ask: (_, signal) => {
        signal.addEventListener('abort', () => heard.push(true));
        return new Promise(() => undefined);
      },
    });
    setTimeout(() => controller.abort(), 20);
    await expect(collecting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(heard).toHaveLength(12);
  });

  it("ends with the signal's own reason where that is a FedwardError", async () => {
    const reason = new FedwardError('STORAGE_FAILED', 'disk full');
    await expect(collectAll({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('asks nobody once it is aborted', async () => {
    const ask = vi.fn(async (id: string) => answer(id));
    await expect(collectAll({ signal: AbortSignal.abort(), ask })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(ask).not.toHaveBeenCalled();
  });

  it('stops the clients under way where its reader stops', async () => {
    const stopped: string[] = [];
    const reader = async () => {
      const ask = (id: string, signal: AbortSignal) => {
        if (id === 'hospital-0') return Promise.resolve(answer(id));
        signal.addEventListener('abort', () => stopped.push(id));
        return new Promise<never>(() => undefined);
      };
      for await (const _ of collect({ cohort, ask, concurrency: 3 })) throw new Error(`enough: ${_.clientId}`);
    };
    await expect(reader()).rejects.toThrow('enough: hospital-0');
    expect(stopped).toEqual(['hospital-1', 'hospital-2']);
  });

  it('leaves no listener on a signal that lives on, and no warning of a leak', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    for (let round = 0; round < 30; round++)
      await collectAll({ signal, concurrency: 12, ask: async (id, inner) => (await listening(inner), answer(id)) });
    await sleep(5);
    process.off('warning', onWarning);
    expect(add).toHaveBeenCalledTimes(30);
    expect(remove).toHaveBeenCalledTimes(30);
    expect(warnings).toEqual([]);
  });

  it('has nothing to do for an empty cohort', async () => {
    expect(await collectAll({ cohort: [], concurrency: 0 })).toEqual([]);
  });
});

/** As a transport waits: with a listener of its own. */
async function listening(signal: AbortSignal): Promise<void> {
  const listener = (): void => undefined;
  signal.addEventListener('abort', listener);
  await sleep(1);
  signal.removeEventListener('abort', listener);
}

describe('a collection by a clock of its own', () => {
  const stopsAt = (seconds: number[]) => ({
    unit: 'ticks',
    after: (after: number, call: () => void) => {
      seconds.push(after);
      const soon = setTimeout(call, 5);
      return () => clearTimeout(soon);
    },
  });
  const lateOnes = (id: string) =>
    id === 'hospital-3' ? new Promise<never>(() => undefined) : Promise.resolve(answer(id));

  it.each([
    ['in order', everyone],
    ['until there is enough', { ...everyone, enough: () => false }],
  ])('has its deadline told by that, %s', async (_, collector) => {
    const asked: number[] = [];
    const options = { collector, deadlineSeconds: 86_400, clock: stopsAt(asked), concurrency: 12 };
    const arrivals = await collectAll({ ...options, ask: lateOnes });
    expect(asked).toEqual([86_400]);
    const failed = arrivals.filter(({ outcome }) => outcome instanceof FedwardError);
    expect(failed.map(({ clientId }) => clientId)).toEqual(['hospital-3']);
    expect(failed[0]!.outcome).toMatchObject({
      ...{ code: 'DEADLINE_PASSED', message: 'no answer within 86400 ticks' },
    });
  });
});
