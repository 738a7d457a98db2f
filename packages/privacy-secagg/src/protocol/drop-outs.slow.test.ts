import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { idsOf, plainSum, runRound, stages, type AnyStage } from '../testing/round.js';
import { thresholdOf } from './context.js';

const updatesOf = (n: number, seed = 1, size = 5) => {
  const random = new Random(seed);
  return new Map(idsOf(n).map((id) => [id, Uint32Array.from({ length: size }, () => random.integer(0, 2 ** 32))]));
};

describe('the sum', () => {
  it.each([3, 5, 10, 50, 100])('of %i sites is the plain sum, word by word', async (n) => {
    const updates = updatesOf(n);
    const { unmasked } = await runRound({ updates });
    expect(unmasked.words).toEqual(plainSum(updates, updates.keys()));
    expect(unmasked.recovered).toEqual([]);
    expect(unmasked.threshold).toBe(thresholdOf(n));
  });

  it('is recovered from each set of drop-outs at each stage down to the threshold, and below it nothing is', async () => {
    const ids = idsOf(5);
    const updates = updatesOf(5, 2);
    for (const stage of stages)
      for (let set = 0; set < 32; set++)
        await check(updates, new Map(ids.filter((_, i) => set & (1 << i)).map((id) => [id, stage])));
  });

  it('is recovered whichever two of five fall silent, each at a stage of its own', async () => {
    const ids = idsOf(5);
    const updates = updatesOf(5, 4);
    for (const [i, a] of ids.entries())
      for (const b of ids.slice(i + 1))
        for (const atA of stages) for (const atB of stages) await check(updates, new Map([[a, atA], [b, atB]])); // prettier-ignore
  });

  it('is recovered whoever of ten falls silent, wherever', async () => {
    const random = new Random(3);
    const updates = updatesOf(10, 3);
    for (let k = 0; k < 40; k++) {
      const gone = idsOf(10).filter(() => random.uniform() < 0.2);
      await check(updates, new Map(gone.map((id) => [id, stages[random.integer(0, stages.length)]!])));
    }
  });
});

/** What came of a round in which sites fall silent at stages. */
export async function check(
  updates: ReadonlyMap<string, Uint32Array>,
  silentAt: ReadonlyMap<string, AnyStage>,
): Promise<void> {
  const n = updates.size;
  const threshold = thresholdOf(n);
  const before = (stage: AnyStage): string[] =>
    [...updates.keys()].filter((id) => {
      const at = silentAt.get(id);
      return at === undefined || stages.indexOf(at) > stages.indexOf(stage);
    });
  const round = runRound({ updates, silent: (id, stage) => silentAt.get(id) === stage });
  const what = JSON.stringify([...silentAt]);
  if (before('unmask').length < threshold) {
    await expect(round, what).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    return;
  }
  const { unmasked } = await round;
  const sum = before('update');
  expect(unmasked.survivors, what).toEqual(sum);
  expect(unmasked.words, what).toEqual(plainSum(updates, sum));
  expect(unmasked.recovered, what).toEqual(before('shares').filter((id) => !sum.includes(id)));
}
