import { describe, expect, it, vi } from 'vitest';
import type { DpEvent } from './events.js';
import { fakeAccountant, fakeEvent } from '../testing/fakes.js';
import { memoryLedger } from '../site/ledger.js';
import { Spending } from './spending.js';

const spendingOf = (ledgers?: Record<string, DpEvent>, create = fakeAccountant) =>
  new Spending(create, 'add-or-remove-one', 1e-5, ledgers);

describe('Spending', () => {
  it('adds up by client, and is the maximum over clients', () => {
    const spending = spendingOf();
    expect(spending.maximum).toBe(0);
    expect(spending.epsilon('a')).toBe(0);
    spending.charge('a', fakeEvent);
    spending.charge('b', fakeEvent);
    spending.charge('b', fakeEvent);
    expect(spending.epsilon('a')).toBeCloseTo(0.1, 12);
    expect(spending.epsilon('b')).toBeCloseTo(0.2, 12);
    expect(spending.epsilon('c')).toBe(0);
    expect(spending.maximum).toBeCloseTo(0.2, 12);
    expect(spending.spent).toEqual({ a: fakeEvent, b: { type: 'repeated', event: fakeEvent, count: 2 } });
  });

  it('goes on from the ledgers of a checkpoint', () => {
    const before = spendingOf();
    for (const id of ['a', '__proto__', 'constructor']) before.charge(id, fakeEvent);
    const after = spendingOf(JSON.parse(JSON.stringify(before.spent)) as Record<string, DpEvent>);
    after.charge('__proto__', fakeEvent);
    expect(['a', '__proto__', 'constructor', 'toString'].map((id) => after.epsilon(id))).toEqual([0.1, 0.2, 0.1, 0]);
  });

  it('keeps its maximum where others are charged later, and finds that of a checkpoint', () => {
    const spending = spendingOf({ a: { type: 'repeated', event: fakeEvent, count: 5 }, b: fakeEvent });
    expect(spending.maximum).toBeCloseTo(0.5, 12);
    spending.charge('c', fakeEvent);
    expect(spending.maximum).toBeCloseTo(0.5, 12);
    for (let i = 0; i < 5; i++) spending.charge('b', fakeEvent);
    expect(spending.maximum).toBeCloseTo(0.6, 12);
    expect(spending.clients).toEqual(['a', 'b', 'c']);
  });

  it('tells histories apart by what they hold, in whatever order it was spent', () => {
    const other: DpEvent = { type: 'gaussian', noiseMultiplier: 5 };
    const spending = spendingOf();
    for (const event of [fakeEvent, other]) spending.charge('a', event);
    for (const event of [other, fakeEvent]) spending.charge('b', event);
    spending.charge('c', other);
    expect(['a', 'b', 'c'].map((id) => spending.epsilon(id))).toEqual([0.1 + 0.2, 0.1 + 0.2, 0.2]);
  });

  it('has no finite epsilon for what no bound covers', () => {
    const spending = spendingOf();
    spending.charge('a', { type: 'non-private', reason: 'x' });
    expect(spending.epsilon('a')).toBeNull();
    expect(spending.maximum).toBeNull();
    expect(() => JSON.stringify(spending.spent)).not.toThrow();
  });

  it('refuses one event too many, names the site, and leaves the ledgers as they were', () => {
    const spending = spendingOf({ b: { type: 'repeated', event: fakeEvent, count: 5 } });
    const before = spending.spent;
    expect(() => spending.assertWithin(0.65, ['a', 'b'], fakeEvent, 7)).not.toThrow();
    expect(() => spending.assertWithin(0.55, ['a', 'b'], fakeEvent, 7)).toThrow(
      expect.objectContaining({
        code: 'BUDGET_EXCEEDED',
        subject: 'b',
        message: expect.stringMatching(/round 7 .* b .*epsilon 0\.60000 at delta 0\.00001.*0\.55/) as string,
      }),
    );
    expect(() => spending.assertWithin(0.55, ['a'], fakeEvent, 7)).not.toThrow();
    expect(spending.spent).toEqual(before);
  });

  it('allows a budget to be spent to its end', () => {
    expect(() => spendingOf().assertWithin(0.1, ['a'], fakeEvent, 0)).not.toThrow();
    expect(() => spendingOf().assertWithin(0.1 - 1e-12, ['a'], fakeEvent, 0)).toThrow();
  });

  it.each([Number.NaN, Infinity])('refuses an epsilon of %s: it is no bound', (epsilon) => {
    const spending = spendingOf({}, (adjacency) => ({ ...fakeAccountant(adjacency), epsilon: () => epsilon }));
    expect(() => spending.assertWithin(1e9, ['a'], fakeEvent, 0)).toThrow(
      expect.objectContaining({ code: 'BUDGET_EXCEEDED' }),
    );
  });

  it('asks the accountant once for all sites with the same history', () => {
    const create = vi.fn(fakeAccountant);
    const spending = spendingOf({}, create);
    const ids = Array.from({ length: 1000 }, (_, i) => `hospital-${i}`);
    for (let round = 0; round < 3; round++) {
      spending.assertWithin(1, ids, fakeEvent, round);
      for (const id of ids) spending.charge(id, fakeEvent);
      expect(spending.maximum).toBeCloseTo(0.1 * (round + 1), 12);
    }
    expect(create).toHaveBeenCalledTimes(3);
    expect(create).toHaveBeenCalledWith('add-or-remove-one');
  });
});

describe('memoryLedger', () => {
  const options = { clientId: 'a', accountant: fakeAccountant, adjacency: 'add-or-remove-one', delta: 1e-5 } as const;
  const charge = {
    ...{ planHash: 'sha256:00', runId: 'run-1', round: 0, event: fakeEvent },
    ...({ unit: 'record', adjacency: 'add-or-remove-one', simulationOnly: true } as const),
  };

  it('writes down charges until one is too much, and that one not', async () => {
    const ledger = memoryLedger({ ...options, budget: 0.25 });
    expect(ledger.spent).toEqual({ type: 'none' });
    await ledger.charge(charge);
    await ledger.charge({ ...charge, round: 1 });
    await expect(ledger.charge({ ...charge, round: 2 })).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      subject: 'a',
    });
    expect(ledger.spent).toEqual({ type: 'repeated', event: fakeEvent, count: 2 });
  });

  it('refuses a charge under another adjacency, and writes nothing down', async () => {
    const ledger = memoryLedger({ ...options, budget: 1 });
    const error = { code: 'CONFIG_INCOMPATIBLE', subject: 'adjacency', message: expect.stringContaining('of a is') };
    await expect(ledger.charge({ ...charge, adjacency: 'replace-one' })).rejects.toMatchObject(error);
    expect(ledger.spent).toEqual({ type: 'none' });
  });

  it('counts what the site had spent before', async () => {
    const spent: DpEvent = { type: 'repeated', event: fakeEvent, count: 2 };
    await expect(memoryLedger({ ...options, budget: 0.25, spent }).charge(charge)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
  });
});
