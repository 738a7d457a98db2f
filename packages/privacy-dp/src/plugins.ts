import type { Plugin } from '@fedward/core';
import { plugins as accountants } from './accounting/plugins.js';
import { plugins as mechanisms } from './mechanisms/plugins.js';

/** What this package adds to a registry: its mechanisms and its accountants. */
export const plugins: readonly Plugin[] = [...mechanisms, ...accountants];
