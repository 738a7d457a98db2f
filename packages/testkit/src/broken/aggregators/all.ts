import { brokenReductions } from './reduction.js';
import { brokenRefusals } from './refusal.js';
import { brokenStates } from './state.js';

export const brokenAggregators = { ...brokenReductions, ...brokenRefusals, ...brokenStates };
