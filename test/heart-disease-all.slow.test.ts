import { describe, expect, it } from 'vitest';
import { accuracies, allRows, completeRows, hospitalsOf, mean } from './support/heart-disease-all.ts';

const data = process.env['FEDWARD_DATA'];
const most = ['chol', 'slope', 'ca', 'thal'];

describe.skipIf(!data || !process.env['FEDWARD_CROSS_VALIDATION'])('cross-validation', () => {
  it('of settings, on training parts alone', { timeout: 3_600_000 }, async () => {
    const settings = [
      { name: 'complete cases', schema: completeRows },
      ...[1, 30].flatMap((ridge) =>
        [[], ['chol'], most, ['trestbps', 'fbs', 'thalach', 'exang', 'oldpeak', ...most]].map((indicators) => ({
          name: `ridge ${ridge}, indicators ${indicators.join(' ') || 'none'}`,
          schema: allRows(indicators, ridge),
        })),
      ),
    ];
    const at = [10, 20, 50, 100];
    for (const { name, schema } of settings) {
      const scores = new Map<string, number[]>();
      for (let shuffle = 0; shuffle < 3; shuffle++)
        for (let held = 0; held < 5; held++) {
          const hospitals = await hospitalsOf(data!, schema, { held, of: 5, shuffle });
          for (const rate of [0.01, 0.03, 0.1]) {
            const by = await accuracies(hospitals, 'held', { rounds: 100, rate, seed: shuffle });
            for (const round of at) {
              const key = `rate ${rate}, rounds ${round}`;
              scores.set(key, [...(scores.get(key) ?? []), mean(by[round - 1]!)]);
            }
          }
        }
      const table = [...scores].map(([key, values]) => `${key}: ${mean(values).toFixed(4)}`);
      console.log(`${name}\n  ${table.join('\n  ')}`);
    }
    expect(settings).toHaveLength(9);
  });
});
