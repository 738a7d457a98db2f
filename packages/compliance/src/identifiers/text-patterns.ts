import { personPatterns } from './person-patterns.js';
import type { TextPattern } from './text-matching.js';
import { thingPatterns } from './thing-patterns.js';

/** All that is looked for within cells, in the order of the categories. */
export const textPatterns: readonly TextPattern[] = [...personPatterns, ...thingPatterns];
