import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { joins } from '../testing/hospital.js';
import { newCoordinatorIn, newFolder, reach, runHub } from '../testing/federation.js';
import { prepareHub } from '../members/renewal.js';
import { lineOf } from './line.js';
import { startHubProcess } from './process.js';

/** Resolves once a process has written so. */
async function waitFor({ stderr }: ChildProcess, words: string): Promise<void> {
  let heard = '';
  stderr!.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await expect.poll(() => heard).toContain(words);
}

describe('a line of the hub', () => {
  it('is told without process and time', () => {
    expect(lineOf('[17] 2026/01/31 12:00:00.000000 [INF] Server is ready')).toEqual({
      level: 'info',
      text: 'Server is ready',
    });
    expect(lineOf('[17] 2026/01/31 12:00:00.000000 [ERR] no [WRN] such').level).toBe('error');
    expect(lineOf('nats-server: x.conf:3:2: unknown field')).toMatchObject({ level: 'error' });
    expect(lineOf('')).toEqual({ level: 'info', text: '' });
  });
});

describe.skipIf(!natsServer)('the hub as a process', () => {
  it('that is killed is started again, and knows its members', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const north = await joins(office, 'north');
    const { hub, url } = await runHub(office);
    const connection = await reach(url, await north.identity(), 'north');
    const closed = connection.closed();
    process.kill(hub.pid()!, 'SIGKILL');
    await closed;
    await expect.poll(() => hub.restarts()).toBe(1);
    await expect.poll(async () => (await reach(url, await north.identity(), 'north')).isClosed()).toBe(false);
  });

  it('that a killed coordinator left, without having written down its process, is ended before another begins', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { hub, config } = await runHub(office);
    await hub.stop();
    const stray = spawn(hub.server.path, ['-c', config.paths.hubConfig], { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void stray.kill('SIGKILL'));
    const gone = once(stray, 'exit');
    await waitFor(stray, 'Server is ready');
    const lines: string[] = [];
    const next = await startHubProcess(config, { onLine: ({ text }) => lines.push(text) });
    onTestFinished(() => next.stop());
    await gone;
    expect(lines.join('\n')).toContain('it was ended');
    expect(next.restarts()).toBe(0);
  });

  it('ends no server that runs by another file, and names it where it has the port', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { hub, config } = await runHub(office);
    await hub.stop();
    const copy = join(config.paths.folder, 'copy.conf');
    await copyFile(config.paths.hubConfig, copy);
    const other = spawn(hub.server.path, ['-c', copy], { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void other.kill('SIGKILL'));
    await waitFor(other, 'Server is ready');
    await expect(startHubProcess(config)).rejects.toMatchObject({
      code: 'HUB_FAILED',
      message: expect.stringMatching(
        new RegExp(`another server has the port.*process ${other.pid}: .*copy.conf`),
      ) as string,
    });
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  });

  it('that does not start, or refuses its configuration, says why', async () => {
    const office = await newCoordinatorIn(await newFolder());
    const { hub, config } = await runHub(office);
    await writeFile(config.paths.hubConfig, 'listen: {');
    await expect(hub.reload()).rejects.toMatchObject({ code: 'HUB_FAILED', subject: 'hub' });
    await prepareHub(office);
    await hub.reload();
    await hub.stop();
    await expect(hub.reload()).resolves.toBeUndefined();
    const [, port] = config.hub.listen.split(':');
    const other = createServer().listen(Number(port), '127.0.0.1');
    onTestFinished(() => void other.close());
    await expect(startHubProcess(config)).rejects.toMatchObject({
      code: 'HUB_FAILED',
      message: expect.stringContaining('another server has the port') as string,
    });
    await writeFile(config.paths.hubConfig, 'listen: {');
    await expect(startHubProcess(config)).rejects.toMatchObject({ code: 'HUB_FAILED' });
  });
});
