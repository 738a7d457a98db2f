import { Random } from '@fedward/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MerkleTree } from '@fedward/kit-merkle';
import { nightly } from '../../../tools/testing/nightly.js';
import { openAuditLog } from './open.js';
import { buildScript } from '../../../tools/testing/build-script.js';
import { inDirectory } from './testing/fixtures.js';
import { readAuditLog } from './read.js';
import { verifyAuditLog } from './verify.js';

const kills = nightly ? 200 : 50;

/** Lets a process append until it is killed. @returns what it had acknowledged, `index root` a line */
async function appendUntilKilled(
  script: string,
  directory: string,
  seed: number,
  milliseconds: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [script, directory, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  await sleep(milliseconds);
  child.kill('SIGKILL');
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL'); // it did not end by itself
  return output.split('\n').filter((line) => line !== '');
}

describe('a process that is killed while it appends', () => {
  it(
    `loses nothing that was acknowledged, ${kills} times over`,
    () =>
      inDirectory(async (parent) => {
        const script = await buildScript(new URL('testing/append-forever.ts', import.meta.url), parent);
        const directory = join(parent, 'audit');
        const random = new Random(1);
        const acknowledged: string[] = [];
        for (let kill = 0; kill < kills; kill++) {
          const receipts = await appendUntilKilled(script, directory, kill, random.uniform() * 40);
          acknowledged.push(...receipts);
          // Every other time the next process finds the remains itself.
          if (kill % 2 === 1) continue;
          const log = await openAuditLog(directory);
          await log.close();
          const last = receipts.map((line) => line.split(' ')).sort(([a], [b]) => Number(b) - Number(a))[0]!;
          const kept = { expectedRoot: last[1]!, expectedSize: Number(last[0]) + 1 };
          expect(await verifyAuditLog(directory, kept)).toMatchObject({ ok: true, faults: [] });
        }
        await (await openAuditLog(directory)).close();

        const { ok, size, summary } = await verifyAuditLog(directory);
        expect(ok).toBe(true);
        // Where a kill came between log and head: by chance, and at every byte in recovery.slow.test.ts.
        const recoveries = summary.eventsByType['log-recovery'] ?? 0;
        expect(acknowledged.length).toBeGreaterThanOrEqual(kills); // each had said one at least
        expect(size).toBeGreaterThanOrEqual(acknowledged.length + recoveries);
        const tree = new MerkleTree();
        const roots: string[] = [];
        for await (const { hash } of readAuditLog(directory)) {
          tree.appendHash(hash);
          roots.push(tree.root);
        }
        for (const line of acknowledged) {
          const [index, root] = line.split(' ');
          expect(roots[Number(index)]).toBe(root);
        }
        expect(new Set(acknowledged).size).toBe(acknowledged.length); // no index was given out twice
      }),
    600_000,
  );
});
