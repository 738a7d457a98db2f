import { definePlugin } from '@fedward/core';
import { wasmTrainer } from '@fedward/trainer-wasm';
import * as z from 'zod';

/** Stands for a team's own. */
export const plugins = [
  definePlugin({
    kind: 'trainer',
    name: 'mine',
    summary: 'the default trainer under another name',
    options: z.strictObject({}),
    create: () => ({ ...wasmTrainer(), name: 'mine' }),
  }),
];
