import type { Plugin } from '@fedward/core';
import type { DescribedPlugin } from './describe-plugin.js';

/** A package of plugins that comes with fedward. */
export interface CatalogueEntry {
  readonly package: string;
  /** Loads it: a tensor library takes its time. */
  readonly load: () => Promise<{ readonly plugins: readonly Plugin[] }>;
  readonly plugins: readonly DescribedPlugin[];
}

/** What a plan has unless someone says otherwise. */
export const defaultPlugins = {
  aggregator: 'fedavg',
  trainer: 'wasm',
  mechanism: 'dp-sgd',
  accountant: 'pld',
} as const;

/** The mechanism by which the server learns sums alone, where someone asks for that by its short name. */
export const secureAggregation = 'secagg';

/**
 * What comes with fedward: the one place outside a plugin's own package where its name stands. It can be read, such as
 * for `--help`, without loading any of them.
 */
// --- generated: npm run plugins:catalogue ---
export const catalogue: readonly CatalogueEntry[] = [
  {
    package: '@fedward/aggregator-fedavg',
    load: () => import('@fedward/aggregator-fedavg'),
    plugins: [
      {
        kind: 'aggregator',
        name: 'fedavg',
        summary: "the mean of the sites' changes, each counted by its number of records (McMahan et al. 2017)",
        options: [],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'fedprox',
        summary: 'FedAvg whose sites are pulled towards the global model (Li et al. 2020)',
        options: [
          {
            path: 'mu',
            type: 'number',
            description: 'weight of the proximal term, >= 0; with 0 it is FedAvg',
            required: true,
          },
        ],
        flags: { 'proximal-mu': 'mu' },
      },
    ],
  },
  { package: '@fedward/aggregator-fedbuff', load: () => import('@fedward/aggregator-fedbuff'), plugins: [] },
  { package: '@fedward/aggregator-fedopt', load: () => import('@fedward/aggregator-fedopt'), plugins: [] },
  {
    package: '@fedward/aggregator-robust',
    load: () => import('@fedward/aggregator-robust'),
    plugins: [
      {
        kind: 'aggregator',
        name: 'median',
        summary: "in each coordinate the median of the sites' changes, each site once (Yin et al. 2018)",
        options: [],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'trimmed-mean',
        summary: 'the mean without the f smallest and largest in each coordinate, each site once (Yin et al. 2018)',
        options: [
          {
            path: 'byzantine',
            type: 'integer',
            description: 'how many of the sites may send anything at all, f; what is sent by f of them is survived',
            default: 1,
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'krum',
        summary:
          'the change of the one site that is nearest to most others, of 2 f + 3 at least (Blanchard et al. 2017)',
        options: [
          {
            path: 'byzantine',
            type: 'integer',
            description: 'how many of the sites may send anything at all, f; what is sent by f of them is survived',
            default: 1,
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'multi-krum',
        summary: 'the mean of the sites that are nearest to most others, each once (Blanchard et al. 2017)',
        options: [
          {
            path: 'byzantine',
            type: 'integer',
            description: 'how many of the sites may send anything at all, f; what is sent by f of them is survived',
            default: 1,
            required: false,
          },
          {
            path: 'keep',
            type: 'integer',
            description: 'how many updates are kept, m; default: all that answered but f',
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'bulyan',
        summary: 'chosen by Krum, then trimmed in each coordinate; of 4 f + 3 sites at least (El Mhamdi et al. 2018)',
        options: [
          {
            path: 'byzantine',
            type: 'integer',
            description: 'how many of the sites may send anything at all, f; what is sent by f of them is survived',
            default: 1,
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'geometric-median',
        summary:
          'RFA: the point of the least distance to all changes, each site once unless told (Pillutla et al. 2022)',
        options: [
          {
            path: 'byRecords',
            type: 'boolean',
            description:
              'count each site by the number of records that it says it has, which may be a lie; default: each once',
            default: false,
            required: false,
          },
          {
            path: 'smoothing',
            type: 'number',
            description: 'distances below this count as this, nu; > 0',
            default: 1e-8,
            required: false,
          },
          {
            path: 'iterations',
            type: 'integer',
            description: 'the most steps of Weiszfeld; it stops when it stands',
            default: 1000,
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'centered-clipping',
        summary: "a mean of changes clipped around the last round's, each site once (Karimireddy et al. 2021)",
        options: [
          {
            path: 'clipNorm',
            type: 'any',
            description:
              'how far from the centre a change counts in full, tau; or `median`, of the distances of the round',
            default: 'median',
            required: false,
          },
          {
            path: 'iterations',
            type: 'integer',
            description: 'how often the centre moves in a round, L',
            default: 3,
            required: false,
          },
          {
            path: 'centre',
            type: 'string',
            description: "where it begins: at the last round's change, or at the coordinate-wise median of this one's",
            default: 'previous',
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'norm-bounding',
        summary: 'the mean of changes no longer than a norm, each site once unless told (Sun et al. 2019)',
        options: [
          {
            path: 'clipNorm',
            type: 'any',
            description: 'the most that the L2 norm of a change may be, M; or `median`, of the norms of the round',
            default: 'median',
            required: false,
          },
          {
            path: 'byRecords',
            type: 'boolean',
            description:
              'count each site by the number of records that it says it has, which may be a lie; default: each once',
            default: false,
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'size-aware',
        summary:
          'a mean of clipped changes in which no hospital has more than a share; also under secure aggregation and noise',
        options: [
          {
            path: 'mostShare',
            type: 'number',
            description: 'the largest share of the mean that any hospital may have, kappa; in (0, 1]',
            default: 0.5,
            required: false,
          },
          {
            path: 'clipNorm',
            type: 'number',
            description: "the most that the L2 norm of a hospital's change may be, C; > 0",
            default: 1,
            required: false,
          },
          {
            path: 'mostRecords',
            type: 'integer',
            description:
              'the most records that a hospital counts with, c; default: what mostShare makes of `records`, else 1',
            required: false,
          },
          {
            path: 'records',
            type: 'object',
            description: 'how many records each hospital has, as all of them know it: none can claim more',
            required: false,
          },
        ],
        flags: { 'most-share': 'mostShare' },
      },
    ],
  },
  { package: '@fedward/aggregator-scaffold', load: () => import('@fedward/aggregator-scaffold'), plugins: [] },
  { package: '@fedward/compression', load: () => import('@fedward/compression'), plugins: [] },
  {
    package: '@fedward/data-medical',
    load: () => import('@fedward/data-medical'),
    plugins: [
      {
        kind: 'query',
        name: 'imputation-sums',
        summary: 'sums over records, from which missing values are learned',
        options: [
          {
            path: 'columns',
            type: 'array',
            description: 'what the columns of the table are: name, kind, levels, method, bounds',
            required: true,
          },
          { path: 'question', type: 'any', description: 'which sums are asked for', required: true },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'imputation-sums',
        summary: 'adds up the answers of imputation-sums',
        options: [
          {
            path: 'columns',
            type: 'array',
            description: 'what the columns of the table are: name, kind, levels, method, bounds',
            required: true,
          },
          { path: 'question', type: 'any', description: 'which sums are asked for', required: true },
        ],
        flags: {},
      },
    ],
  },
  {
    package: '@fedward/metrics-clinical',
    load: () => import('@fedward/metrics-clinical'),
    plugins: [
      {
        kind: 'query',
        name: 'evaluation-counts',
        summary: 'how many records have which predicted probability, by class: what an evaluation is merged from',
        options: [
          {
            path: 'bins',
            type: 'integer',
            description: 'equal bins of the predicted probability, a power of two',
            default: 1024,
            required: false,
          },
          {
            path: 'groups',
            type: 'array',
            description: 'groups of records that are counted by level as well: name, levels; equal at all sites',
            default: [],
            required: false,
          },
          {
            path: 'mostRecordsPerPatient',
            type: 'integer',
            description:
              "of a patient's records at a site no more than so many, the first ones, are counted; needs patient ids",
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'evaluation-counts',
        summary: 'adds up the answers of evaluation-counts',
        options: [
          {
            path: 'bins',
            type: 'integer',
            description: 'equal bins of the predicted probability, a power of two',
            default: 1024,
            required: false,
          },
          {
            path: 'groups',
            type: 'array',
            description: 'groups of records that are counted by level as well: name, levels; equal at all sites',
            default: [],
            required: false,
          },
          {
            path: 'mostRecordsPerPatient',
            type: 'integer',
            description:
              "of a patient's records at a site no more than so many, the first ones, are counted; needs patient ids",
            required: false,
          },
        ],
        flags: {},
      },
    ],
  },
  {
    package: '@fedward/models-medical',
    load: () => import('@fedward/models-medical'),
    plugins: [
      {
        kind: 'query',
        name: 'feature-sums',
        summary: 'sums and squares of each feature by class, by which features are screened before training',
        options: [
          { path: 'classes', type: 'integer', description: 'number of classes that labels have', required: true },
          { path: 'features', type: 'integer', description: 'number of features of a record', required: true },
          {
            path: 'centre',
            type: 'array',
            description: 'public constants near the values, one a feature; default 0',
            required: false,
          },
        ],
        flags: {},
      },
    ],
  },
  { package: '@fedward/personalization', load: () => import('@fedward/personalization'), plugins: [] },
  {
    package: '@fedward/privacy-dp',
    load: () => import('@fedward/privacy-dp'),
    plugins: [
      {
        kind: 'mechanism',
        name: 'dp-sgd',
        summary:
          'noise on the clipped gradients of records or patients, in each step at each hospital (Abadi et al. 2016)',
        options: [
          {
            path: 'clipNorm',
            type: 'number',
            description: 'bound of the gradient of one record or patient: L2 norm over all parameters',
            required: true,
          },
          {
            path: 'noiseMultiplier',
            type: 'number',
            description: "standard deviation of the noise on a step's sum, over clipNorm",
            required: true,
          },
        ],
        flags: { 'noise-multiplier': 'noiseMultiplier', 'clip-norm': 'clipNorm' },
        draft: { unit: 'record', batches: 'poisson', accountant: 'pld' },
      },
      {
        kind: 'mechanism',
        name: 'central',
        summary: 'noise by a trusted server on the sum of clipped updates; protects hospitals (McMahan et al. 2018)',
        options: [
          {
            path: 'clipNorm',
            type: 'number',
            description: "bound of a hospital's update: L2 norm over all tensors together",
            required: true,
          },
          {
            path: 'noiseMultiplier',
            type: 'number',
            description: 'standard deviation of the noise on the sum of updates, over clipNorm',
            required: true,
          },
          {
            path: 'expectedClients',
            type: 'number',
            description: 'divisor of the sum: how many hospitals are expected in a round, a public constant',
            required: true,
          },
          {
            path: 'adaptive.quantile',
            type: 'number',
            description: 'share of the updates that should not be clipped',
            default: 0.5,
            required: false,
          },
          {
            path: 'adaptive.learningRate',
            type: 'number',
            description: 'of the logarithm of the clip norm',
            default: 0.2,
            required: false,
          },
          {
            path: 'adaptive.countNoise',
            type: 'number',
            description: 'standard deviation of the noise on the number of updates within the clip norm',
            required: false,
          },
        ],
        flags: { 'noise-multiplier': 'noiseMultiplier', 'clip-norm': 'clipNorm', 'clip-quantile': 'adaptive.quantile' },
        draft: { unit: 'hospital', accountant: 'gaussian' },
      },
      {
        kind: 'mechanism',
        name: 'local',
        summary: "noise on a hospital's clipped update, at the hospital; nobody else is trusted",
        options: [
          {
            path: 'clipNorm',
            type: 'number',
            description: "bound of a hospital's update: L2 norm over all tensors together",
            required: true,
          },
          {
            path: 'noiseMultiplier',
            type: 'number',
            description: 'standard deviation of the noise on the update, over 2 clipNorm',
            required: true,
          },
        ],
        flags: { 'noise-multiplier': 'noiseMultiplier', 'clip-norm': 'clipNorm' },
        draft: { unit: 'hospital', accountant: 'gaussian' },
      },
      {
        kind: 'mechanism',
        name: 'dp-ftrl',
        summary:
          'noise by a trusted server that takes back that of rounds before; protects hospitals (Kairouz et al. 2021)',
        options: [
          {
            path: 'clipNorm',
            type: 'number',
            description: "bound of a hospital's change of the model: L2 norm over all parameters together",
            required: true,
          },
          {
            path: 'noiseMultiplier',
            type: 'number',
            description: 'of the whole run: standard deviation over sensitivity of all rounds together',
            required: true,
          },
          {
            path: 'expectedClients',
            type: 'number',
            description: 'divisor of the sum: how many hospitals are expected in a round, a public constant',
            required: true,
          },
          {
            path: 'bands',
            type: 'integer',
            description: 'the noise of a round goes with that of so many rounds less one before; 1: none',
            required: true,
          },
        ],
        flags: { 'noise-multiplier': 'noiseMultiplier', 'clip-norm': 'clipNorm' },
        draft: { unit: 'hospital', cohort: 'cyclic', accountant: 'gaussian' },
      },
      {
        kind: 'mechanism',
        name: 'noisy-answers',
        summary: 'noise on what a query answers, at the hospital, in proportion to what one record or patient moves',
        options: [
          {
            path: 'noiseMultiplier',
            type: 'number',
            description:
              'standard deviation of the noise on an answer, over what one unit (privacy.unit) moves it at most',
            required: true,
          },
        ],
        flags: { 'noise-multiplier': 'noiseMultiplier' },
      },
      {
        kind: 'mechanism',
        name: 'tutorial-041',
        summary: 'the noise of tutorial 041 as it runs, for comparison, with what it truly spends',
        options: [
          {
            path: 'epsilon',
            type: 'number',
            description: "what goes into the tutorial's formula, and what it claims; not what is spent",
            required: true,
          },
          {
            path: 'delta',
            type: 'number',
            description: "what goes into the tutorial's formula; it has 1e-5",
            required: true,
          },
          {
            path: 'clipNorm',
            type: 'number',
            description: "bound of a batch's mean gradient: L2 norm over all parameters together",
            required: true,
          },
        ],
        flags: { 'clip-norm': 'clipNorm' },
        draft: { unit: 'record', batches: 'shuffle', accountant: 'gaussian', claims: true },
      },
      {
        kind: 'accountant',
        name: 'rdp',
        summary: 'Renyi differential privacy; fast, a few percent above the tight figure (Mironov 2017)',
        options: [
          {
            path: 'orders',
            type: 'array',
            description:
              'orders of the Renyi divergence that are tried; more give a smaller epsilon, never a wrong one',
            default: [
              1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9, 3, 3.1, 3.2,
              3.3, 3.4, 3.5, 3.6, 3.7, 3.8, 3.9, 4, 4.1, 4.2, 4.3, 4.4, 4.5, 4.6, 4.7, 4.8, 4.9, 5, 5.1, 5.2, 5.3, 5.4,
              5.5, 5.6, 5.7, 5.8, 5.9, 6, 6.1, 6.2, 6.3, 6.4, 6.5, 6.6, 6.7, 6.8, 6.9, 7, 7.1, 7.2, 7.3, 7.4, 7.5, 7.6,
              7.7, 7.8, 7.9, 8, 8.1, 8.2, 8.3, 8.4, 8.5, 8.6, 8.7, 8.8, 8.9, 9, 9.1, 9.2, 9.3, 9.4, 9.5, 9.6, 9.7, 9.8,
              9.9, 10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
              22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
              48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 128, 256, 512, 1024,
            ],
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'accountant',
        name: 'pld',
        summary: 'privacy loss distributions; the tight figure, never below the true one',
        options: [],
        flags: {},
      },
      {
        kind: 'accountant',
        name: 'gaussian',
        summary: 'exact, for Gaussian releases without sampling (Dong, Roth and Su 2022)',
        options: [],
        flags: {},
      },
    ],
  },
  {
    package: '@fedward/privacy-secagg',
    load: () => import('@fedward/privacy-secagg'),
    plugins: [
      {
        kind: 'mechanism',
        name: 'secagg',
        summary: 'secure aggregation: the server learns the sum of the updates and no update (Bonawitz et al. 2017)',
        options: [
          {
            path: 'identities',
            type: 'any',
            description:
              "each site's Ed25519 public key in hexadecimal, by its id; `simulated`: keys that follow from the seed",
            required: true,
          },
          {
            path: 'threshold',
            type: 'integer',
            description: 'how many sites must be left at each stage; never fewer than floor(2n/3) + 1 of n, and 3',
            required: false,
          },
          {
            path: 'bits',
            type: 'any',
            description: 'of each value, in words of 32 bits',
            default: 32,
            required: false,
          },
          {
            path: 'range',
            type: 'number',
            description: 'largest value of an update; what is beyond is cut',
            default: 1,
            required: false,
          },
          {
            path: 'weights',
            type: 'string',
            description:
              'whether a site counts by its number of records, which is the default; equal where a mechanism has a price',
            required: false,
          },
          {
            path: 'mostRecords',
            type: 'integer',
            description: 'the most records that a site counts with, where it counts by records',
            default: 4096,
            required: false,
          },
          {
            path: 'noise.on',
            type: 'string',
            description: 'updates: a site is the unit; steps: records or patients are, and a round is one step of SGD',
            default: 'updates',
            required: false,
          },
          {
            path: 'noise.clipNorm',
            type: 'number',
            description: "L2 norm that a site's update, or in steps the gradient of one unit, is cut to",
            required: false,
          },
          {
            path: 'noise.noiseMultiplier',
            type: 'number',
            description: 'deviation of the noise that a sum has at least, over what one site moves it',
            required: false,
          },
          {
            path: 'noise.expectedClients',
            type: 'number',
            description: 'what the sum is divided by; default: how many are asked',
            required: false,
          },
          {
            path: 'noise.colluding',
            type: 'integer',
            description: 'how many sites of a sum may tell the server what noise they drew',
            default: 0,
            required: false,
          },
        ],
        flags: {},
      },
    ],
  },
  {
    package: '@fedward/trainer-tfjs',
    load: () => import('@fedward/trainer-tfjs'),
    plugins: [
      {
        kind: 'trainer',
        name: 'tfjs',
        summary: 'TensorFlow.js, on its native library where that is installed, else on WebAssembly',
        options: [
          {
            path: 'backend',
            type: 'string',
            description: 'what TensorFlow.js runs on; auto takes the first there is of tensorflow, wasm, cpu',
            default: 'auto',
            required: false,
          },
        ],
        flags: {},
      },
    ],
  },
  {
    package: '@fedward/trainer-wasm',
    load: () => import('@fedward/trainer-wasm'),
    plugins: [
      {
        kind: 'trainer',
        name: 'wasm',
        summary: 'one fused WebAssembly program, the fast path; nothing to install',
        options: [],
        flags: {},
      },
    ],
  },
];
