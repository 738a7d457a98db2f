import type { Plugin } from '@fedward/core';
import { coordinatorCommand } from './coordinator-command.js';
import { demoCommand } from './demo-command.js';
import { studyCommand } from './study-command.js';

/** What this package adds to the command. */
export const plugins: readonly Plugin[] = [coordinatorCommand, studyCommand, demoCommand];
