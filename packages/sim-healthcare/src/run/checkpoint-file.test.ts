import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointStoreCompliance } from '@fedward/testkit/checkpoint-store';
import { describe, expect, it } from 'vitest';
import { fileCheckpointStore } from './checkpoint-file.js';

const folder = () => mkdtemp(join(tmpdir(), 'fedward-checkpoints-'));

checkpointStoreCompliance({
  create: async () => {
    const directory = await folder();
    return {
      store: fileCheckpointStore(directory),
      cleanup: () => rm(directory, { recursive: true, force: true }),
    };
  },
}).register({ describe, it });

const checkpoint = {
  runId: 'a/../b',
  planHash: 'sha256:0',
  nextRound: 1,
  state: { weights: new Float32Array([1, 2]) },
};

describe('fileCheckpointStore', () => {
  it('keeps to its folder, whatever a run is called', async () => {
    const directory = await folder();
    await fileCheckpointStore(directory).save(checkpoint);
    expect(await readdir(directory)).toEqual(['a%2F..%2Fb.safetensors']);
  });

  it('finds every flipped byte', async () => {
    const directory = await folder();
    const store = fileCheckpointStore(directory);
    await store.save(checkpoint);
    const path = join(directory, 'a%2F..%2Fb.safetensors');
    const bytes = await readFile(path);
    for (let i = 0; i < bytes.length; i += 3) {
      const damaged = Uint8Array.from(bytes);
      damaged[i]! ^= 1;
      await writeFile(path, damaged);
      await expect(store.load(checkpoint.runId), `byte ${i}`).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
    }
  });

  it('says where it could not write, and the old checkpoint is still there', async () => {
    const directory = await folder();
    const store = fileCheckpointStore(directory);
    await store.save(checkpoint);
    const elsewhere = fileCheckpointStore(join(directory, 'a%2F..%2Fb.safetensors', 'below a file'));
    await expect(elsewhere.save(checkpoint)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await store.load(checkpoint.runId)).toEqual(checkpoint);
  });
});
