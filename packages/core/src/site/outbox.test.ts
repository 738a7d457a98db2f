import { describe, expect, it, vi } from 'vitest';
import type { KeptAnswer, Outbox, OutboxKey } from '../interfaces/outbox.js';
import { planHash } from '../plan/plan.js';
import { memoryAuditSink } from '../memory/audit.js';
import { exampleSite, exampleTask, fakeTrainer, neverFired } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';

/** An outbox as a file would be: it outlives the site. */
function lasting(): Outbox & { readonly kept: [OutboxKey, KeptAnswer][] } {
  const kept: [OutboxKey, KeptAnswer][] = [];
  return {
    kept,
    find: async ({ task }) => structuredClone(kept.find(([key]) => key.task === task)?.[1]),
    keep: async (key, answer) => void kept.push([key, structuredClone(answer)]),
  };
}

const plan = examplePlan();
const task = exampleTask({ planHash: planHash(plan) });

describe('a site with an outbox of its own', () => {
  it('gives what it gave before the process that trained died, and trains nothing twice', async () => {
    const outbox = lasting();
    const train = vi.fn(fakeTrainer().train);
    const siteAnew = () => exampleSite('a', { plan, outbox, trainer: fakeTrainer({ train }) });
    const first = await siteAnew().answer(task, neverFired);
    expect(await siteAnew().answer(task, neverFired)).toEqual(first);
    // Where the server's log stands is no part of what is asked.
    expect(await siteAnew().answer({ ...task, head: { index: 9, root: 'ab' } }, neverFired)).toEqual(first);
    expect(train).toHaveBeenCalledTimes(1);
    await siteAnew().answer({ ...task, round: 1 }, neverFired);
    expect(train).toHaveBeenCalledTimes(2);
  });

  it('keeps an answer after its log has it, and before it leaves', async () => {
    const order: string[] = [];
    const audit = memoryAuditSink();
    const logged = { ...audit, append: async (event: never) => (order.push('log'), audit.append(event)) };
    const outbox: Outbox = { find: async () => undefined, keep: async () => void order.push('outbox') };
    await exampleSite('a', { plan, outbox, audit: logged }).answer(task, neverFired).then(() => order.push('left')); // prettier-ignore
    expect(order).toEqual(['log', 'outbox', 'left']);
    const full: Outbox = { ...outbox, keep: () => Promise.reject(new Error('disk full')) };
    await expect(exampleSite('a', { plan, outbox: full }).answer(task, neverFired)).rejects.toThrow('disk full');
  });

  it('is not changed by what becomes of an answer', async () => {
    const outbox = lasting();
    const site = exampleSite('a', { plan, outbox });
    const first = await site.answer(task, neverFired);
    const values = [...first.payload.values];
    first.payload.values.fill(7);
    const second = await site.answer(task, neverFired);
    expect([...second.payload.values]).toEqual(values);
    second.payload.values.fill(7);
    expect([...(await site.answer(task, neverFired)).payload.values]).toEqual(values);
  });
});
