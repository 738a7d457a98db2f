import type { Evaluation, Figure, Figures } from '@fedward/metrics-clinical';
import { describe, expect, it } from 'vitest';
import { evaluationText } from '../report/figures-text.js';
import { aboutEvaluation } from './evaluation-warnings.js';

const figure = (value: number, low: number, high: number): Figure => ({ value, interval: [low, high] });
const good: Figures = {
  auroc: figure(0.9, 0.87, 0.93),
  calibrationSlope: figure(0.95, 0.7, 1.2),
  calibrationInTheLarge: figure(0.1, -0.2, 0.4),
};
const evaluation = (figures: Figures = {}, about: Partial<Evaluation> = {}): Evaluation => ({
  ...{ schemaVersion: 1, task: 'binary', records: 254, patients: 254, events: 112, level: 0.95 },
  figures: { ...good, ...figures },
  ...about,
});
const codes = (...args: Parameters<typeof aboutEvaluation>) => aboutEvaluation(...args).map(({ code }) => code);
const gain = (value: number, low: number, high: number) => ({ id: 'north', gain: { auroc: figure(value, low, high) } });
const group = (level: string, gap: Figure) => ({
  ...{ group: 'sex', level, evaluation: evaluation() },
  gaps: { auroc: gap },
});

describe('warnings of an evaluation', () => {
  it('are none where figures are good, and none is known', () => {
    expect(codes({ evaluation: evaluation() }, [gain(0.1, 0, 0.2)])).toEqual([]);
    expect(codes({ evaluation: evaluation({ auroc: { value: null, interval: null } }) }, [{ id: 'a' }])).toEqual([]);
    expect(codes({}, [])).toEqual([]);
  });

  it.each([
    ['CALIBRATION_OFF', evaluation({ calibrationSlope: figure(0.5, 0.4, 0.99) }), /too extreme/],
    ['CALIBRATION_OFF', evaluation({ calibrationSlope: figure(1.5, 1.01, 2) }), /too close to each other/],
    ['CALIBRATION_OFF', evaluation({ calibrationInTheLarge: figure(0.3, 0.01, 0.6) }), /too low on the whole/],
    ['FEW_EVENTS', evaluation({}, { events: 99 }), /99 records/],
    ['FEW_EVENTS', evaluation({}, { records: 254, events: 155 }), /99 records/],
    ['WIDE_INTERVAL', evaluation({ auroc: figure(0.8, 0.65, 0.9) }), /0\.65 to 0\.90: 254 test patients/],
  ])('%s', (code, found, message) => {
    expect(aboutEvaluation({ evaluation: found }, [])).toEqual([
      { code, message: expect.stringMatching(message) as string },
    ]);
  });

  it('name a hospital that is clearly better off alone, and say of others that it may be chance', () => {
    expect(aboutEvaluation({ evaluation: evaluation() }, [gain(-0.1, -0.2, -0.01), gain(-0.1, -0.2, 0.01)])).toEqual([
      {
        code: 'WORSE_THAN_ALONE',
        hospital: 'north',
        message: expect.stringContaining('-0.10 (-0.20 to -0.01)') as string,
      },
      { code: 'PERHAPS_WORSE_THAN_ALONE', message: expect.stringContaining('chance') as string },
    ]);
    // Of an error less is better.
    const value = evaluation({}, { task: 'value' });
    expect(codes({ evaluation: value }, [{ id: 'a', gain: { mae: figure(2, 1, 3) } }])).toEqual(['WORSE_THAN_ALONE']);
    expect(codes({ evaluation: value }, [{ id: 'a', gain: { mae: figure(-2, -3, -1) } }])).toEqual([]);
  });

  it('name groups that fare worse, with a word of chance where many are compared', () => {
    const [worse, better] = [group('male', figure(-0.1, -0.2, -0.01)), group('female', figure(0.1, 0.01, 0.2))];
    const few = aboutEvaluation({ evaluation: evaluation(), subgroups: [worse, better] }, []);
    expect(few).toEqual([
      { code: 'SUBGROUP_GAP', message: expect.stringMatching(/sex male \(AUROC -0\.10/) as string },
    ]);
    expect(few[0]!.message).not.toMatch(/by chance/);
    const [many] = aboutEvaluation(
      { evaluation: evaluation(), subgroups: [worse, better, better, better, better] },
      [],
    );
    expect(many!.message).toMatch(/5 groups were compared/);
  });
});

it('a person reads figures with intervals and the number of patients', () => {
  expect(evaluationText(evaluation())).toEqual([
    'AUROC 0.90 (0.87 to 0.93); 254 patients, 112 events (95% intervals)',
    'Calibration: slope 0.95 (0.70 to 1.20), in the large 0.10 (-0.20 to 0.40)',
  ]);
  const repeated = evaluation({}, { records: 1490, patients: 12, threshold: 0.3 });
  expect(evaluationText(repeated)[0]).toMatch(/1490 records of 12 patients.*threshold 0\.30/);
  expect(evaluationText(evaluation({ auroc: { value: 0.9, interval: null } }, { figures: {} }))).toEqual([]);
});
