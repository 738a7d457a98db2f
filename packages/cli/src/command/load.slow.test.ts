import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { commands } from './catalogue.js';
import { loadCommand } from './load.js';

vi.mock(import('@fedward/sim-healthcare'), async (load) => ({ ...(await load()), findPackage: () => undefined }));

describe('loadCommand', () => {
  it.each(commands.filter(({ load }) => load).map(({ name, summary }) => [name, summary]))(
    'loads %s, which is called as --help says',
    async (name, summary) => {
      for (const args of [[name], ['--json', name, 'x'], ['help', name]]) {
        const program = new Command();
        const plugin = await loadCommand(args);
        plugin!.create({})(program, { setExitCode: () => undefined });
        expect(program.commands.map((command) => command.name())).toEqual([name]);
        expect(plugin).toMatchObject({ kind: 'command', name, summary });
      }
    },
  );

  it('loads none where none is asked for, or one that nobody knows', async () => {
    for (const args of [[], ['--version'], ['help'], ['simulat', 'privacy']])
      expect(await loadCommand(args)).toBeUndefined();
  });

  it('says what to install', async () => {
    await expect(loadCommand(['bench', 'tutorial'])).rejects.toMatchObject({
      code: 'PLUGIN_UNKNOWN',
      message: expect.stringContaining('npm install @fedward/bench') as string,
      subject: 'bench',
    });
  });
});
