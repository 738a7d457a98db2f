import { wasmTrainer } from '@fedward/trainer-wasm';

/** Stands for a team's own. */
export default () => ({ ...wasmTrainer(), name: 'mine' });
