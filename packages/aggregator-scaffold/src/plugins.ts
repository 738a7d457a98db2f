import type { Plugin } from '@fedward/core';

/** What this package adds to a registry. */
export const plugins: readonly Plugin[] = [];
