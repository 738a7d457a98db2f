import type { StudySchemaInput } from '@fedward/data-medical';
import type { ScenarioDefaults } from '../scenario.js';
import { publishedStudy } from './published.js';

const measures = [
  ...['radius', 'texture', 'perimeter', 'area', 'smoothness', 'compactness', 'concavity', 'concave points', 'symmetry'],
  'fractal dimension',
];
/**
 * A usual value of each measure, and by how many doublings patients usually differ from it: round numbers, written from
 * memory of published averages and taken from no publication, nor fitted to these records.
 */
const usual = {
  mean: [14, 19, 92, 650, 0.096, 0.1, 0.09, 0.05, 0.18, 0.063],
  error: [0.4, 1.2, 2.9, 40, 0.007, 0.025, 0.03, 0.012, 0.02, 0.004],
  worst: [16, 26, 107, 880, 0.13, 0.25, 0.27, 0.11, 0.29, 0.084],
};
const doublings = {
  mean: [0.4, 0.35, 0.4, 0.8, 0.25, 0.75, 1.5, 1.2, 0.25, 0.2],
  error: [0.8, 0.7, 0.8, 1.1, 0.6, 1, 1.2, 0.8, 0.55, 0.8],
  worst: [0.45, 0.35, 0.45, 0.9, 0.25, 0.9, 1.5, 1.2, 0.3, 0.3],
};

/** Logarithms, cut at three usual distances: of a concavity of 0 there is none. */
const columns = (['mean', 'error', 'worst'] as const).flatMap((of) =>
  measures.map((measure, i): StudySchemaInput['columns'][number] => {
    const center = usual[of][i]!;
    const spread = doublings[of][i]!;
    return {
      ...{ name: `${measure}, ${of}`, kind: 'numeric', transform: 'log2' },
      ...{ allowed: [center * 2 ** (-3 * spread), center * 2 ** (3 * spread)], outside: 'cut' },
      scale: { center: Math.log2(center), spread },
    };
  }),
);

const common = { model: 'logistic', rounds: 30, clipNorm: 1, noiseMultiplier: 2, delta: 1e-3 } as const;
const open: ScenarioDefaults = {
  ...common,
  batches: { kind: 'shuffle', size: 16, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.1 },
};
const private_: ScenarioDefaults = {
  ...{ ...common, model: 'logistic-scaled' },
  batches: { kind: 'poisson', probability: 0.2, steps: 5, expectedSize: 15 },
  optimizer: { name: 'sgd', learningRate: 0.3 },
};

/** Wisconsin diagnostic breast cancer: 569 aspirates, thirty measures of their cell nuclei. */
export const wdbc = publishedStudy({
  name: 'wdbc',
  description: '569 breast aspirates, benign or malignant (Wisconsin diagnostic), parted among five hospitals',
  data: ['wdbc', 'wdbc.data'],
  schema: {
    title: 'Breast Cancer Wisconsin (Diagnostic)',
    origin: 'https://doi.org/10.24432/C5DW2B',
    licence: 'CC-BY-4.0',
    format: 'csv',
    csv: { header: ['id', 'diagnosis', ...columns.map(({ name }) => name)] },
    columns,
    label: {
      name: 'diagnosis',
      kind: 'class',
      classes: [
        { name: 'benign', values: ['B'] },
        { name: 'malignant', values: ['M'] },
      ],
    },
    patientId: 'id',
  },
  partition: { by: 'dirichlet', hospitals: 5, alpha: 0.5 },
  defaults: (needs) => (needs?.batches === 'poisson' ? private_ : open),
});
