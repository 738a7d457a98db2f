import type { Plugin } from '@fedward/core';
import { sitesPlugin } from './sites-plugin.js';
import { workerCommand } from './worker-command.js';

/** What this package adds: `fedward worker`, and `fedward simulate --nats`. */
export const plugins: readonly Plugin[] = [workerCommand, sitesPlugin];
