import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../run/result.js';
import { loadDrawing } from './plots/draw.js';
import { plotRounds } from './plots/rounds.js';
import { renderReport } from './report.js';
import { fullResult, oldResult } from './testing/fixtures.js';

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
    ...{ dropped: [], leftOut: [], waiting: [], stale: [], bytes: { sent: 0, received: 0 } },
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
  it('lets no name become markup', async () => {
    expect(await renderReport(result)).not.toContain('<script>');
    expect(await renderReport({ ...result, scenario: 'a\u202eb\u001bc' })).toContain('a\\u202eb\\u001bc');
  });

  it('says of local models what was done, and over which events the root is', async () => {
    expect(await renderReport(result)).toContain('trained alone, clipped as in the federation');
    expect(await renderReport({ ...result, privacy: null })).toContain('trained alone. Global');
    expect(await renderReport(result)).toMatch(
      /1 event, 1 hospital, 1 training event;[^]*Root of these <code>r<[^]*One more event/,
    );
  });

  it('is not to be guessed from its digest, which the log has', async () => {
    expect(await renderReport(result)).toContain(result.nonce);
  });

  it('lets no text of a plan, a plugin, a file or a schema become markup, wherever it stands', async () => {
    const rows = { read: 3, used: 2, dropped: [{ reason: hostile, rows: 1 }] };
    const claims = [{ epsilon: 1, delta: 1e-5, note: hostile }];
    const { privacy } = result;
    const listed = { assumptions: [hostile], withheld: [hostile], released: [hostile], notReleased: [hostile] };
    const named = { mechanism: hostile, accountant: hostile, claims };
    const mechanisms = [{ name: hostile, options: { [hostile]: hostile } }];
    const page = await renderReport({
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

  it('says what a reader must know: simulation, no bound, a log that failed', async () => {
    const page = await renderReport(result);
    expect(page).toContain('Simulation only: the privacy noise came from a seed');
    expect(await renderReport({ ...result, privacy: null })).toContain(
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
    /<g[^>]*var\(--s0\)[^>]*><path d="M([^"L]+)L([^"]+)"/
      .exec(svg)
      ?.slice(1)
      .map((p) => p.split(',').map(Number));

  it('draws higher values higher, rounds from left to right', async () => {
    const plot = plotRounds(await loadDrawing(), 'p', 't', [{ label: 'a', values: [0.2, 0.9] }], [0, 1]);
    const [first, second] = points(plot) ?? [];
    expect(second![0]).toBeGreaterThan(first![0]!);
    expect(second![1]).toBeLessThan(first![1]!);
  });

  it('leaves out a series without values, and is empty without any', async () => {
    const drawing = await loadDrawing();
    expect(plotRounds(drawing, 'p', 't', [{ label: 'gone', values: [null] }])).toBe('');
    const both = plotRounds(drawing, 'p', 't', [
      { label: 'gone', values: [null, null] },
      { label: 'here', values: [1, 2] },
    ]);
    expect(both).toContain('here');
    expect(both).not.toContain('gone');
  });
});

describe('a report of all that a run can say', () => {
  it('asks what a reader asks, in that order, and has each heading in the contents', async () => {
    const page = await renderReport(fullResult('binary'));
    const headings = [...page.matchAll(/<h2 id="([a-z]+)-heading"/g)].map(([, id]) => id);
    expect(headings).toEqual([
      ...[
        'question',
        'cohort',
        'result',
        'cost',
        'limits',
        'validation',
        'hospitals',
        'subgroups',
        'figures',
        'rounds',
      ],
      ...['privacy', 'data', 'settings', 'audit'],
    ]);
    for (const id of headings) expect(page).toContain(`<a href="#${id}">`);
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  });

  it('puts the number of patients, an interval and the difference beside each figure of a hospital', async () => {
    const page = await renderReport(fullResult('binary'));
    const small = /<th scope="row">small<\/th><td>16<\/td><td>14<\/td><td>5<\/td>(.*?)<\/tr>/.exec(page)?.[1];
    expect(small).toMatch(
      /^(<td>0\.900 \(0\.\d{3}\sto\s1\.000\)<\/td>){2}<td>\+0\.030 \(-0\.\d{3}\sto\s\+0\.\d{3}\)<\/td>/,
    );
    expect(page).toContain('226 records');
  });

  it('says what is not known where a result has no evaluation', async () => {
    const page = await renderReport(oldResult('binary'));
    expect(page).toContain('This result has no intervals');
    expect(page).toContain('No question was declared');
    expect(page).not.toMatch(/undefined|NaN|null/);
  });

  it.each(['binary', 'classes', 'value', 'survival'] as const)('writes no number that is none: %s', async (task) => {
    expect((await renderReport(fullResult(task))).replaceAll('-Infinity', '')).not.toMatch(/undefined|NaN|\[object/);
  });

  it('is the same page each time', async () => {
    const result = fullResult('survival');
    expect(await renderReport(result)).toBe(await renderReport(result));
  });

  it('shows each fold of a validation with its interval and patients, why one has none, and what was chosen', async () => {
    const page = await renderReport(fullResult('binary'));
    expect(page).toMatch(
      /hospital-1<\/th><td>500 records of 4 hospitals<\/td><td>182<\/td><td>61<\/td><td>0\.900 \(0\.834\sto\s0\.966\)/,
    );
    expect(page).toMatch(/all together<\/th><td><\/td><td>649<\/td><td>217<\/td><td>0\.900 \(0\.865\sto\s0\.935\)/);
    expect(page).toContain('small: no figure: its training did not converge');
    expect(page).toContain('from 0.640 to 0.770: mean 0.700, standard deviation 0.050');
    expect(page).toContain('learningRate=0.1');
    expect(page).toMatch(/leaving out one hospital after the other[^<]*AUROC 0\.900[^<]*649 patients/);
    expect(page).toContain('is said under Validation');
    expect(await renderReport(oldResult('binary'))).not.toContain('id="validation"');
  });

  it('tells a pooled test part that is not all test parts together', async () => {
    const full = fullResult('binary');
    expect(await renderReport(full)).toContain('has 226 records of 224 patients');
    const evaluation = { ...full.final.evaluation!, records: 227 };
    expect(await renderReport({ ...full, final: { ...full.final, evaluation } })).not.toContain('is not those of');
  });

  it('writes an interval that is not there as such, and no sign before 0', async () => {
    const full = fullResult('binary');
    const [first, ...rest] = full.hospitals;
    const gain = { auroc: { value: -0.0001, interval: null } };
    const evaluation = { ...first!.evaluation!, figures: { auroc: { value: 0.9, interval: null } } };
    const page = await renderReport({ ...full, hospitals: [{ ...first!, evaluation, gain }, ...rest] });
    expect(page).toContain('<td>0.900 (no interval)</td><td>0.000 (no interval)</td>');
  });

  it('repeats each warning where it belongs', async () => {
    const page = await renderReport(fullResult('value'));
    const at = (id: string) =>
      page.slice(page.indexOf(`<section id="${id}"`), page.indexOf('</section>', page.indexOf(`<section id="${id}"`)));
    for (const id of ['result', 'hospitals']) expect(at(id)).toContain('has 16 patients.');
    expect(at('data')).toContain('Many rows of hospital-1');
    expect(at('figures')).toContain('not clearly better');
  });
});
