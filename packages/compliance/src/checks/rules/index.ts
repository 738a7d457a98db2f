import type { Rule } from '../facts.js';
import { ehdsRules } from './ehds.js';
import { gdprRules } from './gdpr.js';
import { hipaaRules } from './hipaa.js';
import { safeHarborRules } from './safe-harbor.js';

/** All rules, in the order in which they are told. */
export const checkRules: readonly Rule[] = [...safeHarborRules, ...hipaaRules, ...gdprRules, ...ehdsRules];
