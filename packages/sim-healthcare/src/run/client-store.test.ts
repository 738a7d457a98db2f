import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientStoreCompliance } from '@fedward/testkit/client-store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileClientStore } from './client-store.js';

const temporary = () => mkdtemp(join(tmpdir(), 'fedward-states-'));

clientStoreCompliance({
  async create() {
    const folder = await temporary();
    return {
      store: fileClientStore(folder),
      reopen: async () => fileClientStore(folder),
      cleanup: () => rm(folder, { recursive: true }),
    };
  },
}).register({ describe, it });

describe('fileClientStore', () => {
  it('keeps a hospital in a folder of its own, and tells a damaged file', async () => {
    const folder = await temporary();
    onTestFinished(() => rm(folder, { recursive: true }));
    const key = { runId: 'run-1', clientId: '../Köln', strategy: 'ditto' };
    const store = fileClientStore(folder);
    await store.save(key, 3, Float32Array.of(1, 2));
    expect(await readdir(folder)).toEqual(['%2E%2E%2FK%C3%B6ln']);
    const state = join(folder, '%2E%2E%2FK%C3%B6ln', 'state');
    const [of] = await readdir(state);
    const path = join(state, of!, '3.safetensors');
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    await expect(store.load(key, 3)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID', subject: path });
  });
});
