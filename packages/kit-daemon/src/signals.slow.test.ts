import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const file = fileURLToPath(new URL('./testing/stopping.ts', import.meta.url));

/** Sends each signal once the line before it was said. */
async function ended(fate: string, ...signals: readonly (readonly [after: string, signal: NodeJS.Signals])[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', file, fate], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const [next] = signals.filter(([after]) => after === line);
    if (next) child.kill(next[1]);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines };
}

describe('a daemon that is told to end', () => {
  it('stops in order, and reads its settings anew on SIGHUP', async () => {
    expect(await ended('well', ['up', 'SIGHUP'], ['reloaded', 'SIGTERM'])).toEqual({
      code: 0,
      lines: ['up', 'reloaded', 'stopping', 'stopped'],
    });
  });

  it('ends as it is where stopping fails or takes too long', async () => {
    expect(await ended('fails', ['up', 'SIGINT'])).toEqual({ code: 1, lines: ['up', 'stopping'] });
    expect(await ended('slow-limited', ['up', 'SIGINT'])).toEqual({ code: 1, lines: ['up', 'stopping'] });
  });

  it('ends at once when told twice', async () => {
    expect(await ended('slow', ['up', 'SIGTERM'], ['stopping', 'SIGINT'])).toEqual({
      code: 130,
      lines: ['up', 'stopping'],
    });
  });
});
