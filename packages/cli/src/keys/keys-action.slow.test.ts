import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { followRotations } from '@fedward/kit-keys';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { folderOf, run } from '../testing/run.js';
import { newAction, rotateAction } from './keys-action.js';
import { openSigner } from './open-signer.js';

afterEach(() => void vi.unstubAllEnvs());

const name = 'example.com/north';
const passphrase = 'correct horse battery staple';

/** Somebody who types these lines, one when asked. */
function typing(...lines: readonly string[]) {
  const stdin = new PassThrough() as PassThrough & { isTTY: true };
  stdin.isTTY = true;
  const waiting = [...lines];
  const asked: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    asked.push(String(text));
    if (String(text).endsWith(': ')) setImmediate(() => stdin.write(waiting.shift() ?? ''));
    return true;
  });
  return { stdin, asked, done: () => write.mockRestore() };
}

describe('fedward keys', () => {
  it('new prints the verifier key and where it is, list, show and rotate find it', async () => {
    const keys = join(await folderOf({}), 'keys');
    const made = await run('keys', 'new', name, '--keys', keys);
    expect(made.code).toBe(0);
    expect(made.stderr).toContain('by a channel of your own');
    const vkey = readFileSync(join(keys, 'example.com%2Fnorth.vkey'), 'utf8').trim();
    expect(made.stdout).toContain(`verifier key: ${vkey}\n`);
    expect(made.stdout).toContain(join(keys, 'example.com%2Fnorth.key.json'));

    const listed = await run('keys', 'list', '--keys', keys);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(name) });
    const rotated = await run('keys', 'rotate', name, '--keys', keys, '--json');
    const { verifierKey, rotation } = JSON.parse(rotated.stdout) as {
      verifierKey: string;
      rotation: { statement: string };
    };
    expect(followRotations(vkey, [rotation.statement]).at(-1)?.verifierKey).toBe(verifierKey);
    const shown = await run('keys', 'show', name, '--keys', keys);
    expect(shown.stdout).toContain(`verifier key: ${verifierKey}\n`);
    expect(shown.stdout).toMatch(/rotated \S+: [0-9a-f]{8} to [0-9a-f]{8}/);
    const { signer, rotations } = await openSigner(name, { keys });
    expect(signer.verifierKey).toBe(verifierKey);
    expect(rotations).toEqual([rotation.statement]);
  });

  it('prints JSON, and never what is private', async () => {
    const keys = await folderOf({});
    vi.stubEnv('FEDWARD_KEYS', keys);
    const made = await run('keys', 'new', name, '--json');
    const { path } = JSON.parse(made.stdout) as { path: string };
    const secret = (JSON.parse(readFileSync(path, 'utf8')) as { private: { value: string } }).private.value;
    const all = [made, await run('keys', 'list', '--json'), await run('keys', 'show', name, '--json')];
    for (const { code, stdout, stderr } of all) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toBeTruthy();
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  it('refuses what it can not do by code, and does nothing', async () => {
    const keys = await folderOf({ 'empty.txt': '\n' });
    const has = async (args: readonly string[], code: string, exit = 2): Promise<void> => {
      const { code: found, stderr } = await run('keys', ...args, '--keys', keys);
      expect(stderr).toContain(code);
      expect(found).toBe(exit);
    };
    await has(['new', 'a b'], 'ARGUMENT_INVALID');
    await has(['new', name, '--passphrase-file', join(keys, 'none')], 'FILE_NOT_FOUND');
    await has(['new', name, '--passphrase-file', join(keys, 'empty.txt')], 'FILE_INVALID');
    await has(['show', name], 'FILE_NOT_FOUND');
    await has(['rotate', name], 'FILE_NOT_FOUND');
    expect((await run('keys', 'list', '--keys', keys)).stdout).toContain('no keys in');
    await run('keys', 'new', name, '--keys', keys);
    await has(['new', name], 'CONFIG_INVALID');
    if (process.platform === 'win32') return;
    chmodSync(join(keys, 'example.com%2Fnorth.key.json'), 0o644);
    await has(['rotate', name], 'KEY_EXPOSED');
    const listed = await run('keys', 'list', '--keys', keys);
    expect(listed).toMatchObject({ code: 1, stdout: expect.stringContaining('chmod 600') });
  });
});

describe('a passphrase', () => {
  it('comes from the environment, from a file, or is missed by name', async () => {
    const keys = await folderOf({ 'passphrase.txt': `${passphrase}\nnot this\n` });
    vi.stubEnv('FEDWARD_PASSPHRASE', passphrase);
    const { stdout } = await run('keys', 'new', name, '--keys', keys);
    expect(stdout).toContain('encrypted by a passphrase');
    vi.stubEnv('FEDWARD_PASSPHRASE', '');
    await expect(openSigner(name, { keys }, { stdin: new PassThrough() })).rejects.toMatchObject({
      subject: 'passphrase',
    });
    const { signer } = await openSigner(name, { keys, passphraseFile: join(keys, 'passphrase.txt') });
    expect(stdout).toContain(`verifier key: ${signer.verifierKey}\n`);
  });

  it('is asked for on a terminal, twice for a new key, and not shown', async () => {
    const keys = await folderOf({});
    const { stdin, asked, done } = typing('a passphrase\n', 'another one\n');
    await expect(newAction(name, { keys }, { stdin })).rejects.toMatchObject({ subject: 'passphrase' });
    done();
    expect(asked.join('')).toMatch(/New passphrase.*\n?The same again: \n$/);
    expect(asked.join('')).not.toContain('a passphrase\n');
    expect(existsSync(join(keys, 'example.com%2Fnorth.key.json'))).toBe(false);
  });

  it('that is empty is none, and Ctrl-C ends it', async () => {
    const keys = await folderOf({});
    const silent = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const nobody = typing('\n');
    await newAction(name, { keys, json: true }, nobody);
    nobody.done();
    silent.mockRestore();
    expect((await openSigner(name, { keys })).signer.name).toBe(name);
    const stopped = typing('\u0003');
    await expect(rotateAction(name, { keys }, stopped)).rejects.toMatchObject({ code: 'ABORTED' });
    stopped.done();
  });
});
