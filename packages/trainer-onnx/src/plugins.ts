import { definePlugin, type Plugin } from '@fedward/core';
import { isRuntimeInstalled } from './runtime.js';
import { onnxOptions, onnxTrainer } from './trainer.js';

/** What this package adds to a registry: the trainer `onnx`. ONNX Runtime is loaded with the first use. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'trainer',
    name: 'onnx',
    summary: 'ONNX Runtime, for networks of any size and your own ONNX files; needs onnxruntime-node',
    options: onnxOptions,
    create: onnxTrainer,
    flags: { backend: 'backend' },
    available: isRuntimeInstalled,
    // ONNX Runtime's WebGPU ends the process where two threads use it; of the other GPUs nothing is known.
    inOneThread: ({ backend = 'cpu' }) => backend !== 'cpu',
    // By the networks between which `auto` has to choose; a step of a few dense layers takes a tenth of the first.
    speed: { secondsAStep: 18e-3, multiplyAddsASecond: 13e9 },
  }),
];
