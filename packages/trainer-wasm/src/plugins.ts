import { definePlugin, type Plugin } from '@fedward/core';
import * as z from 'zod';
import { wasmTrainer } from './trainer.js';

/** What this package adds to a registry: the trainer `wasm`. Its program is loaded with the first use. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'trainer',
    name: 'wasm',
    summary: 'one fused WebAssembly program, the fast path; nothing to install',
    options: z.strictObject({}),
    create: () => wasmTrainer(),
    speed: { secondsAStep: 10e-6, multiplyAddsASecond: 6e9 },
  }),
];
