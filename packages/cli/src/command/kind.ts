import { definePlugin, type Plugin } from '@fedward/core';
import type { Command } from 'commander';
import * as z from 'zod';
import type { ExitCode } from '../exit-code.js';

/** What a command is given by the program that it is added to. */
export interface CommandHost {
  /** For a command that ends otherwise than with 0, and throws nothing. */
  setExitCode(code: ExitCode): void;
}

/** Adds a command, with its options and what it does, to the program. What it does is loaded when it runs. */
export type AddCommand = (program: Command, host: CommandHost) => void;

declare module '@fedward/core' {
  interface PluginKinds {
    /** A command of `fedward`. */
    command: AddCommand;
  }
}

/** A command as a plugin, which a package exports among its `plugins`. */
export function defineCommand(name: string, summary: string, add: AddCommand): Plugin<'command'> {
  return definePlugin({ kind: 'command', name, summary, options: z.strictObject({}), create: () => add });
}
