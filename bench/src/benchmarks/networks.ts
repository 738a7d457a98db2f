import { layoutOf, Random, SeededNoise, type LocalTrainer } from '@fedward/core';
import { initialParameters } from '@fedward/models-medical';
import { onnxTrainer } from '@fedward/trainer-onnx';
import { wasmTrainer } from '@fedward/trainer-wasm';
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
import { converse, oneThread, type Conversation } from '../peers/conversation.js';
import { peerScript, whyNot } from '../peers/python.js';
import * as workloads from './networks-workloads.js';
import type { NetworkWorkload } from './networks-workloads.js';
import { noiseFor } from './noise.js';

/** A step of three networks with both trainers, plain and with dp-sgd, beside PyTorch and Opacus. */
export const networks: Benchmark = {
  name: 'networks',
  description: 'a step of two CNNs and of a ResNet-18 by trainer, plain and with dp-sgd, beside PyTorch and Opacus',
  async run(options) {
    const missing = [whyNot(options.python, 'pytorch', ['torch']), whyNot(options.python, 'opacus', ['opacus'])];
    const trainers = { wasm: wasmTrainer(), onnx: onnxTrainer() };
    const noRuntime = await lacking(trainers.onnx);
    const torch = missing[0]
      ? undefined
      : converse([options.python.program, peerScript('networks_torch.py')], oneThread);
    const findings: WorkloadFindings[] = [];
    try {
      for (const workload of workloads.networkWorkloads(options.quick)) {
        const programs = workload.programs.filter((name) => name !== 'onnx' || !noRuntime);
        const own = programs.map((name) => ({ name, trainer: trainers[name] }));
        if (own.length > 0 || torch)
          findings.push(await measure(workload, options, { own, torch, opacus: missing[1] ? undefined : torch }));
      }
    } finally {
      torch?.end();
    }
    return {
      ...together(findings),
      notes,
      skipped: [...missing, noRuntime].filter((reason) => reason !== undefined),
    };
  },
};

const notes = [
  'Processor time of a step over 32 images of 28 x 28, one thread for each program: forward pass, backward pass, SGD; with ' +
    'dp-sgd clipping by example and simulated noise too, over the same 32 (a Poisson sample that leaves out none).',
  'A sample is the mean of 16 steps of one training (4 of the ResNet-18, as in a round of the scenario pneumonia), loading of the weights counted.',
  'small CNN: 16, 32, 64 filters with group norm, that of the benchmark imaging; CNN 32-32-64-64: no norm, 265,890 ' +
    'parameters; ResNet-18: resnet18 of models-medical, group norm, 11.2 million parameters.',
];

/** @returns why the trainer can't run here, undefined where it can */
async function lacking(trainer: LocalTrainer): Promise<string | undefined> {
  try {
    await trainer.describe();
    return undefined;
  } catch (error) {
    return `onnx: ${(error as Error).message}`;
  }
}

interface Programs {
  readonly own: readonly { readonly name: string; readonly trainer: LocalTrainer }[];
  readonly torch: Conversation | undefined;
  readonly opacus: Conversation | undefined;
}

async function measure(
  workload: NetworkWorkload,
  { pairs, progress }: BenchmarkOptions,
  { own, torch, opacus }: Programs,
): Promise<WorkloadFindings> {
  const what = workload.title;
  const programs = [false, true].flatMap((clipped): Program[] => {
    const peer = clipped ? opacus : torch;
    return [
      ...own.map(({ name, trainer }) => ({
        program: nameOf(name, clipped),
        time: ownSteps(workload, trainer, clipped),
      })),
      ...(peer ? [{ program: nameOf('pytorch', clipped), time: peerSteps(workload, peer, clipped) }] : []),
    ];
  });
  const measurements = await measurePrograms(what, programs, {
    ...{ pairs, unit: 'µs/step' },
    onTurn: (turn, micros) =>
      progress(
        `${what}, ${turn}: ` +
          programs.map(({ program }, i) => `${program} ${(micros[i]! / 1000).toFixed(1)} ms`).join(', '),
      ),
  });
  const find = (name: string, clipped: boolean) =>
    measurements.find(({ program }) => program === nameOf(name, clipped));
  return {
    measurements,
    comparisons: [
      ...own.flatMap(({ name }) => over(find(name, false), find('pytorch', false))),
      ...over(find('onnx', false), find('wasm', false)),
      ...[...own.map(({ name }) => name), 'pytorch'].flatMap((name) => over(find(name, true), find(name, false))),
    ],
  };
}

function nameOf(program: string, clipped: boolean): string {
  if (program === 'pytorch') return clipped ? 'pytorch with opacus' : 'pytorch';
  return `fedward ${program}${clipped ? ', dp-sgd' : ''}`;
}

/** Microseconds of processor time a step, of this whole process: nothing else is under way in it. */
function ownSteps(workload: NetworkWorkload, trainer: LocalTrainer, clipped: boolean): Measure {
  const { model, steps, title } = workload;
  const plan = workloads.stepsOver(workload, trainer.name, steps, clipped);
  const data = noiseFor(model, workloads.batch);
  const initial = initialParameters(model, new Random(1));
  const { clipNorm, noiseMultiplier } = workloads;
  return async () => {
    const context = {
      ...{ clientId: 'a', runId: 'bench', round: 0, plan, wishes: {} },
      ...{ random: new Random(1), noise: new SeededNoise(new Random(1)) },
      ...(clipped && { gradientPrivacy: { clip: 'per-example' as const, clipNorm, noiseMultiplier } }),
    };
    const before = process.cpuUsage();
    const done = await trainer.train(initial, data, context, new AbortController().signal);
    const { user, system } = process.cpuUsage(before);
    assertSame(`fedward ${trainer.name}`, 'steps', done.steps, steps, title);
    return (user + system) / steps;
  };
}

function peerSteps(workload: NetworkWorkload, torch: Conversation, clipped: boolean): Measure {
  const { network, model, steps, title } = workload;
  const { batch, clipNorm, noiseMultiplier, learningRate } = workloads;
  return async () => {
    const { seconds, weights } = await torch.ask({
      ...{ network, private: clipped, steps, batch, clipNorm, noiseMultiplier, learningRate },
    });
    assertSame('pytorch', 'weights', weights!, layoutOf(model).size, title);
    return (1e6 * seconds!) / steps;
  };
}
