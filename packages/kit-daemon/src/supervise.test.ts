import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Backoff } from './backoff.js';
import { superviseProcess, type ProcessExit, type SuperviseOptions } from './supervise.js';
import { folder } from './testing/folder.js';

const script = (code: string): Pick<SuperviseOptions, 'command' | 'args'> => ({
  command: process.execPath,
  args: ['-e', code],
});
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function supervised(options: SuperviseOptions) {
  const lines: string[] = [];
  const exits: ProcessExit[] = [];
  const own = await superviseProcess({
    backoff: { firstSeconds: 0.01 },
    ...options,
    onLine: (line, stream) => lines.push(`${stream} ${line}`),
    onExit: (exit) => exits.push(exit),
  });
  onTestFinished(() => own.stop());
  return { own, lines, exits };
}

describe('a supervised process', () => {
  it('is started again when it ends, with its lines told', async () => {
    const { own, lines, exits } = await supervised(
      script("console.log('here'); console.error('there'); process.exit(3)"),
    );
    await until(() => own.restarts >= 2 && lines.length >= 4);
    expect(new Set(lines)).toEqual(new Set(['stdout here', 'stderr there']));
    expect(exits.slice(0, 2)).toEqual([
      { code: 3, signal: null, againInSeconds: 0.01 },
      { code: 3, signal: null, againInSeconds: 0.02 },
    ]);
    await own.stop();
    const { restarts } = own;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(own.restarts).toBe(restarts);
  });

  it('is started again when it is killed, and hears signals', async () => {
    const { own, lines, exits } = await supervised(
      script("process.on('SIGHUP', () => console.log('again')); console.log('up'); setInterval(() => {}, 1000)"),
    );
    await until(() => lines.length === 1);
    own.signal('SIGHUP');
    await until(() => lines.includes('stdout again'));
    const first = own.pid!;
    process.kill(first, 'SIGKILL');
    await until(() => own.pid !== undefined && own.pid !== first);
    expect(exits[0]).toMatchObject({ code: null, signal: 'SIGKILL' });
    const second = own.pid!;
    await own.stop();
    expect([runs(second), own.pid, own.signal('SIGHUP')]).toEqual([false, undefined, false]);
  });

  it('that does not end when told to is killed', async () => {
    const { own, lines } = await supervised({
      ...script("process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"),
      graceSeconds: 0.05,
    });
    await until(() => lines.length === 1);
    const pid = own.pid!;
    await own.stop();
    expect(runs(pid)).toBe(false);
  });

  it('that is not there is told by name', async () => {
    await expect(superviseProcess({ command: 'no-such-program' })).rejects.toMatchObject({
      ...{ code: 'CONFIG_INVALID', subject: 'no-such-program' },
      message: expect.stringContaining('install it') as string,
    });
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'that a killed daemon left behind is ended before another starts',
    async () => {
      const pidFile = join(await folder(), 'server.pid');
      const idle = script('setInterval(() => {}, 1000)');
      const { own } = await supervised({ ...idle, pidFile });
      const record = JSON.parse(await readFile(pidFile, 'utf8')) as { pid: number; started: string };
      expect(record.pid).toBe(own.pid);
      // One of another start with this pid is not it.
      await writeFile(pidFile, JSON.stringify({ ...record, started: `${record.started}0` }));
      const { own: second } = await supervised({ ...idle, pidFile });
      expect(runs(record.pid)).toBe(true);
      await second.stop();
      await own.stop();
      const orphan = spawn(process.execPath, idle.args!, { stdio: 'ignore' });
      const gone = once(orphan, 'exit');
      const { recordProcess } = await import('./left-over.js');
      await recordProcess(pidFile, orphan.pid!);
      const { own: third } = await supervised({ ...idle, pidFile });
      await gone;
      expect(JSON.parse(await readFile(pidFile, 'utf8'))).toMatchObject({ pid: third.pid });
    },
  );
});

describe('waits', () => {
  it('double to a limit, and begin anew after a good while', () => {
    const backoff = new Backoff({ firstSeconds: 1, mostSeconds: 5, steadySeconds: 10 });
    expect([0, 9, 0, 0].map((lasted) => backoff.next(lasted))).toEqual([1, 2, 4, 5]);
    expect(backoff.next(10)).toBe(1);
  });
});
