import type { ScenarioDefaults } from '../scenario.js';
import { publishedStudy } from './published.js';

const open: ScenarioDefaults = {
  model: 'imaging-cnn',
  rounds: 150,
  // Few steps a round: hospitals that have one class alone go astray in many. Of 1,046 images on average 3 % are 32.
  batches: { kind: 'poisson', probability: 0.03, steps: 4, expectedSize: 32 },
  optimizer: { name: 'adam', learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  // Of 5,232 published images of train and val 3,883 show pneumonia: public, and balanced.
  objective: { classWeights: [1.94, 0.674], labelSmoothing: 0.1 },
  augmentation: { shift: 2, rotate: 10, contrast: 0.4 },
  // Of resnet18, chosen with the published val part as the test: Adam's first steps, anew in each round, are as large as the rate
  // itself, and 0.002 is a tenth of the weights of a ResNet's last convolutions. It never left the larger class.
  ofGraphs: { rounds: 40, optimizer: { name: 'adam', learningRate: 0.0002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } },
  clipNorm: 1,
  noiseMultiplier: 1,
  delta: 1e-5,
};

const private_: ScenarioDefaults = {
  ...{ model: 'imaging-cnn-small', rounds: 20, clipNorm: 1, noiseMultiplier: 1, delta: 1e-5 },
  // Five hospitals of 1,046 images each on average: a public number.
  batches: { kind: 'poisson', probability: 0.1, steps: 10, expectedSize: 105 },
  optimizer: { name: 'sgd', learningRate: 0.5 },
};

/**
 * PneumoniaMNIST: children's chest X-rays. The published test part is that of the study, and nobody trains on it; the train and
 * the val part are training material, as 5,232 images of Kermany et al.'s training folder, from which both were drawn.
 */
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
        { set: 'train', arrays: { xray: 'val_images', label: 'val_labels' } },
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
