import { parsePlan } from '@fedward/core';
import type { Evaluation } from '@fedward/metrics-clinical';
import { parseManifest } from '@fedward/model-bundle';
import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../run/result.js';
import { aboutParticipation } from '../run/warnings.js';
import { figureText } from './figure-text.js';
import { markdownText } from './markdown.js';
import { renderCards } from './render.js';
import type { CardSource } from './study.js';
import { tripodItems } from './tripod-items.js';

const hostile = '<script>|*a*\u202e';
const about = { question: 'Who is ill?', intendedUse: `By ${hostile}` };
const model = { inputShape: [2], layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' };
const plan = parsePlan({
  ...{ schemaVersion: 1, name: 'cards', seed: 1, rounds: 3, model, about },
  aggregator: { name: 'fedavg' },
  training: {
    trainer: 'wasm',
    batches: { kind: 'shuffle', size: 8, epochs: 2 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
});

const evaluation: Evaluation = {
  ...{ schemaVersion: 1, task: 'binary', records: 61, patients: 57, events: 20, level: 0.95 },
  figures: {
    auroc: { value: 0.86512, interval: [0.8119, 0.9071], method: 'delong' },
    ppv: { value: null, interval: null, because: 'nobody was called class 1' },
  },
};

const result: SimulationResult = {
  ...{ schemaVersion: 1, runId: 'run-1', nonce: 'ab12'.repeat(16), scenario: 'csv', planHash: 'sha256:77', seed: 1 },
  simulationOnly: true,
  model: { name: 'logistic', parameters: 3, sha256: 'feed' },
  ...{ aggregator: 'fedavg', trainer: 'wasm', rounds: [] },
  final: {
    metrics: { accuracy: 0.75 },
    evaluation,
    subgroups: [
      {
        ...{ group: 'sex', level: 'female' },
        evaluation: { ...evaluation, patients: 23 },
        gaps: { auroc: { value: -0.1, interval: [-0.2, 0.01] } },
      },
    ],
  },
  hospitals: [
    {
      ...{ id: `north ${hostile}`, samples: 300, localMetrics: null, globalMetrics: { accuracy: 0.75 }, evaluation },
      rows: { read: 400, used: 361, dropped: [{ reason: 'no value in bp', rows: 39 }] },
    },
  ],
  population: { hospitals: 1, tabulated: true },
  warnings: [{ code: 'SMALL_TEST', message: 'The test part is small.' }],
  privacy: null,
  audit: { events: 1, hospitals: 1, trainingEvents: 1, root: 'r', verified: true },
  timing: { totalSeconds: 1, trainSeconds: 1, trainElapsedSeconds: 1, clientSteps: 1, workers: 1 },
  folder: '/x',
};

const manifest = parseManifest({
  ...{ bundleVersion: 1, title: 'csv', software: 'fedward 0.1.0', runId: 'run-1', planHash: 'sha256:77' },
  ...{ simulationOnly: true, model: plan.model, task: 'binary', label: { name: 'disease', classes: ['no', 'yes'] } },
  ...{ features: ['age', 'bp'], preprocessing: null, source: {}, evaluationSettings: {}, baseline: null },
  threshold: { value: 0.4, on: 'training', rule: 'sensitivity 0.9' },
  ...{ intendedUse: null, privacy: [], evaluation },
});

const source: CardSource = { result, plan, manifest };
const cards = renderCards(source);
const all = Object.values(cards);

describe('the model card', () => {
  it('tells no counts of rows by way of a warning', () => {
    const message = 'Many rows of north were left out: 361 of 400 rows used; left out: 1 with no value in bp.';
    const warned = renderCards({ ...source, result: { ...result, warnings: [{ code: 'ROWS_DROPPED', message }] } });
    for (const text of [warned['model-card.md'], warned['model-card.json'], warned['tripod-ai.md']]) {
      expect(text).toContain('Many rows of north were left out.');
      expect(text).not.toContain('1 with no value');
    }
  });

  it('is one structure in three writings: what one says, all say', () => {
    const card = JSON.parse(cards['model-card.json']) as { sections: { heading: string }[]; evaluation: unknown };
    for (const { heading } of card.sections) {
      expect(cards['model-card.md']).toContain(`\n## ${heading}\n`);
      expect(cards['model-card.html']).toContain(`<h2>${heading}</h2>`);
    }
    for (const text of all.slice(0, 3))
      for (const said of [
        '0.865 (0.812 to 0.907)',
        'not defined: nobody was called class 1',
        '361 of 400 rows',
        'Who is ill?',
        'The test part is small.',
        '57 patients',
        '-0.100 (-0.200 to 0.010)',
        'fedward model predict RUN',
      ])
        expect(text, said).toContain(said);
    expect(card.evaluation).toEqual(evaluation);
  });

  it('lets no name become markup, or turn the direction of writing', () => {
    for (const file of ['model-card.md', 'model-card.html', 'tripod-ai.md'] as const) {
      expect(cards[file]).not.toContain('<script>');
      expect(cards[file]).not.toContain('\u202e');
    }
    expect(markdownText('1. a|b <i> [x](y) `c`')).toBe('1\\. a\\|b &#60;i&#62; \\[x\\](y) \\`c\\`');
    expect(markdownText('# no heading')).toBe('\\# no heading');
    expect(markdownText('-0.1 and 0.8')).toBe('-0.1 and 0.8');
  });

  it('says what it does not know: intended use, subgroups, intervals', () => {
    const { about: _about, ...planless } = plan;
    const { evaluation: _evaluation, subgroups: _subgroups, ...final } = result.final;
    const bare = renderCards({
      plan: planless,
      result: { ...result, final },
      manifest: { ...manifest, evaluation: null },
    })['model-card.md'];
    expect(bare).toContain('Intended use: needs a person');
    expect(bare).toContain('No subgroup was evaluated');
    expect(bare).toContain('accuracy 75.0%');
    expect(bare).toContain('These have no interval');
  });

  it('says what rounds lacked, once, and never that a run is complete that is not', () => {
    const rounds = { asked: 3, full: 2, without: 1, skipped: 0, why: ['dropped' as const], meanShareLost: 0.1 };
    const part = { id: 'north', rounds: 2, missed: 1, lastRound: 1, weight: 30, weightShareLost: 0.1 };
    const lastRound = { round: 2, missing: [{ id: 'north', why: 'dropped' as const }], skipped: false };
    const participation: NonNullable<SimulationResult['participation']> = {
      ...{ complete: false, rounds, hospitals: [part], goneAtEnd: ['north'] },
      lastRound: { ...lastRound, weightLost: 30, shareLost: 0.3 },
    };
    const cardOf = (own: Partial<SimulationResult>): string =>
      renderCards({ ...source, result: { ...result, ...own } })['model-card.md'].replaceAll('\\', '');
    const warnings = [...result.warnings, ...aboutParticipation(participation)];
    const lacking = cardOf({ participation, warnings });
    expect(lacking).toContain('Not complete: 1 of 3 rounds went on without hospitals');
    expect(lacking.split('1 of 3 rounds went on without')).toHaveLength(2);
    expect(lacking).toContain('without north (30 % of the weight)');
    expect(lacking).not.toContain('Complete: ');
    const full = { ...participation, complete: true };
    expect(cardOf({ participation: full })).toContain('Complete: each round has the updates of all');
    expect(cardOf({})).not.toMatch(/complete: /i);
  });

  it('tells no count of rows by hospital where privacy is paid for', () => {
    const privacy: NonNullable<SimulationResult['privacy']> = {
      ...{ mechanism: 'dp-sgd', mechanisms: ['dp-sgd'] },
      ...{ unit: 'record' as const, adjacency: 'add-or-remove-one' as const },
      ...{ accountant: 'rdp', delta: 1e-5, epsilon: 2.5, perHospital: [], assumptions: ['batches are secret'] },
      settings: { mechanisms: [], batches: { kind: 'shuffle', size: 1, epochs: 1 }, rounds: 2 },
      ...{
        withheld: [],
        protects: 'what leaves a site' as const,
        released: [],
        notReleased: ['test figures'],
        claims: [],
      },
    };
    const priced = Object.values(renderCards({ ...source, result: { ...result, privacy } }));
    for (const text of priced) expect(text).not.toMatch(/361|39 with/);
    expect(priced[0]).toContain('dp-sgd: epsilon 2.5 at delta 0.00001');
    expect(priced[0]).toContain('covered by no epsilon: test figures');
  });

  it('tells no count below 5, nor what gives it away', () => {
    const rows = { read: 364, used: 361, dropped: [{ reason: 'no value in bp', rows: 3 }] };
    const hospitals = [{ ...result.hospitals[0]!, rows }];
    for (const text of Object.values(renderCards({ ...source, result: { ...result, hospitals } }))) {
      expect(text).not.toMatch(/364|3 with no value/);
      expect(text).toContain('361 rows used; left out: fewer than 5 with no value in bp');
    }
  });

  it('tells no figure of a handful of patients', () => {
    const few = { ...evaluation, patients: 3, figures: { auroc: { value: 0.1234, interval: null } } };
    const subgroups = [{ group: 'sex', level: 'other', evaluation: few, gaps: few.figures }];
    const hospitals = [{ ...result.hospitals[0]!, evaluation: few }];
    const shown = renderCards({ ...source, result: { ...result, hospitals, final: { ...result.final, subgroups } } });
    for (const text of Object.values(shown)) expect(text).not.toContain('0.123');
    expect(shown['model-card.md']).toContain('| sex: other | fewer than 5 | \\- | \\- |');
  });

  it('tells no figure of patients that nobody paid for, and says what the model carries of them', () => {
    const privacy = { mechanism: 'dp', notReleased: [], assumptions: [], epsilon: 1, delta: 1e-3 } as never;
    const priced = { ...plan, privacy: { mechanisms: [], unit: 'record', adjacency: 'x', delta: 1e-3 } as never };
    const secret = { ...result, privacy, simulationOnly: false };
    const shown = renderCards({ result: secret, plan: priced, manifest: { ...manifest, evaluation: null } });
    for (const text of Object.values(shown)) expect(text).not.toMatch(/0\.75|0\.865|test part is small|57 patients/);
    expect(shown['model-card.md']).toContain('nobody paid for them');
    const cox = { ...manifest, baseline: { times: [3, 8], cumulative: [0.1, 0.2] } };
    expect(renderCards({ ...source, manifest: cox })['model-card.md']).toContain('exactly the time of an event');
    expect(cards['model-card.md']).not.toContain('baseline hazard');
  });

  it('has the number that keeps its counts from being found by its digest', () => {
    for (const text of all) expect(text).toContain(result.nonce);
  });
});

describe('the TRIPOD+AI sheet', () => {
  it('has the 27 items with 52 sub-items, each once', () => {
    expect(tripodItems).toHaveLength(52);
    expect(new Set(tripodItems.map(({ number }) => number)).size).toBe(52);
    expect(new Set(tripodItems.map(({ number }) => parseInt(number)))).toEqual(
      new Set(Array.from({ length: 27 }, (_, n) => n + 1)),
    );
    for (const { number } of tripodItems) expect(cards['tripod-ai.md']).toContain(`\n| ${number} | `);
  });

  it('says where each answer stands, and what needs a person', () => {
    const line = (number: string) => cards['tripod-ai.md'].split('\n').find((row) => row.startsWith(`| ${number} |`));
    expect(line('17')).toMatch(/\| needs a person \| {2}\| the ethics committee/);
    expect(line('3b')).toMatch(/\| in part, needs a person \| By .*\(plan\.json: about\.intendedUse\)/);
    expect(line('12b')).toMatch(/\| needs a person \| {2}\|/); // no step is on record
    expect(line('21')).toMatch(/\| filled by the run \| .*57 patients, 61 records, 20 events/);
    expect(line('23a')).toMatch(
      /\| in part, needs a person \| AUROC 0\.865 \(0\.812 to 0\.907\); .*\(result\.json: final\.evaluation\)/,
    );
  });
});

it('writes a figure with its interval, or why there is none', () => {
  expect(figureText({ value: 12.3456, interval: [1.2, 23] })).toBe('12.35 (1.200 to 23)');
  expect(figureText({ value: 1, interval: null, because: 'one patient' })).toBe('1.000 (no interval: one patient)');
  expect(figureText({ value: null, interval: null })).toBe('not defined');
});
