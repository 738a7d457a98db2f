import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaffold, scaffoldSite } from './index.js';
import { gradientAt, optimumOf, play, type Progress, type Quadratics } from './testing/quadratics.js';

/** Three sites that pull in different directions, each with a curvature of its own: FedAvg's fixed point is off the optimum. */
const problem: Quadratics = {
  H: [
    [[2, 0.3], [0.3, 0.4]],
    [[0.3, 0], [0, 1.5]],
    [[1, -0.4], [-0.4, 0.8]],
  ], // prettier-ignore
  a: [[2, -1], [-3, 0.5], [0.5, 4]], // prettier-ignore
  local_steps: 10,
  local_lr: 0.1,
};
const weights = [100, 30, 3];
const halves = (options: Parameters<typeof scaffold>[0] = {}) => ({
  server: scaffold(options),
  site: scaffoldSite(options),
});
const everyone = (rounds: number) => Array.from({ length: rounds }, () => [0, 1, 2]);
const twoOfThree = (rounds: number) => Array.from({ length: rounds }, (_, round) => [round % 3, (round + 1) % 3]);

const away = (progress: readonly Progress[], optimum: readonly number[]) =>
  Math.hypot(...optimum.map((w, i) => w - progress.at(-1)!.state.model[i]!));

describe('scaffold', () => {
  it.each(['I', 'II'] as const)(
    'by option %s gets to the optimum of all records where FedAvg stays away',
    async (option) => {
      const optimum = optimumOf(problem, weights);
      // Without control variates the sites' corrections are 0: FedAvg.
      const { server, site } = halves();
      const still = { ...server, apply: (...given: Parameters<typeof server.apply>) => ({ ...server.apply(...given), controls: new Float64Array(2) }) }; // prettier-ignore
      const forgetful = { ...site, answer: async (context: Parameters<typeof site.answer>[0]) => site.answer({ ...context, state: null }) }; // prettier-ignore
      expect(
        away(await play(problem, { server: still, site: forgetful }, everyone(100), weights), optimum),
      ).toBeGreaterThan(0.1);
      expect(away(await play(problem, halves({ option }), everyone(100), weights), optimum)).toBeLessThan(1e-5);
    },
  );

  it('with uniform weighting gets to the optimum in which each site counts the same', async () => {
    const optimum = optimumOf(problem, [1, 1, 1]);
    expect(away(await play(problem, halves({ weighting: 'uniform' }), everyone(100), weights), optimum)).toBeLessThan(
      1e-5,
    );
    expect(away(await play(problem, halves(), everyone(100), weights), optimum)).toBeGreaterThan(0.1);
  });

  it('keeps the sum of all control variates, weighted, whoever is asked and whatever is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.subarray([0, 1, 2], { minLength: 1 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 3 }),
        fc.constantFrom('I' as const, 'II' as const),
        async (participants, sizes, option) => {
          // The last of a round's sites gets lost where there are others.
          const lost = (round: number, site: number) => {
            const asked = participants[round]!;
            return asked.length > 1 && site === asked.at(-1);
          };
          const progress = await play(problem, halves({ option }), participants, sizes, lost);
          for (const { state, sites } of progress)
            for (const j of [0, 1]) {
              const sum = sites.reduce((total, control, i) => total + sizes[i]! * (control?.[j] ?? 0), 0);
              const size = sites.reduce((total, control, i) => total + sizes[i]! * Math.abs(control?.[j] ?? 0), 0);
              expect(Math.abs(state.controls[j]! - sum)).toBeLessThanOrEqual(1e-12 * size);
            }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gets there with sites of unequal size that are asked by turns, and with answers that are lost', async () => {
    const slow = { ...problem, local_lr: 0.02 };
    const lost = (round: number, site: number) => round % 3 === 1 && site === 1;
    const weighted = optimumOf(problem, weights);
    expect(away(await play(slow, halves(), everyone(600), weights, lost), weighted)).toBeLessThan(1e-4);
    const uniform = optimumOf(problem, [1, 1, 1]);
    expect(away(await play(slow, halves({ weighting: 'uniform' }), twoOfThree(600), weights), uniform)).toBeLessThan(
      1e-4,
    );
    expect(away(await play(slow, halves(), twoOfThree(600), weights), weighted)).toBeLessThan(1e-4);
  });

  it('by option I remembers the gradient at the model that was sent', async () => {
    const [first] = await play(problem, halves({ option: 'I' }), everyone(1), weights);
    first!.sites.forEach((control, i) =>
      gradientAt(problem, i, [0, 0]).forEach((g, j) => expect(control![j]!).toBeCloseTo(g, 6)),
    );
  });
});
