import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../run/result.js';
import { plotRounds } from './plot.js';
import { renderReport } from './report.js';

const hostile = '<script>alert(1)</script>';
const result: SimulationResult = {
  schemaVersion: 1,
  runId: hostile,
  nonce: 'n0'.repeat(32),
  scenario: 'csv',
  planHash: 'sha256:0',
  seed: 1,
  simulationOnly: true,
  model: { name: 'x', parameters: 3, sha256: 'ab' },
  aggregator: 'fedavg',
  trainer: 'tfjs (cpu)',
  rounds: [0.5, 0.75].map((accuracy, round) => ({
    round,
    trainLoss: null,
    metrics: { accuracy, loss: 1 - accuracy },
    epsilon: round + 1,
    participants: [hostile],
    ...{ dropped: [], leftOut: [], waiting: [], stale: [] },
  })),
  final: { metrics: { accuracy: 0.75 } },
  population: { hospitals: 1, tabulated: true },
  warnings: [{ code: 'SMALL_TEST', message: `the test part of ${hostile} is small`, hospital: hostile }],
  hospitals: [{ id: hostile, samples: 3, localMetrics: null, globalMetrics: { accuracy: 0.75 } }],
  privacy: {
    mechanism: 'dp-sgd',
    mechanisms: ['dp-sgd'],
    unit: 'record',
    adjacency: 'add-or-remove-one',
    accountant: 'rdp',
    delta: 1e-5,
    epsilon: null,
    settings: { mechanisms: [], batches: { kind: 'shuffle', size: 1, epochs: 1 }, rounds: 2 },
    perHospital: [],
    assumptions: [],
    withheld: [],
    protects: 'what leaves a site',
    released: [],
    notReleased: ['what the simulation computed'],
    claims: [],
  },
  audit: { events: 1, hospitals: 1, trainingEvents: 1, root: 'r', verified: false },
  timing: { totalSeconds: 1, trainSeconds: 1, trainElapsedSeconds: 1, clientSteps: 1, workers: 1 },
  folder: '/x',
};

describe('renderReport', () => {
  it('lets no name become markup', () => {
    expect(renderReport(result)).not.toContain('<script>');
    expect(renderReport({ ...result, scenario: 'a\u202eb\u001bc' })).toContain('a\\u202eb\\u001bc');
  });

  it('says of local models what was done, and over which events the root is', () => {
    expect(renderReport(result)).toContain('trained alone, clipped as in the federation');
    expect(renderReport({ ...result, privacy: null })).toContain('trained alone. Global');
    expect(renderReport(result)).toMatch(
      /1 event, 1 hospital, 1 training event;[^]*Root of these <code>r<[^]*One more event/,
    );
  });

  it('is not to be guessed from its digest, which the log has', () => {
    expect(renderReport(result)).toContain(result.nonce);
  });

  it('lets no text of a plan, a plugin, a file or a schema become markup, wherever it stands', () => {
    const rows = { read: 3, used: 2, dropped: [{ reason: hostile, rows: 1 }] };
    const claims = [{ epsilon: 1, delta: 1e-5, note: hostile }];
    const { privacy } = result;
    const listed = { assumptions: [hostile], withheld: [hostile], released: [hostile], notReleased: [hostile] };
    const named = { mechanism: hostile, accountant: hostile, claims };
    const mechanisms = [{ name: hostile, options: { [hostile]: hostile } }];
    const page = renderReport({
      ...result,
      ...{ scenario: hostile, planHash: hostile, aggregator: hostile, trainer: hostile, notices: [hostile] },
      model: { ...result.model, name: hostile },
      hospitals: [{ ...result.hospitals[0]!, rows, localFailure: hostile }],
      secureAggregation: {
        ...{ threshold: 2, unmasked: 1, recovered: [{ round: 0, hospitals: [hostile] }] },
        stages: [{ stage: hostile, to: 1, from: 1 }],
      },
      privacy: { ...privacy!, ...listed, ...named, settings: { ...privacy!.settings, mechanisms } },
    });
    expect(page).not.toContain('<script');
    expect(page.split('&#60;script&#62;').length - 1).toBeGreaterThanOrEqual(22);
  });

  it('says what a reader must know: simulation, no bound, a log that failed', () => {
    const page = renderReport(result);
    expect(page).toContain('Simulation only: the privacy noise came from a seed');
    expect(renderReport({ ...result, privacy: null })).toContain(
      'Simulation only: what should be secret came from a seed',
    );
    expect(page).toContain('no finite epsilon');
    expect(page).toContain('did not verify');
    expect(page).toContain('covered by no epsilon: what the simulation computed');
    expect(page).toContain('<td>75.0%</td>');
    expect(page).toMatch(/class="warning">the test part of .* is small/);
  });
});

describe('plotRounds', () => {
  const points = (svg: string) =>
    /<path d="M([^"]+)"/
      .exec(svg)?.[1]
      ?.split('L')
      .map((p) => p.split(',').map(Number));

  it('draws higher values higher, rounds from left to right', () => {
    const [first, second] = points(plotRounds('t', [{ label: 'a', color: 'red', values: [0.2, 0.9] }], [0, 1])) ?? [];
    expect(second![0]).toBeGreaterThan(first![0]!);
    expect(second![1]).toBeLessThan(first![1]!);
  });

  it('leaves out a series without values, and is empty without any', () => {
    expect(plotRounds('t', [{ label: 'gone', color: 'red', values: [null] }])).toBe('');
    const both = plotRounds('t', [
      { label: 'gone', color: 'red', values: [null, null] },
      { label: 'here', color: 'red', values: [1, 2] },
    ]);
    expect(both).toContain('here');
    expect(both).not.toContain('gone');
  });
});
