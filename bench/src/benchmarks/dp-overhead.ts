import { SecureNoise, SeededNoise, Random, type NoiseSource } from '@fedward/core';
import { wasmTrainer } from '@fedward/trainer-wasm';
import type { Benchmark, BenchmarkOptions } from '../benchmark.js';
import type { Measure } from '../measure/in-turn.js';
import { measurePrograms, over, together, type WorkloadFindings } from '../measure/programs.js';
import { converse, oneThread, type Conversation } from '../peers/conversation.js';
import { peerScript, whyNot } from '../peers/python.js';
import { workloads, type Workload } from './dp-workloads.js';

/** What `dp-sgd` adds to a step, for two models, beside what Opacus adds to one of PyTorch. */
export const dpOverhead: Benchmark = {
  name: 'dp-overhead',
  description: 'a step with dp-sgd against one without, for an MLP and a CNN, beside Opacus',
  async run(options) {
    const missing = whyNot(options.python, 'opacus', ['torch', 'opacus']);
    const opacus = missing
      ? undefined
      : converse([options.python.program, peerScript('opacus_overhead.py')], oneThread);
    const findings: WorkloadFindings[] = [];
    try {
      for (const workload of workloads) findings.push(await measure(workload, options, opacus));
    } finally {
      opacus?.end();
    }
    return {
      ...together(findings),
      notes,
      skipped: missing ? [missing] : [],
    };
  },
};

const notes = [
  'A step is one of a training of several hundred, whose time over their number is given: Poisson batches, forward ' +
    'pass, backward pass, SGD; with dp-sgd also per-example clipping and noise on every parameter. Batches are Poisson ' +
    'samples without privacy too, so that only clipping and noise differ. One thread for each program.',
  'Simulated noise: ChaCha8 from a seed. Secret noise: keys from the operating system, ChaCha20, and four draws for ' +
    'each value (Holohan and Braghin 2021). Opacus: noise from the generator of torch.',
];

async function measure(
  workload: Workload,
  { pairs, quick, progress }: BenchmarkOptions,
  opacus: Conversation | undefined,
): Promise<WorkloadFindings> {
  const what = workload.title;
  const fedward = [
    { program: 'fedward plain', time: training(workload, quick, false, simulated) },
    { program: 'fedward dp-sgd', time: training(workload, quick, true, simulated) },
    { program: 'fedward dp-sgd, secret noise', time: training(workload, quick, true, () => new SecureNoise()) },
  ];
  const peers = opacus
    ? [
        { program: 'pytorch plain', time: peerTraining(workload, quick, false, opacus) },
        { program: 'pytorch with opacus', time: peerTraining(workload, quick, true, opacus) },
      ]
    : [];
  const measurements = await measurePrograms(what, [...fedward, ...peers], {
    ...{ pairs, unit: 'µs/step' },
    onTurn: (turn, micros) =>
      progress(`${what}, ${turn}: ${micros.map((value) => `${value.toFixed(0)} µs`).join(', ')}`),
  });
  const [plain, private_, secret, torchPlain, torchPrivate] = measurements;
  return {
    measurements,
    comparisons: [
      ...over(private_, plain),
      ...over(secret, plain),
      ...over(torchPrivate, torchPlain),
      ...over(torchPrivate, private_),
      ...over(torchPrivate, secret),
    ],
  };
}

function simulated(): NoiseSource {
  return new SeededNoise(new Random(1));
}

/** Microseconds for a step of fedward's trainer. */
function training(workload: Workload, quick: boolean, withPrivacy: boolean, noise: () => NoiseSource): Measure {
  const trainer = wasmTrainer();
  const plan = workload.plan(quick);
  const { gradientPrivacy, data, initial } = workload;
  return async () => {
    const context = {
      clientId: 'a',
      runId: 'bench',
      round: 0,
      plan,
      wishes: {},
      random: new Random(1),
      noise: noise(),
      ...(withPrivacy && { gradientPrivacy }),
    };
    const start = performance.now();
    const { steps } = await trainer.train(initial, data, context, new AbortController().signal);
    return (1000 * (performance.now() - start)) / steps;
  };
}

function peerTraining(workload: Workload, quick: boolean, withPrivacy: boolean, opacus: Conversation): Measure {
  const { steps, probability, expectedSize } = workload.batches(quick);
  const { clipNorm, noiseMultiplier } = workload.gradientPrivacy;
  const question = {
    model: workload.name,
    private: withPrivacy,
    steps: Math.ceil(steps / 4), // it takes its time
    records: workload.data.count,
    probability,
    expectedSize,
    clipNorm,
    noiseMultiplier,
    learningRate: workload.learningRate,
  };
  return async () => (1e6 * (await opacus.ask(question))['seconds']!) / question.steps;
}
