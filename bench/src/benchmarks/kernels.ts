import { multiplier, type Multiplier } from '@fedward/trainer-wasm';
import type { Benchmark, Measurement } from '../benchmark.js';
import { measureInTurn, type Measure } from '../measure/in-turn.js';
import { converse, oneThread, type Conversation } from '../peers/conversation.js';
import { peerScript, whyNot } from '../peers/python.js';

/** Rows, depth, columns: layers of the models in the other benchmarks, squares, and sizes that no tile divides. */
const shapes = [
  [32, 100, 64],
  [32, 64, 32],
  [32, 32, 2],
  [10, 784, 10],
  [64, 512, 32],
  [64, 784, 256],
  [33, 101, 65],
  [1, 512, 512],
  [512, 512, 1],
  [1000, 64, 16],
  [64, 64, 64],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
] as const;
type Shape = readonly [rows: number, depth: number, columns: number];

/** The matrix product, by shape, beside that of numpy on one thread. */
export const kernels: Benchmark = {
  name: 'kernels',
  description: 'GFLOP/s of the matrix product by shape, beside numpy on one thread',
  async run({ pairs, quick, python, progress }) {
    const missing = whyNot(python, 'numpy', ['numpy']);
    const skipped = missing ? [missing] : [];
    const builds = (['simd', 'relaxed-simd'] as const).filter((name) => isHere(name, skipped));
    const numpy = missing ? undefined : converse([python.program, peerScript('numpy_matmul.py')], oneThread);
    const target = quick ? 0.002 : 0.05;
    const measurements: Measurement[] = [];
    try {
      for (const shape of quick ? shapes.slice(0, 3) : shapes) {
        const what = shape.join('x');
        const programs = [...builds, ...(numpy ? ['numpy'] : [])];
        const timers = [
          // A program of its own for each shape: its matrices are then those random values that it starts with.
          ...builds.map((name) => timerOf(multiplier(name), shape)),
          ...(numpy ? [peerTimer(numpy, shape)] : []),
        ];
        const measures: Measure[] = [];
        for (const timer of timers) measures.push(await rateOf(timer, shape, target));
        const samples = await measureInTurn(pairs, measures);
        programs.forEach((program, i) =>
          measurements.push({ what, program: nameOf(program), unit: 'GFLOP/s', samples: samples[i]! }),
        );
        progress(`${what}: ${programs.map((name, i) => `${name} ${Math.max(...samples[i]!).toFixed(1)}`).join(', ')}`);
      }
    } finally {
      numpy?.end();
    }
    const comparisons = measurements
      .filter(({ program }) => program !== 'numpy')
      .flatMap((numerator) => {
        const denominator = measurements.find(({ what, program }) => what === numerator.what && program === 'numpy');
        return denominator ? [{ what: numerator.what, numerator, denominator }] : [];
      });
    return { measurements, comparisons, notes, skipped };
  },
};

const notes = [
  'Shapes are rows x depth x columns; a product counts 2 x rows x depth x columns operations. Matrices are row-major ' +
    'float32 and in cache where they fit; each figure is the mean over many products in a row.',
  'numpy runs in a process of its own with one thread; its figure holds the cost of a call from Python, which shows ' +
    'in small shapes.',
];

/** Seconds for so many products. */
type Timer = (times: number) => Promise<number> | number;

/** How often the product must be taken to fill the time; doubled until it does, which also warms it up. */
async function rateOf(timer: Timer, [rows, depth, columns]: Shape, target: number): Promise<Measure> {
  let times = 1;
  while ((await timer(times)) < target) times *= 2;
  return async () => (2 * rows * depth * columns * times) / (await timer(times)) / 1e9;
}

function timerOf(product: Multiplier, [rows, depth, columns]: Shape): Timer {
  return (times) => {
    const start = performance.now();
    product.run(rows, columns, depth, times);
    return (performance.now() - start) / 1000;
  };
}

function peerTimer(numpy: Conversation, [rows, depth, columns]: Shape): Timer {
  return async (times) => (await numpy.ask({ rows, depth, columns, times }))['seconds']!;
}

function isHere(name: 'simd' | 'relaxed-simd', skipped: string[]): boolean {
  try {
    multiplier(name);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CompileError') throw error;
    skipped.push(`${nameOf(name)}: this Node (${process.version}) can't run it`);
    return false;
  }
}

function nameOf(program: string): string {
  return program === 'numpy' ? program : `fedward ${program}`;
}
