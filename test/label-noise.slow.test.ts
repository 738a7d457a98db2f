import { join } from 'node:path';
import { simulate, type SimulateOptions, type SimulationResult } from '@fedward/sim-healthcare';
import { describe, expect, it } from 'vitest';
import { mean, temporaryFolder } from './support/command.ts';

const seeds = [1, 2, 3, 4, 5];
const noise = { labelNoise: 0.3, noisyHospitals: 2 };
/** Chosen on seeds 101 to 105, whose patients are others (decision 111). */
const robust = { set: { 'training.objective.generalizedCrossEntropy.q': 0.9 } };

/** One run a seed of the tutorial's five hospitals, without privacy. */
async function runs(options: Partial<SimulateOptions>): Promise<SimulationResult[]> {
  const results = [];
  for (const seed of seeds) {
    const asked = { scenario: 'tutorial', privacy: 'none', local: false, seed, ...options };
    results.push(await simulate(asked, join(temporaryFolder(), 'run')));
  }
  return results;
}
const accuracies = (results: readonly SimulationResult[]): number[] =>
  results.map(({ final }) => final.metrics['accuracy']!);

/** For whoever runs it: figures of each seed. */
function say(what: string, figures: readonly (number | string)[]): void {
  const words = figures.map((figure) => (typeof figure === 'number' ? figure.toFixed(3) : figure));
  process.stdout.write(`${what}: ${words.join(' ')}\n`);
}

describe('labels of two of five hospitals wrong by 30 %', () => {
  it('accuracy within 0.02 of that on clean labels by generalized cross-entropy, and nothing lost without noise', async () => {
    const clean = accuracies(await runs({}));
    const noisy = accuracies(await runs(noise));
    const kept = accuracies(await runs({ ...noise, ...robust }));
    for (const [what, figures] of Object.entries({ clean, noisy, robust: kept }))
      say(what, [...figures, mean(figures)]);
    expect(mean(clean)).toBeGreaterThan(0.92);
    expect(mean(kept)).toBeGreaterThan(mean(clean) - 0.02);
    expect(mean(kept)).toBeGreaterThan(mean(noisy));
  }, 600_000);

  it('the noisy hospitals are found, and no other, by the plan’s loss and by the robust one', async () => {
    for (const loss of [{}, robust])
      for (const { hospitals, warnings } of await runs({ ...noise, ...loss, findLabelNoise: true })) {
        say(
          'estimated (made)',
          hospitals.map(
            ({ labelNoise, flippedLabels, samples }) =>
              `${labelNoise!.rate.toFixed(3)} (${(flippedLabels! / samples).toFixed(3)})`,
          ),
        );
        const made = hospitals.filter(({ flippedLabels }) => flippedLabels! > 0).map(({ id }) => id);
        const found = warnings.filter(({ code }) => code === 'NOISY_LABELS').map(({ hospital }) => hospital);
        expect([made.length, found]).toEqual([2, made]);
        for (const { labelNoise, flippedLabels, samples } of hospitals)
          expect(Math.abs(labelNoise!.rate - flippedLabels! / samples)).toBeLessThan(0.1);
      }
  }, 600_000);
});
