import { publishedStudy } from './published.js';

/** Golub et al. 1999: expression of 7,129 genes of 72 patients, two kinds of leukaemia; trained on the first cohort. */
export const leukemia = publishedStudy({
  name: 'leukemia',
  description: 'two kinds of leukaemia by 7,129 genes of 72 patients (Golub et al.), parted among three hospitals',
  data: ['leukemia'],
  schema: {
    title: 'Leukaemia gene expression, ALL and AML',
    origin: 'Golub et al. 1999, Science 286:531',
    csv: { transposed: { id: 'Gene Accession Number', samples: 'patient', skip: ['Gene Description', 'call*'] } },
    files: [
      { file: 'data_set_ALL_AML_train.csv', set: 'train' },
      { file: 'data_set_ALL_AML_independent.csv', set: 'test' },
    ],
    join: { file: 'actual.csv', on: 'patient', csv: {} },
    columns: [
      {
        ...{ name: 'genes', kind: 'vector', shape: [7129], from: { first: 'AFFX-BioB-5_at', last: 'Z78285_f_at' } },
        // Golub et al.: below 100 the arrays measure noise, above 16,000 they are saturated.
        ...{ allowed: [100, 16000], outside: 'cut', transform: 'log10' },
      },
    ],
    label: {
      name: 'cancer',
      kind: 'class',
      classes: [
        { name: 'ALL', values: ['ALL'] },
        { name: 'AML', values: ['AML'] },
      ],
    },
    patientId: 'patient',
    split: { column: 'set', test: ['test'] },
    standardization: 'federation',
    screening: { keep: 50 },
  },
  partition: { by: 'dirichlet', hospitals: 3, alpha: 1 },
  defaults: () => ({
    model: 'wide-linear',
    rounds: 20,
    batches: { kind: 'shuffle', size: 4, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 1 },
    clipNorm: 1,
    noiseMultiplier: 1,
    delta: 1e-2,
  }),
});
