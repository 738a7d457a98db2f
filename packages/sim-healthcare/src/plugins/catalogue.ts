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

/** Named in the place of a trainer: the plan gets the one that suits its work. */
export const anyTrainer = 'auto';

/** The trainer of large networks and of graphs, which needs a runtime that may not be there. */
export const largeTrainer = 'onnx';

/** The mechanism by which the server learns sums alone, where someone asks for that by its short name. */
export const secureAggregation = 'secagg';

/** The collector that ends a round with the first updates, where someone asks for that by its short option. */
export const bufferedCollector = 'buffered';

/** The aggregator that caps each hospital's share, by records that the plan may tell all of them. */
export const capsShares = 'size-aware';

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
        options: [
          {
            path: 'weighting',
            type: 'string',
            description: 'how much each site counts: by its number of records, or all alike',
            default: 'records',
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'fedprox',
        summary: 'FedAvg whose sites are pulled towards the global model (Li et al. 2020)',
        options: [
          {
            path: 'weighting',
            type: 'string',
            description: 'how much each site counts: by its number of records, or all alike',
            default: 'records',
            required: false,
          },
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
  {
    package: '@fedward/aggregator-fedbuff',
    load: () => import('@fedward/aggregator-fedbuff'),
    plugins: [
      {
        kind: 'aggregator',
        name: 'fedbuff',
        summary: 'the mean of a buffer of changes, of which older ones count less (Nguyen et al. 2022)',
        options: [
          {
            path: 'learningRate',
            type: 'number',
            description: "the server's, eta_g, above 0",
            default: 1,
            required: false,
          },
          {
            path: 'staleness',
            type: 'any',
            description: 'what an update of an earlier round counts for: polynomial, constant or hinge',
            default: { kind: 'polynomial', exponent: 0.5 },
            required: false,
          },
        ],
        flags: {},
      },
      {
        kind: 'collector',
        name: 'buffered',
        summary: 'ends a round with its first K updates; who is still at work is in a later one (Nguyen et al. 2022)',
        options: [
          {
            path: 'size',
            type: 'integer',
            description: 'K: with so many updates, of whatever round, a round has enough',
            required: true,
          },
          {
            path: 'patience',
            type: 'integer',
            description: 'for so many further rounds a hospital still at work is waited for',
            default: 100,
            required: false,
          },
        ],
        flags: {},
      },
    ],
  },
  {
    package: '@fedward/aggregator-fedopt',
    load: () => import('@fedward/aggregator-fedopt'),
    plugins: [
      {
        kind: 'aggregator',
        name: 'fedavgm',
        summary: 'FedAvg whose server has momentum, against rounds that pull to and fro (Hsu et al. 2019)',
        options: [
          {
            path: 'learningRate',
            type: 'number',
            description: "the server's learning rate, > 0",
            default: 1,
            required: false,
          },
          {
            path: 'momentum',
            type: 'number',
            description: 'share of its last step that the server repeats, in [0, 1)',
            default: 0.9,
            required: false,
          },
        ],
        flags: { 'server-learning-rate': 'learningRate', 'server-momentum': 'momentum' },
      },
      {
        kind: 'aggregator',
        name: 'fedadagrad',
        summary: 'a step of its own for each weight, shorter from round to round (Reddi et al. 2021)',
        options: [
          {
            path: 'learningRate',
            type: 'number',
            description: "the server's learning rate, > 0",
            default: 0.1,
            required: false,
          },
          {
            path: 'beta1',
            type: 'number',
            description: 'decay of the mean of the changes, in [0, 1); 0: no momentum',
            default: 0,
            required: false,
          },
          {
            path: 'tau',
            type: 'number',
            description:
              'degree of adaptivity, > 0: added to the root of the accumulated squares; the larger, the less adaptive',
            default: 0.001,
            required: false,
          },
          {
            path: 'initialAccumulator',
            type: 'number',
            description: 'accumulated squares before round 0, >= 0; default: tau^2, the least that the paper takes',
            required: false,
          },
        ],
        flags: { 'server-learning-rate': 'learningRate' },
      },
      {
        kind: 'aggregator',
        name: 'fedadam',
        summary: 'a step of its own for each weight, by Adam at the server (Reddi et al. 2021)',
        options: [
          {
            path: 'learningRate',
            type: 'number',
            description: "the server's learning rate, > 0",
            default: 0.01,
            required: false,
          },
          {
            path: 'beta1',
            type: 'number',
            description: 'decay of the mean of the changes, in [0, 1); 0: no momentum',
            default: 0.9,
            required: false,
          },
          {
            path: 'beta2',
            type: 'number',
            description: 'decay of the mean of their squares, in [0, 1)',
            default: 0.99,
            required: false,
          },
          {
            path: 'tau',
            type: 'number',
            description:
              'degree of adaptivity, > 0: added to the root of the accumulated squares; the larger, the less adaptive',
            default: 0.001,
            required: false,
          },
          {
            path: 'initialAccumulator',
            type: 'number',
            description: 'accumulated squares before round 0, >= 0; default: tau^2, the least that the paper takes',
            required: false,
          },
          {
            path: 'biasCorrection',
            type: 'string',
            description:
              "for means that start at 0: none (Reddi et al. 2021); moments, m / (1 - beta1^t) and v / (1 - beta2^t) in step t = 1, 2, ... (Kingma and Ba 2015); flower, the learning rate times sqrt(1 - beta2^(t+1)) / (1 - beta1^(t+1)), as Flower's",
            default: 'none',
            required: false,
          },
        ],
        flags: { 'server-learning-rate': 'learningRate' },
      },
      {
        kind: 'aggregator',
        name: 'fedyogi',
        summary: 'as fedadam, with steps that lengthen slowly where changes become small (Reddi et al. 2021)',
        options: [
          {
            path: 'learningRate',
            type: 'number',
            description: "the server's learning rate, > 0",
            default: 0.01,
            required: false,
          },
          {
            path: 'beta1',
            type: 'number',
            description: 'decay of the mean of the changes, in [0, 1); 0: no momentum',
            default: 0.9,
            required: false,
          },
          {
            path: 'beta2',
            type: 'number',
            description: 'decay of the mean of their squares, in [0, 1)',
            default: 0.99,
            required: false,
          },
          {
            path: 'tau',
            type: 'number',
            description:
              'degree of adaptivity, > 0: added to the root of the accumulated squares; the larger, the less adaptive',
            default: 0.001,
            required: false,
          },
          {
            path: 'initialAccumulator',
            type: 'number',
            description: 'accumulated squares before round 0, >= 0; default: tau^2, the least that the paper takes',
            required: false,
          },
        ],
        flags: { 'server-learning-rate': 'learningRate' },
      },
    ],
  },
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
        flags: { byzantine: 'byzantine' },
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
        flags: { byzantine: 'byzantine' },
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
        flags: { byzantine: 'byzantine' },
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
        flags: { byzantine: 'byzantine' },
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
  {
    package: '@fedward/aggregator-scaffold',
    load: () => import('@fedward/aggregator-scaffold'),
    plugins: [
      {
        kind: 'aggregator',
        name: 'scaffold',
        summary:
          "each site's steps are corrected by how its gradients differ from all sites' (Karimireddy et al. 2020)",
        options: [
          {
            path: 'learningRate',
            type: 'number',
            description: "the server's learning rate, > 0; with 1 it takes the mean of the sites' models",
            default: 1,
            required: false,
          },
          {
            path: 'option',
            type: 'string',
            description:
              "how a site renews its control variate: II, from the steps that it took; I, by the gradient of all its records at the server's model",
            default: 'II',
            required: false,
          },
          {
            path: 'weighting',
            type: 'string',
            description:
              'how a site counts: by its number of records, as under FedAvg; uniform, each the same, as in the paper',
            default: 'records',
            required: false,
          },
        ],
        flags: { 'server-learning-rate': 'learningRate' },
      },
    ],
  },
  {
    package: '@fedward/compression',
    load: () => import('@fedward/compression'),
    plugins: [
      {
        kind: 'compression',
        name: 'quantize',
        summary: 'values of 8 or 16 bits by stochastic rounding (Alistarh et al. 2017)',
        options: [
          { path: 'bits', type: 'number', description: 'bits of a value: 8 or 16', default: 8, required: false },
          {
            path: 'chunk',
            type: 'integer',
            description: 'values that share a scale, at most; never of two tensors',
            default: 1024,
            required: false,
          },
        ],
        flags: { 'compression-bits': 'bits' },
      },
      {
        kind: 'compression',
        name: 'top-k',
        summary: 'the largest values alone, and the rest in a later update (Stich et al. 2018)',
        options: [
          {
            path: 'share',
            type: 'number',
            description: 'share of values that travel, in (0, 1]; at least one does',
            default: 0.1,
            required: false,
          },
          {
            path: 'bits',
            type: 'number',
            description: 'bits of a value: 32 as it is, 16 by stochastic rounding',
            default: 32,
            required: false,
          },
          {
            path: 'feedback',
            type: 'boolean',
            description: 'whether what an update left out is added to the next one of that site',
            default: true,
            required: false,
          },
        ],
        flags: { 'compression-bits': 'bits', 'top-k-share': 'share' },
      },
    ],
  },
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
  {
    package: '@fedward/personalization',
    load: () => import('@fedward/personalization'),
    plugins: [
      {
        kind: 'aggregator',
        name: 'fine-tuning',
        summary: 'FedAvg whose model each site trains a little further for itself (Wang et al. 2019)',
        options: [
          {
            path: 'steps',
            type: 'integer',
            description: 'steps from the global model to the personal one, >= 1',
            required: true,
          },
          {
            path: 'batchSize',
            type: 'integer',
            description: "records in a step of the personal training, >= 1; default: the plan's",
            required: false,
          },
          {
            path: 'learningRate',
            type: 'number',
            description: "learning rate of the personal training, > 0; default: the plan's",
            required: false,
          },
          {
            path: 'tensors',
            type: 'array',
            description: 'tensors that are fine-tuned, by name or position of layer, such as the last; default: all',
            required: false,
          },
        ],
        flags: { 'personal-steps': 'steps' },
      },
      {
        kind: 'aggregator',
        name: 'private-tensors',
        summary: 'FedAvg whose sites keep the tensors that are named to themselves (Pillutla et al. 2022)',
        options: [
          {
            path: 'tensors',
            type: 'array',
            description:
              'tensors that never leave a site, by name or position of layer, as in `training.frozen`; such as a single bias',
            required: true,
          },
        ],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'fedper',
        summary: 'FedAvg of the first layers; each site keeps its own last ones (Arivazhagan et al. 2019)',
        options: [
          {
            path: 'layers',
            type: 'integer',
            description: 'number of last layers with tensors that are personal, >= 1: K_P of the paper',
            default: 1,
            required: false,
          },
        ],
        flags: { 'private-layers': 'layers' },
      },
      {
        kind: 'aggregator',
        name: 'fedbn',
        summary: 'FedAvg of all but normalisation layers, of which each site keeps its own (Li et al. 2021)',
        options: [],
        flags: {},
      },
      {
        kind: 'aggregator',
        name: 'ditto',
        summary:
          'FedAvg; beside it each site trains a model of its own that is pulled to the global one (Li et al. 2021)',
        options: [
          {
            path: 'lambda',
            type: 'number',
            description: 'pull of the personal model to the global one, >= 0; with 0 it is trained alone',
            required: true,
          },
          { path: 'steps', type: 'integer', description: 'steps of the personal training, >= 1', required: false },
          {
            path: 'batchSize',
            type: 'integer',
            description: "records in a step of the personal training, >= 1; default: the plan's",
            required: false,
          },
          {
            path: 'learningRate',
            type: 'number',
            description: "learning rate of the personal training, > 0; default: the plan's",
            required: false,
          },
        ],
        flags: { 'ditto-lambda': 'lambda', 'personal-steps': 'steps' },
      },
    ],
  },
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
    package: '@fedward/trainer-onnx',
    load: () => import('@fedward/trainer-onnx'),
    plugins: [
      {
        kind: 'trainer',
        name: 'onnx',
        summary: 'ONNX Runtime, for networks of any size and your own ONNX files; needs onnxruntime-node',
        options: [
          {
            path: 'backend',
            type: 'string',
            description: 'what ONNX Runtime computes on: cpu, webgpu, cuda, directml or coreml',
            default: 'cpu',
            required: false,
          },
          {
            path: 'threads',
            type: 'integer',
            description: 'of one training; with more than one, results may differ in their last bits from those of one',
            default: 1,
            required: false,
          },
        ],
        flags: { backend: 'backend' },
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
