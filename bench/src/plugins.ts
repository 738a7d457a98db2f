import type { Plugin } from '@fedward/core';
import { benchCommand } from './bench-command.js';

/** What this package adds to the command: `fedward bench`. */
export const plugins: readonly Plugin[] = [benchCommand];
