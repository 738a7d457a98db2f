import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { fedward, start, temporaryFolder } from './support/command.ts';

it('bench peers gives fedward the very workload that it writes for others, and names those that are not there', async () => {
  const out = temporaryFolder();
  const { code, stdout, stderr } = await fedward(
    ...['bench', 'peers', '--quick', '--pairs', '1', '--python', 'no-such-python', '--out', out, '--json'],
  );
  // Records, rounds and steps that differ would have been refused.
  expect([code, stderr]).toEqual([0, expect.stringMatching(/pair 1\/1, fedward: .* accuracy 0\.\d{3}/)]);
  const report = JSON.parse(stdout);
  expect(report.skipped).toEqual([
    expect.stringMatching(/^flower: no-such-python does not run \(pip install /),
    expect.stringMatching(/^nvflare: no-such-python does not run \(pip install /),
    ...(process.platform === 'linux' ? [] : [expect.stringMatching(/^processor seconds and memory/)]),
  ]);
  expect(report.tables[0].rows.map(([program]: string[]) => program)).toEqual(['fedward', 'fedward --no-local']);
  expect(readFileSync(join(out, 'peers.md'), 'utf8')).toContain('nothing here is to be quoted');
});

/** Stands for a Python with all that peers need, whose program starts a daemon and stays. */
const python = (pidFile: string): string => `#!${process.execPath}
if (process.argv[2] === '-c') {
  const versions = Object.fromEntries(['python', ...process.argv.slice(4)].map((name) => [name, '1']));
  console.log(JSON.stringify(versions));
} else {
  const daemon = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 3600e3)'], {
    detached: true, stdio: 'ignore' });
  require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, process.pid + ' ' + daemon.pid);
  setTimeout(() => 0, 3600e3);
}`;

it.runIf(process.platform === 'linux')(
  'bench peers that is ended by a signal leaves no process of a peer',
  async () => {
    const folder = temporaryFolder();
    const [program, pidFile] = [join(folder, 'python.cjs'), join(folder, 'pids')];
    writeFileSync(program, python(pidFile));
    chmodSync(program, 0o755);
    const started = untilThere(pidFile);
    const { signal } = await start(
      ['bench', 'peers', '--quick', '--pairs', '1', '--python', program, '--out', folder],
      (text, child) => {
        if (text.includes('fedward --no-local')) void started.then(() => child.kill('SIGTERM'));
      },
    );
    expect(signal).toBe('SIGTERM');
    const pids = readFileSync(pidFile, 'utf8').split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await expect.poll(() => isRunning(pid)).toBe(false);
  },
);

async function untilThere(file: string): Promise<void> {
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes(' ')) await setTimeout(20);
}

/** One that has ended stays in the table until its parent has asked for its exit code. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
