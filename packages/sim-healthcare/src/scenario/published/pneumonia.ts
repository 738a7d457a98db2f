import type { ScenarioDefaults } from '../scenario.js';
import { publishedStudy } from './published.js';

const open: ScenarioDefaults = {
  model: 'imaging-cnn',
  rounds: 25,
  batches: { kind: 'shuffle', size: 32, epochs: 1 },
  optimizer: { name: 'adam', learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  // Of 4,708 published training images 3,494 show pneumonia: public, and balanced.
  objective: { classWeights: [1.94, 0.674] },
  augmentation: { shift: 2, rotate: 10, contrast: 0.4 },
  clipNorm: 1,
  noiseMultiplier: 1,
  delta: 1e-5,
};

const private_: ScenarioDefaults = {
  ...{ model: 'imaging-cnn-small', rounds: 20, clipNorm: 1, noiseMultiplier: 1, delta: 1e-5 },
  // Five hospitals of 942 images each on average: a public number.
  batches: { kind: 'poisson', probability: 0.1, steps: 10, expectedSize: 94 },
  optimizer: { name: 'sgd', learningRate: 0.5 },
};

/** PneumoniaMNIST: children's chest X-rays; the published test part, which nobody trains on, and not its `val` part. */
export const pneumonia = publishedStudy({
  name: 'pneumonia',
  description: 'chest X-rays of children, 28 x 28 (PneumoniaMNIST), parted among five hospitals',
  data: ['medmnist', 'pneumoniamnist_28.npz'],
  schema: {
    title: 'PneumoniaMNIST 28 x 28 (MedMNIST v2)',
    origin: 'Kermany et al. 2018, Cell 172:1122; Yang et al. 2023, Scientific Data 10:41',
    licence: 'CC-BY-4.0',
    npz: {
      parts: [
        { set: 'train', arrays: { xray: 'train_images', label: 'train_labels' } },
        { set: 'test', arrays: { xray: 'test_images', label: 'test_labels' } },
      ],
    },
    columns: [{ name: 'xray', kind: 'image', shape: [28, 28, 1], range: [0, 255] }],
    label: {
      name: 'label',
      kind: 'class',
      classes: [
        { name: 'normal', values: [0] },
        { name: 'pneumonia', values: [1] },
      ],
    },
    split: { column: 'set', test: ['test'] },
  },
  partition: { by: 'dirichlet', hospitals: 5, alpha: 0.5 },
  defaults: (needs) => (needs?.batches === 'poisson' ? private_ : open),
});
