import { existsSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { openLog, type LogOptions } from './log.js';
import { folder } from './testing/folder.js';

/** What a log says, line after line. */
async function heard(options: LogOptions = {}) {
  const lines: string[] = [];
  const log = await openLog({ ...options, destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe('the log', () => {
  it('is an object a line, with the fields of its children', async () => {
    const { log, lines, last } = await heard();
    const child = log.child({ part: 'courier' }).child({ study: 's1' });
    child.info('task received', { round: 3 });
    expect(last()).toEqual({
      ...{ level: 'info', message: 'task received', part: 'courier', study: 's1', round: 3 },
      time: expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/) as string,
    });
    child.debug('not said');
    expect(lines).toHaveLength(1);
    log.setLevel('debug');
    child.debug('said');
    log.setLevel('silent');
    child.error('not said');
    expect(lines).toHaveLength(2);
  });

  it('tells an error by its code, without stack and cause', async () => {
    const { log, last } = await heard();
    const cause = Object.assign(new Error('open /data/patient-17.csv'), { code: 'ENOENT' });
    log.error('failed', { error: new FedwardError('FILE_INVALID', 'it is broken', 'file', { cause }) });
    expect(last()['error']).toEqual({
      code: 'FILE_INVALID',
      subject: 'file',
      message: 'it is broken',
      cause: 'ENOENT',
    });
    log.error('failed', { error: new TypeError('x') });
    expect(last()['error']).toEqual({ name: 'TypeError', message: 'x' });
  });

  it('never holds a secret or what is of patients, however deep', async () => {
    const { log, lines } = await heard();
    const hidden = 'hunter2';
    const names = [
      ...[
        'password',
        'passphrase',
        'proxyPassword',
        'clientSecret',
        'token',
        'privateKey',
        'private_key',
        'signingKey',
      ],
      ...['seed', 'noiseSeed', 'authorization', 'patientId', 'patientIds', 'mrn', 'birthDate', 'records', 'rows'],
      ...['features', 'labels', 'values', 'diagnosis'],
    ];
    for (const name of names) {
      log.warn('x', { [name]: hidden });
      log.warn('x', { a: { b: [{ [name]: { c: hidden } }] } });
      log.child({ [name]: [hidden] }).warn('x');
    }
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${hidden}\n-----END ENCRYPTED PRIVATE KEY-----`;
    log.warn(`read ${pem}`, { text: pem, half: pem.slice(0, 60) });
    log.warn('proxy', { proxy: `http://user:${hidden}@proxy.example:3128`, header: `Basic ${hidden}${hidden}` });
    log.warn('x', { error: new Error(`can't reach https://me:${hidden}@host/`) });
    log.warn('x', { update: new Float32Array([0.12345]), bytes: Buffer.from(hidden) });
    const all = lines.join('');
    expect(all).not.toContain(hidden);
    expect(all).not.toContain('0.12345');
    expect(lines).toHaveLength(3 * names.length + 4);
    for (const line of lines.slice(0, 3 * names.length)) expect(line).toContain('[removed]');
    expect(all).toContain('proxy.example:3128');
  });

  it('says what may be said', async () => {
    const { log, last } = await heard();
    const fields = {
      records_used: 3,
      site: 'north',
      publicKey: 'abc',
      key: 'fp',
      list: [1, 2],
      none: null,
      epsilon: 0.5,
    };
    log.info('x', { ...fields, big: 10n, at: new Date(0), absent: undefined });
    expect(last()).toMatchObject({ ...fields, big: '10', at: '1970-01-01T00:00:00.000Z' });
    const circle: Record<string, unknown> = {};
    circle['own'] = circle;
    log.info('x', { circle });
    expect(JSON.stringify(last()['circle'])).toContain('[deeper]');
    log.info('x', { list: Array.from({ length: 60 }, () => 0), long: 'a'.repeat(5000) });
    expect((last()['list'] as unknown[]).at(-1)).toBe('… (60 in all)');
    expect((last()['long'] as string).length).toBeLessThan(4100);
  });

  it('for people is one line, which nothing within it can break or begin', async () => {
    const { log, lines } = await heard({ format: 'text' });
    log.warn('site\nasks\u001b[2J', { site: 'a b', plain: 'sha256:ab', n: 1, evil: 'x"\n2026 ERROR' });
    expect(lines[0]).toMatch(
      /^20\d\d-.*Z WARN {2}site\\u000aasks site="a b" plain=sha256:ab n=1 evil="x\\"\\n2026 ERROR"\n$/,
    );
  });

  it('in a file is for its owner alone, is added to, and opened anew', async () => {
    const path = join(await folder(), 'logs', 'site.log');
    const log = await openLog({ destination: path });
    log.info('one');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toContain('"one"'); // at once: the process may be killed
    await rename(path, `${path}.1`);
    log.reopen();
    log.info('two');
    await log.close();
    expect(await readFile(path, 'utf8')).toMatch(/^[^\n]*"two"[^\n]*\n$/);
    const again = await openLog({ destination: path });
    again.info('three');
    await again.close();
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3);
  });

  it.skipIf(!existsSync('/dev/full'))('that can not be written ends nothing', async () => {
    const log = await openLog({ destination: '/dev/full' });
    log.info('lost');
    log.info('lost too');
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
