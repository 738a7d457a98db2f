import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { layoutOf, Random } from '@fedward/core';
import { initialParameters } from '@fedward/models-medical';
import type { Benchmark, BenchmarkOptions } from '../benchmark.js';
import type { Measure } from '../measure/in-turn.js';
import {
  assertSame,
  measurePrograms,
  over,
  together,
  type Program,
  type WorkloadFindings,
} from '../measure/programs.js';
import { converse, type Conversation } from '../peers/conversation.js';
import { peerScript, whyNot } from '../peers/python.js';
import * as workloads from './imaging-workloads.js';
import type { ImagingWorkload } from './imaging-workloads.js';
import { noiseFor } from './noise.js';

/** An epoch of convolutional networks, beside the same networks in PyTorch and under Opacus. */
export const imaging: Benchmark = {
  name: 'imaging',
  description: 'an epoch of a CNN on images and on signals, plain and with dp-sgd, beside PyTorch and Opacus',
  async run(options) {
    const skipped = [whyNot(options.python, 'pytorch', ['torch']), whyNot(options.python, 'opacus', ['opacus'])];
    const [noTorch, noOpacus] = skipped;
    const torch = noTorch ? undefined : converse([options.python.program, peerScript('imaging_torch.py')]);
    const findings: WorkloadFindings[] = [];
    try {
      for (const workload of workloads.imagingWorkloads(options.quick))
        findings.push(await measure(workload, options, workload.private && noOpacus ? undefined : torch));
    } finally {
      torch?.end();
    }
    return {
      ...together(findings),
      notes,
      skipped: skipped.filter((reason) => reason !== undefined),
    };
  },
};

const notes = [
  'An epoch over records that are there already: batches, forward pass, backward pass, SGD with momentum; with dp-sgd ' +
    'Poisson batches of the same expected size, clipping by record, and simulated noise. Weights are loaded once an epoch.',
  'fedward trains a hospital in one thread. Beside PyTorch with two threads it trains two hospitals, each with half of ' +
    'the records, in two threads.',
];

async function measure(
  workload: ImagingWorkload,
  { pairs, progress }: BenchmarkOptions,
  torch: Conversation | undefined,
): Promise<WorkloadFindings> {
  const { title: what, records } = workload;
  const one = hospitals(workload, 1);
  const two = hospitals(workload, 2);
  try {
    const programs: Program[] = [
      { program: 'fedward, 1 hospital', time: one.epoch },
      { program: 'fedward, 2 hospitals in 2 threads', time: two.epoch },
    ];
    for (const threads of torch ? [1, 2] : [])
      programs.push({
        program: `pytorch, ${threads} thread${threads > 1 ? 's' : ''}`,
        time: peerEpoch(workload, torch!, threads),
      });
    const measurements = await measurePrograms(what, programs, {
      ...{ pairs, unit: 's' },
      onTurn: (turn, seconds) =>
        progress(
          `${what}, ${records} records, ${turn}: ` +
            seconds.map((value) => `${(1000 * value).toFixed(0)} ms`).join(', '),
        ),
    });
    const [alone, shared, oneThread, twoThreads] = measurements;
    return { measurements, comparisons: [...over(alone, oneThread), ...over(shared, twoThreads)] };
  } finally {
    await Promise.all([one.end(), two.end()]);
  }
}

/** Seconds of an epoch of so many hospitals, each in a thread, which share the records. */
function hospitals(workload: ImagingWorkload, count: number): { readonly epoch: Measure; end(): Promise<unknown> } {
  const { model } = workload;
  const { clipNorm, noiseMultiplier } = workloads;
  const records = workload.records / count;
  const data = noiseFor(model, records);
  const initial = initialParameters(model, new Random(1));
  const task = {
    plan: workloads.epochOf(workload, records),
    ...(workload.private && { gradientPrivacy: { clip: 'per-example', clipNorm, noiseMultiplier } }),
  };
  // Without the options of this process: a thread that Node starts by itself reads no sources.
  const threads = Array.from(
    { length: count },
    () => new Worker(peerScript('imaging_hospital.js'), { workerData: { data, initial }, execArgv: [] }),
  );
  return {
    async epoch() {
      const start = performance.now();
      for (const thread of threads) thread.postMessage(task);
      const answers = await Promise.all(threads.map((thread) => once(thread, 'message')));
      const seconds = (performance.now() - start) / 1000;
      const steps = answers.reduce((sum, [steps]) => sum + Number(steps), 0);
      assertSame('fedward', 'steps', steps, stepsOf(workload), workload.title);
      return seconds;
    },
    end: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
}

function peerEpoch(workload: ImagingWorkload, torch: Conversation, threads: number): Measure {
  const { network, records, batch, private: clipped } = workload;
  const { clipNorm, noiseMultiplier, learningRate, momentum } = workloads;
  const settings = { clipNorm, noiseMultiplier, learningRate, momentum };
  return async () => {
    const { seconds, steps, weights } = await torch.ask({
      network,
      private: clipped,
      threads,
      records,
      batch,
      ...settings,
    });
    assertSame('pytorch', 'steps', steps!, stepsOf(workload), workload.title);
    assertSame('pytorch', 'weights', weights!, layoutOf(workload.model).size, workload.title);
    return seconds!;
  };
}

function stepsOf({ records, batch }: ImagingWorkload): number {
  return Math.ceil(records / batch);
}
