import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@fedward/core';
import { expect, it } from 'vitest';
import { gaussianEpsilon } from '../accounting/index.js';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { buildScript } from '../../../../tools/testing/build-script.js';
import { chargeOf, inDirectory, options, signerOfTest } from './testing/ledgers.js';

/** What a process that charges when it is told answers to a message. */
async function answer(child: ChildProcess, message: string): Promise<string> {
  const answered = once(child, 'message');
  child.send(message);
  const [text] = (await answered) as [string];
  return text;
}

it.each([2, 4])('of %i processes that race for the last of a budget exactly one goes on, 50 times', (processes) =>
  inDirectory(async (parent) => {
    const script = await buildScript(new URL('testing/charge-when-told.ts', import.meta.url), parent);
    const children = Array.from({ length: processes }, () => fork(script));
    try {
      for (let turn = 0; turn < 50; turn++) {
        const directory = join(parent, String(turn));
        const ledger = await openLedger(directory, options);
        while (gaussianEpsilon(Math.sqrt(ledger.head.count + 2) / 10, options.delta) <= options.budget)
          await ledger.charge(chargeOf(ledger.head.count));
        const before = ledger.head.count;
        await Promise.all(children.map((child) => answer(child, directory)));
        // Another one is told first each time.
        const order = children.map((_, n) => children[(n + turn) % processes]!);
        const outcomes = await Promise.all(order.map((child) => answer(child, 'go')));
        expect([...outcomes].sort()).toEqual([...Array<string>(processes - 1).fill('BUDGET_EXCEEDED'), 'charged']);
        expect(await readLedger(directory)).toMatchObject({ releases: before + 1, fault: null });
      }
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  }),
);

const kills = 30;

it.each(['unsigned', 'signed'])(
  `a charge outlives the SIGKILL of its process and of another beside it, ${kills} times (%s)`,
  (kind) =>
    inDirectory(async (parent) => {
      const script = await buildScript(new URL('testing/charge-forever.ts', import.meta.url), parent);
      const directory = join(parent, 'ledger');
      const random = new Random(1);
      const acknowledged: string[] = [];

      const chargeUntilKilled = async (runId: string, milliseconds: number): Promise<void> => {
        const child = spawn(process.execPath, [script, directory, runId, kind], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        const closed = once(child, 'close');
        await Promise.race([once(child.stdout, 'data'), closed]);
        await sleep(milliseconds);
        child.kill('SIGKILL');
        const [, signal] = (await closed) as [number | null, string | null];
        expect(signal).toBe('SIGKILL'); // it did not end by itself
        const rounds = output.split('\n').filter((line) => line !== '');
        acknowledged.push(...rounds.map((round) => `${runId} ${round}`));
      };

      for (let kill = 0; kill < kills; kill += 2) {
        const wait = (): number => random.uniform() * 30;
        await Promise.all([chargeUntilKilled(`run-${kill}`, wait()), chargeUntilKilled(`run-${kill + 1}`, wait())]);
        const report = await readLedger(directory);
        expect(report.fault).toBeNull();
        expect(report.signature === null).toBe(kind === 'unsigned');
        expect(report.signature?.unsigned ?? 0).toBeLessThanOrEqual(1);
        const charged = new Set(
          report.studies.flatMap(({ runId, rounds }) => rounds.map((round) => `${runId} ${round}`)),
        );
        for (const one of acknowledged) expect(charged).toContain(one);
        // No more than each was about to charge; disk.slow.test.ts stops charges at each of these points.
        expect(charged.size - acknowledged.length).toBeLessThanOrEqual(2 * (kill + 2));
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(kills); // each had said one at least
      const signer = kind === 'signed' ? signerOfTest() : undefined;
      const survivor = await openLedger(directory, { ...options, budget: 1e6, signer });
      await survivor.charge(chargeOf(0, { runId: 'the last' }));
      const { releases, signature } = await readLedger(directory);
      expect(signature?.unsigned ?? 0).toBe(0);
      expect(releases).toBe(survivor.head.count - (signer ? 1 : 0)); // the first entry names the key
      // n charges one by one are a sum of n roundings, so that mu is off by up to n / 2 of them; epsilon grows with less
      // than the square of mu, and is as exact as `leastNumber` finds it.
      const exact = gaussianEpsilon(Math.sqrt(releases) / 10, options.delta);
      expect(Math.abs(survivor.epsilon / exact - 1)).toBeLessThan(2 * releases * Number.EPSILON + 1e-9);
    }),
);
