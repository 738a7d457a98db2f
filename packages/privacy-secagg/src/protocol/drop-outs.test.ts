import { describe, expect, it } from 'vitest';
import { idsOf, plainSum, runRound } from '../testing/round.js';

// Each pattern of drop-outs of five sites is in drop-outs.slow.test.ts.
describe('the sum', () => {
  const updates = new Map(idsOf(4).map((id, i) => [id, Uint32Array.of(i, 2 ** 32 - 1 - i)]));

  it('is the plain sum, word by word, with whoever is silent recovered from', async () => {
    const whole = await runRound({ updates });
    expect(whole.unmasked.words).toEqual(plainSum(updates, updates.keys()));
    expect(whole.unmasked.recovered).toEqual([]);
    const [gone, ...left] = idsOf(4) as [string, ...string[]];
    for (const stage of ['deliver', 'update'] as const) {
      const { unmasked } = await runRound({ updates, silent: (id, at) => id === gone && at === stage });
      expect(unmasked.words).toEqual(plainSum(updates, left));
      expect(unmasked.recovered).toEqual([gone]);
    }
  });

  it('is not there below the threshold', async () => {
    const two = new Set(idsOf(2));
    const round = runRound({ updates, silent: (id, at) => two.has(id) && at === 'update' });
    await expect(round).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });

  it('is of a site too that comes back in a later round', async () => {
    const first = await runRound({ updates, silent: (id) => id === 'hospital-001' });
    expect(first.unmasked.survivors).not.toContain('hospital-001');
    const second = await runRound({ updates, round: 1 });
    expect(second.unmasked.words).toEqual(plainSum(updates, updates.keys()));
  });
});
