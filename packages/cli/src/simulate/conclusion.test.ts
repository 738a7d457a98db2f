import { afterEach, expect, it, vi } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { conclude } from './conclusion.js';

afterEach(() => void vi.restoreAllMocks());

const evil = '\u001b[2J';
const result: SimulationResult = {
  ...{ schemaVersion: 1, runId: 'r', nonce: 'n', scenario: 'csv', planHash: 'sha256:0', seed: 1, simulationOnly: true },
  ...{ model: { name: 'x', parameters: 3, sha256: 'ab' }, aggregator: 'fedavg', trainer: 'wasm', rounds: [] },
  final: { metrics: { rSquared: -0.26 } },
  population: { hospitals: 2, tabulated: true },
  warnings: [{ code: 'WORSE_THAN_MEAN', message: 'worse than the mean' }],
  notices: [`Not read: west.txt${evil}`],
  hospitals: ['north', 'south'].map((id, i) => ({
    ...{ id: id + evil, samples: 4, localMetrics: null, globalMetrics: {} },
    rows: { read: 40, used: 40 - 36 * i, dropped: i ? [{ reason: 'no value in bp', rows: 36 }] : [] },
  })),
  privacy: {
    ...{ mechanism: 'dp-sgd', mechanisms: ['dp-sgd'], unit: 'record', adjacency: 'replace-one', accountant: 'pld' },
    ...{ delta: 1e-5, epsilon: 1, perHospital: [], protects: 'what leaves a site', claims: [] },
    settings: { mechanisms: [], batches: { kind: 'shuffle', size: 1, epochs: 1 }, rounds: 2 },
    ...{ assumptions: ['no patient is at two sites'], withheld: ['training loss'] },
    ...{ released: ["each site's number of records"], notReleased: ['metrics of each round'] },
  },
  secureAggregation: {
    ...{ threshold: 2, unmasked: 3, recovered: [{ round: 1, hospitals: [`north${evil}`] }] },
    stages: [
      { stage: 'keys', to: 301, from: 1204 },
      { stage: 'unmask', to: 0, from: 9 },
    ],
  },
  audit: { events: 1, hospitals: 2, trainingEvents: 1, root: 'r', verified: true },
  timing: { totalSeconds: 1, trainSeconds: 1, trainElapsedSeconds: 1, clientSteps: 1, workers: 1 },
  folder: '/x',
};

it('a person reads what became of the rows, what was not read, what misleads, and what left a hospital', () => {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  conclude(result);
  for (const part of [
    'north\\u001b[2J: 40 of 40 rows used\n',
    'south\\u001b[2J: 4 of 40 rows used; left out: 36 with no value in bp\n',
    'Not read: west.txt\\u001b[2J\n',
    '  WARNING: worse than the mean\n',
    '  assumes: no patient is at two sites\n',
    '  withheld: training loss\n',
    "  released, and not in the epsilon: each site's number of records\n",
    '  shown by the simulation, released by nobody: metrics of each round\n',
    '  SIMULATION ONLY',
    'in 3 rounds the server learned the sum over hospitals',
    'at least 2 had to answer',
    'SIMULATED: one process held all hospitals',
    '(round 1: north\\u001b[2J)',
  ])
    expect(text).toContain(part);
  expect(text).toMatch(/keys\W+100\W+401\D/);
  expect(text).toMatch(/unmask\W+0\W+3\D/);
  expect(text).not.toContain(evil);
});

it('no run is called complete whose rounds lacked a hospital', () => {
  const said = (participation: SimulationResult['participation']): string => {
    let text = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
    conclude({ ...result, ...(participation && { participation }) });
    vi.restoreAllMocks();
    return text;
  };
  const full: NonNullable<SimulationResult['participation']> = {
    ...{ complete: true, goneAtEnd: [], lastRound: null },
    rounds: { asked: 9, full: 9, without: 0, skipped: 0, why: [], meanShareLost: 0 },
    hospitals: [{ id: 'north', rounds: 9, missed: 0, lastRound: 8, weight: 4, weightShareLost: 0 }],
  };
  expect(said(full)).toContain('\nComplete: each round has the updates of all hospitals that it asked.\n');
  const lacking = said({
    ...full,
    ...{ complete: false, goneAtEnd: [`north${evil}`] },
    rounds: { asked: 9, full: 7, without: 2, skipped: 0, why: ['dropped'], meanShareLost: 0.11 },
    hospitals: [{ id: `north${evil}`, rounds: 7, missed: 2, lastRound: 6, weight: 4, weightShareLost: 0.11 }],
    lastRound: { ...{ round: 8, skipped: false, weightLost: 4, shareLost: 0.5 }, missing: [{ id: `north${evil}`, why: 'dropped' }] }, // prettier-ignore
  });
  expect(lacking).toContain('\nNot complete: 2 of 9 rounds went on without hospitals that were asked');
  expect(lacking).toContain('The last round was without north\\u001b[2J (50 % of the weight)');
  expect(lacking).not.toMatch(/^Complete/m);
  expect(lacking).not.toContain(evil);
  expect(said(undefined)).not.toMatch(/complete/i);
});

it('a person reads that masks bound nothing of the sums, where nothing else protects them', () => {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  conclude({ ...result, privacy: null });
  expect(text).toContain('Privacy: no epsilon. Nothing bounds what the sums over hospitals tell');
  text = '';
  conclude({ ...result, secureAggregation: { ...result.secureAggregation!, recovered: [] } });
  expect(text).toContain('No hospital fell silent between sharing its keys and sending its update.');
  text = '';
  const { secureAggregation: _, ...open } = result;
  void _;
  conclude({ ...open, privacy: null });
  expect(text).toContain('Privacy: none. Changes of the model and losses leave the hospitals as they are');
  expect(text).not.toContain('Secure aggregation');
});
