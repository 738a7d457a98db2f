import type { Plugin } from '@fedward/core';
import { siteCommand } from './command/site-command.js';

/** What this package adds to the command: `fedward site`. */
export const plugins: readonly Plugin[] = [siteCommand];
