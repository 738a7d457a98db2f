import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
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
      reopen: async () => fileCheckpointStore(directory),
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

  it('takes no notice of a report that a crash cut short', async () => {
    const directory = await folder();
    const store = fileCheckpointStore(directory);
    const path = join(directory, 'run.reports.jsonl');
    for (const round of [0, 1, 2]) await store.appendReport('run', round, { round, loss: 0.5 });
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, -5));
    const again = fileCheckpointStore(directory);
    await expect(again.reports('run', 3)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID', subject: path });
    expect(await again.reports('run', 2)).toEqual([0, 1].map((round) => ({ round, loss: 0.5 })));
    await again.appendReport('run', 2, { round: 2, loss: 0.5 });
    expect(await readFile(path)).toEqual(whole);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('follows no link in place of its reports', async () => {
    const directory = await folder();
    await writeFile(join(directory, 'elsewhere'), 'theirs');
    await symlink(join(directory, 'elsewhere'), join(directory, 'run.reports.jsonl'));
    await expect(fileCheckpointStore(directory).appendReport('run', 0, {})).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    expect(await readFile(join(directory, 'elsewhere'), 'utf8')).toBe('theirs');
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
