import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { FedwardError, type Json } from '@fedward/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askControl, followControl } from './control-client.js';
import { serveControl, type ControlHandler } from './control-server.js';
import { folder } from './testing/folder.js';

const program = 'site';

async function serving(path: string, handlers: Record<string, ControlHandler>) {
  const server = await serveControl(path, handlers);
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await server.close();
    open = false;
  };
  onTestFinished(close);
  return { ...server, close };
}

describe('the control socket', () => {
  it('answers by name, for its owner alone', async () => {
    const path = await folder();
    const server = await serving(path, { echo: (body) => Promise.resolve({ said: body }) });
    expect(await askControl(path, 'echo', { a: [1, null, 'ü'] }, { program })).toEqual({ said: { a: [1, null, 'ü'] } });
    expect((await stat(server.path)).mode & 0o777).toBe(0o600);
    await server.close();
    expect(existsSync(server.path)).toBe(false);
  });

  it('keeps the code of what a handler throws', async () => {
    const path = await folder();
    await serving(path, {
      known: () => Promise.reject(new FedwardError('PLAN_NOT_APPROVED', 'not approved', 'plan')),
      newer: () => Promise.reject(new FedwardError('FROM_A_PLUGIN', 'new', undefined, { family: 'configuration' })),
      plain: () => Promise.reject(new Error('oh')),
    });
    const asked = (name: string) => askControl(path, name, null, { program });
    await expect(asked('known')).rejects.toMatchObject({
      code: 'PLAN_NOT_APPROVED',
      subject: 'plan',
      message: 'not approved',
    });
    await expect(asked('newer')).rejects.toMatchObject({ code: 'FROM_A_PLUGIN', family: 'configuration' });
    await expect(asked('plain')).rejects.toMatchObject({ code: 'CLIENT_FAILED', message: 'oh' });
    for (const name of ['unknown', 'toString', '__proto__'])
      await expect(asked(name)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: name });
  });

  it('says how to start what is not running', async () => {
    const path = await folder();
    const refused = { code: 'CONFIG_INVALID', message: expect.stringContaining('`fedward site start`') as string };
    await expect(askControl(path, 'echo', null, { program })).rejects.toMatchObject(refused);
    await writeFile(join(path, 'control.sock'), ''); // as little as a killed daemon's
    await expect(askControl(path, 'echo', null, { program })).rejects.toMatchObject(refused);
    await serving(path, { echo: (body) => Promise.resolve(body) });
    expect(await askControl(path, 'echo', 1, { program })).toBe(1);
  });

  it('works where the path of the folder is too long for a socket', async () => {
    const path = join(await folder(), 'a'.repeat(120));
    await mkdir(path);
    const server = await serving(path, { echo: (body) => Promise.resolve(body) });
    expect((await readFile(join(path, 'control.path'), 'utf8')).length).toBeLessThan(100);
    expect(await askControl(path, 'echo', 'x', { program })).toBe('x');
    await server.close();
    await expect(askControl(path, 'echo', 'x', { program })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(existsSync(server.path)).toBe(false);
  });

  it('tells one value after the other, until whoever follows has had enough', async () => {
    const path = await folder();
    let ended: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (ended = resolve));
    await serving(path, {
      async *watch(_body, signal) {
        signal.addEventListener('abort', ended);
        for (let i = 0; !signal.aborted; i++) {
          yield { i };
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      },
      async *fails() {
        yield 1;
        await Promise.reject(new FedwardError('BUDGET_EXCEEDED', 'spent'));
      },
    });
    const seen: Json[] = [];
    for await (const value of followControl(path, 'watch', null, { program })) if (seen.push(value) === 3) break;
    expect(seen).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }]);
    await left;
    const failing = followControl(path, 'fails', null, { program });
    expect((await failing.next()).value).toBe(1);
    await expect(failing.next()).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
  });

  it('does not wait for ever, and can be left', async () => {
    const path = await folder();
    const server = await serving(path, { never: () => new Promise(() => undefined) });
    await expect(askControl(path, 'never', null, { program, timeoutSeconds: 0.05 })).rejects.toMatchObject({
      code: 'DEADLINE_PASSED',
    });
    const stop = new AbortController();
    const asked = askControl(path, 'never', null, { program, signal: stop.signal });
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
    const cut = askControl(path, 'never', null, { program });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([expect(cut).rejects.toMatchObject({ code: 'CLIENT_ABSENT' }), server.close()]);
  });

  it('refuses what is no question', async () => {
    const path = await folder();
    const server = await serving(path, { echo: (body) => Promise.resolve(body) });
    const raw = (method: string, text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath: server.path, path: '/echo', method, agent: false }, (response) => {
          let all = '';
          response.on('data', (piece: Buffer) => (all += piece.toString()));
          response.on('end', () => resolve(all));
        });
        sent.on('error', reject);
        sent.end(text);
      });
    expect(await raw('POST', '{')).toContain('MESSAGE_INVALID');
    expect(await raw('GET', '')).toContain('CONFIG_INVALID');
    expect(await raw('POST', '')).toContain('"value":null');
  });
});
