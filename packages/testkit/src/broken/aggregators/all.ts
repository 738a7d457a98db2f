import type { Aggregator } from '@fedward/core';
import { aggregatorCompliance } from '../../aggregator.js';
import { queryPlan } from '../privacy-mechanisms/answers.js';
import { brokenLeavingOut, referenceLeavingOut } from './left-out.js';
import { brokenPromises } from './promises.js';
import { brokenReductions } from './reduction.js';
import { brokenRefusals } from './refusal.js';
import { brokenStates } from './state.js';

export const brokenAggregators = { ...brokenReductions, ...brokenRefusals, ...brokenStates, ...brokenPromises };

export { brokenLeavingOut, referenceLeavingOut };

/** Of one that is no mean. */
export const robustSuiteOf = (create: () => Aggregator) => aggregatorCompliance({ create });

export const suiteOf = (create: () => Aggregator) => aggregatorCompliance({ create, mean: true, rejects: [queryPlan] });
