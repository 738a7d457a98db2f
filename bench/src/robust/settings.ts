/** All that `fedward bench robust` is run with. */
export const settings = {
  /** The 740 patients of heart-disease, shuffled by the seed and dealt out: Krum needs 2 f + 3 hospitals. */
  hospitals: 5,
  seeds: [1, 2, 3, 4, 5],
  rounds: 30,
  batchSize: 16,
  learningRate: 0.05,
  /** How many of the hospitals attack. The rules are set up for one; three are a majority. */
  attackers: [1, 2, 3],
  attacks: {
    'sign flip': {},
    'scaling by 100': { factor: 100 },
    Gaussian: { deviation: 10 },
    'label flip': {},
    /** z of Baruch et al. 2019: their formula gives 0 for 1 of 5 attackers and 0.43 for 2 of 5; this is more of an attack. */
    'a little is enough': { z: 1.5 },
    'inner product': { epsilon: 2 },
  },
  rules: {
    fedavg: {},
    median: {},
    'trimmed-mean': {},
    krum: {},
    'multi-krum': {},
    'geometric-median': {},
    'centered-clipping': {},
    'norm-bounding': {},
    'size-aware': { clipNorm: 0.2, mostShare: 0.2 },
  },
} as const;

export type AttackName = keyof typeof settings.attacks;
