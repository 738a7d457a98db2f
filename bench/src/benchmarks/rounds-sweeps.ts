import type { ModelSpecInput } from '@fedward/core';

/** Runs that differ in one thing. */
export interface Sweep {
  /** Part of a file's name. */
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  /** True where the first point is what the others are to be faster than. */
  readonly speedUp: boolean;
  readonly points: readonly Point[];
}

export interface Point {
  /** Where it stands on the axis, > 0. */
  readonly at: number;
  readonly what: string;
  /** Options of `fedward simulate`. */
  readonly args: readonly string[];
  /** Members of a training plan. */
  readonly config?: { readonly model: ModelSpecInput };
}

const inputs = 784;
const classes = 10;

export function sweepsOf(quick: boolean): readonly Sweep[] {
  const options = (values: Record<string, number>): string[] =>
    Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const few = quick ? 1 : 10;
  return [
    {
      name: 'population',
      title: 'clients in all (10 asked in a round)',
      axis: 'clients in all',
      speedUp: false,
      points: (quick ? [20, 40] : [100, 1_000, 10_000, 100_000]).map((hospitals) => ({
        at: hospitals,
        what: `${hospitals} clients`,
        args: options({ hospitals, rounds: few, workers: 1 }),
      })),
    },
    {
      name: 'cohort',
      title: 'clients asked in a round (of 1,000)',
      axis: 'clients asked in a round',
      speedUp: false,
      points: (quick ? [2, 4] : [10, 30, 100, 300]).map((cohort) => ({
        at: cohort,
        what: `${cohort} asked`,
        args: options({ hospitals: 1_000, cohort, rounds: few, workers: 1 }),
      })),
    },
    {
      name: 'parameters',
      title: 'parameters (one hidden layer, 10 clients a round)',
      axis: 'parameters',
      speedUp: false,
      points: (quick ? [2, 4] : [16, 64, 256, 1024]).map((hidden) => {
        const parameters = inputs * hidden + hidden + hidden * classes + classes;
        return {
          at: parameters,
          what: `${parameters} parameters`,
          args: options({ hospitals: 100, cohort: 10, rounds: quick ? 1 : 10, workers: 1 }),
          config: { model: oneHiddenLayer(hidden) },
        };
      }),
    },
    {
      name: 'workers',
      title: 'workers (clients of equal size, one hidden layer of 256, 64 clients a round, 5 epochs)',
      axis: 'workers',
      speedUp: true,
      points: [1, 2, 4].map((workers) => ({
        at: workers,
        what: workers === 1 ? '1 worker' : `${workers} workers`,
        args: options({
          hospitals: 128,
          cohort: quick ? 2 : 64,
          rounds: quick ? 1 : 5,
          'local-epochs': quick ? 1 : 5,
          workers,
        }),
        config: { model: oneHiddenLayer(quick ? 4 : 256) },
      })),
    },
  ];
}

function oneHiddenLayer(units: number): ModelSpecInput {
  return {
    inputShape: [inputs],
    layers: [
      { type: 'dense', units },
      { type: 'activation', function: 'relu' },
      { type: 'dense', units: classes },
    ],
    loss: 'softmax-cross-entropy',
  };
}
