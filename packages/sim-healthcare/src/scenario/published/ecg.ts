import type { ScenarioDefaults } from '../scenario.js';
import { publishedStudy } from './published.js';

const open: ScenarioDefaults = {
  model: 'signal-cnn',
  rounds: 100,
  batches: { kind: 'shuffle', size: 8, epochs: 1 },
  optimizer: { name: 'adam', learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  augmentation: { shift: 2, contrast: 0.2 },
  clipNorm: 1,
  noiseMultiplier: 2,
  delta: 1e-3,
};

const private_: ScenarioDefaults = {
  ...{ model: 'signal-cnn', rounds: 20, clipNorm: 1, noiseMultiplier: 2, delta: 1e-3 },
  batches: { kind: 'poisson', probability: 0.5, steps: 2, expectedSize: 12 },
  optimizer: { name: 'sgd', learningRate: 0.2 },
};

/** ECG200: single heartbeats, normal ones and those of a myocardial infarction; the archive's own train and test part. */
export const ecg = publishedStudy({
  name: 'ecg',
  description: '200 heartbeats of 96 samples (ECG200), normal or infarction, parted among four hospitals',
  data: ['ecg200'],
  schema: {
    title: 'ECG200 (UCR archive)',
    origin: 'Olszewski 2001; Dau et al. 2018, UCR Time Series Classification Archive',
    files: [
      { file: 'ECG200_TRAIN.arff', set: 'train' },
      { file: 'ECG200_TEST.arff', set: 'test' },
    ],
    columns: [
      {
        ...{ name: 'beat', kind: 'signal', shape: [96, 1], from: { first: 'att1', last: 'att96' } },
        scale: { center: 0, spread: 1 }, // published normalised, each beat by itself
      },
    ],
    label: {
      name: 'target',
      kind: 'class',
      classes: [
        { name: 'infarction', values: [-1] },
        { name: 'normal', values: [1] },
      ],
    },
    split: { column: 'set', test: ['test'] },
  },
  partition: { by: 'iid', hospitals: 4 },
  defaults: (needs) => (needs?.batches === 'poisson' ? private_ : open),
});
