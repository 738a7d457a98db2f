import { PassThrough } from 'node:stream';
import { addEnrolmentCommands } from '@fedward/site';
import { Command } from 'commander';
import { onTestFinished, vi } from 'vitest';
import { coordinatorCommand } from '../coordinator-command.js';

/** What a command has written. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

/** One command line in this process, with a terminal at which somebody types, or without one. */
export async function run(args: readonly string[], typed?: string): Promise<Written> {
  const written = { stdout: '', stderr: '' };
  const stdin = new PassThrough() as PassThrough & { isTTY?: boolean };
  stdin.isTTY = typed !== undefined;
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text: string | Uint8Array) => {
      written[stream] += String(text);
      if (/\[yes\/no\] $|: $/.test(String(text))) setImmediate(() => stdin.write(`${typed}\n`));
      return true;
    }),
  );
  const real = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  const restore = (): void => {
    Object.defineProperty(process, 'stdin', real);
    for (const spy of spies) spy.mockRestore();
  };
  onTestFinished(restore);
  try {
    const program = new Command('fedward').exitOverride();
    coordinatorCommand.create({})(program, { setExitCode: () => undefined });
    addEnrolmentCommands(program.command('site'));
    await program.parseAsync(['node', 'fedward', ...args]);
    return written;
  } finally {
    restore();
  }
}
