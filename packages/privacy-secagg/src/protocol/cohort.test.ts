import { describe, expect, it } from 'vitest';
import { identityFrom } from '../crypto/identity.js';
import { Hospital, idsOf, plan } from '../testing/round.js';
import { givenIdentities } from './identities.js';

const ids = idsOf(10);
const keys = new Map(ids.map((id, i) => [id, identityFrom(new Uint8Array(32).fill(i + 1))]));
const identities = givenIdentities(
  Object.fromEntries([...keys].map(([id, { publicKey }]) => [id, Buffer.from(publicKey).toString('hex')])),
  (id) => keys.get(id)?.secretKey,
);

describe('of a cohort that the server chooses', () => {
  const ask = (asked: number, cohort: typeof plan.cohort) => {
    const hospital = new Hospital(ids[0]!, identities);
    const context = { ...hospital.context(ids.slice(0, asked)), plan: { ...plan, cohort } };
    return hospital.half.answer({ stage: 'keys' }, context);
  };

  it('a site wants as many as two thirds of those whom the plan asks, not of fewer whom it is told', async () => {
    await expect(ask(7, { select: 'all' })).resolves.toHaveProperty('mask');
    await expect(ask(6, { select: 'all' })).rejects.toMatchObject({ code: 'THRESHOLD_TOO_LOW' });
    await expect(ask(5, { select: 'uniform', size: 6 })).resolves.toHaveProperty('mask');
    await expect(ask(4, { select: 'uniform', size: 6 })).rejects.toMatchObject({ code: 'THRESHOLD_TOO_LOW' });
    await expect(ask(4, { select: 'cyclic', groups: 2 })).resolves.toHaveProperty('mask');
    await expect(ask(3, { select: 'cyclic', groups: 2 })).rejects.toMatchObject({ code: 'THRESHOLD_TOO_LOW' });
  });
});
