import { definePlugin, type Plugin } from '@fedward/core';
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
    speed: { secondsAStep: 300e-6, multiplyAddsASecond: 15e9 },
  }),
];
