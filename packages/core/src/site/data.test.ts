import { describe, expect, it, vi } from 'vitest';
import { planHash } from '../plan/plan.js';
import { memoryAuditSink } from '../memory/audit.js';
import { secretRandomness } from '../random/randomness.js';
import { exampleData, exampleSite, exampleTask, fakeMechanism, neverFired } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';

const plan = examplePlan({ privacy: examplePrivacy });
const priced = { plan, mechanisms: [fakeMechanism()] };
const taskOf = (round = 0) => exampleTask({ planHash: planHash(plan), round });

describe('data that are given as a function', () => {
  it('are made when they are needed, and once', async () => {
    const data = vi.fn(async () => exampleData(3));
    const site = exampleSite('a', { ...priced, data });
    await site.describe(neverFired);
    await site.propose(plan, neverFired);
    expect(data).not.toHaveBeenCalled();
    await Promise.all([0, 1].map((round) => site.answer(taskOf(round), neverFired)));
    await site.answer(taskOf(2), neverFired);
    expect(data).toHaveBeenCalledTimes(1);
  });

  it('give the same as data that are there', async () => {
    const answer = async (data: Parameters<typeof exampleSite>[1]) => exampleSite('a', { ...priced, ...data }).answer(taskOf(), neverFired); // prettier-ignore
    expect(await answer({ data: () => exampleData(3, 2) })).toEqual(await answer({ data: exampleData(3, 2) }));
  });

  it.each([
    ['no records', 'DATA_EMPTY', () => exampleData(0)],
    [
      'records that hang on one another',
      'CONFIG_INCOMPATIBLE',
      () => ({ ...exampleData(3), sharedStatistics: 'their mean' }),
    ],
    [
      'labels that the loss does not know',
      'LABEL_INVALID',
      () => ({ ...exampleData(3), labels: Float32Array.of(0, 1, 7) }),
    ],
    [
      'data that can not be read',
      'UNREADABLE',
      () => Promise.reject(Object.assign(new Error('no file'), { code: 'UNREADABLE' })),
    ],
  ])('with %s fail the round before anything is charged or counted', async (_, code, data) => {
    const charge = vi.fn();
    const take = vi.fn();
    const audit = memoryAuditSink();
    for (const options of [{ ledger: { charge } }, { answers: { take, giveBack: vi.fn() } }]) {
      const simulated = exampleSite('a', { ...priced, ...options, audit, data });
      await expect(simulated.answer(taskOf(), neverFired)).rejects.toMatchObject({ code });
      // Of real patients the server is not told what is wrong with them; the site's own people are.
      const onFailure = vi.fn();
      const real = exampleSite('a', { ...priced, ...options, audit, data, onFailure, randomness: secretRandomness() });
      await expect(real.answer(taskOf(), neverFired)).rejects.toMatchObject({
        ...{ code: 'CLIENT_FAILED', message: 'a failed at its data; the reason stays at the site' },
      });
      expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ code }), { runId: 'run-1', round: 0 });
    }
    expect(charge).not.toHaveBeenCalled();
    expect(take).not.toHaveBeenCalled();
    expect(audit.events.map(({ type }) => type)).not.toContain('training');
  });

  it('are not made for a task that is refused', async () => {
    const data = vi.fn(() => exampleData(3));
    const site = exampleSite('a', { ...priced, data });
    await expect(site.answer({ ...taskOf(), planHash: 'other' }, neverFired)).rejects.toMatchObject({
      code: 'PLAN_NOT_APPROVED',
    });
    expect(data).not.toHaveBeenCalled();
  });
});
