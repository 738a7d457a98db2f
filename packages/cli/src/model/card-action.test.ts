import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { folderOf } from '../testing/run.js';
import { addCardCommand } from './card-command.js';

async function card(...args: string[]): Promise<string> {
  let written = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written += String(text)), true));
  const model = new Command('model').exitOverride().configureOutput({ writeErr: () => undefined });
  addCardCommand(model);
  for (const command of model.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    await model.parseAsync(['card', ...args], { from: 'user' });
  } finally {
    spy.mockRestore();
  }
  return written;
}

describe('fedward model card', () => {
  it('prints a card of a run’s folder, or of the model file in it', async () => {
    const folder = await folderOf({ 'model-card.md': '# A\n', 'tripod-ai.md': '# T\n', 'model.safetensors': '' });
    expect(await card(folder)).toBe('# A\n');
    expect(await card(join(folder, 'model.safetensors'), '--format', 'tripod')).toBe('# T\n');
  });

  it('says what is missing', async () => {
    const folder = await folderOf({ 'model-card.md': '' });
    await expect(card(folder, '--format', 'html')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      subject: join(folder, 'model-card.html'),
    });
    await expect(card(join(folder, 'no'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(card(folder, '--format', 'pdf')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });
});
