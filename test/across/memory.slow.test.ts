import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeployment, type TestDeployment } from '../../tools/testing/deployment.js';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { nightly } from '../../tools/testing/nightly.js';
import { simulate } from '../support/command.js';
import { temporaryFolderOfFile } from './folder.js';
import { slopeOf, watchMemory } from './memory.js';

// Two hours with 20 hospitals, or as FEDWARD_TEST_SECONDS and FEDWARD_TEST_HOSPITALS say.
const seconds = Number(process.env['FEDWARD_TEST_SECONDS'] ?? 7200);
const hospitals = Number(process.env['FEDWARD_TEST_HOSPITALS'] ?? 20);
/** A process warms up for so long: code is compiled, heaps grow to their size. */
const warm = seconds / 3;
const faultEvery = Math.max(20, seconds / 60);
/** Of a process that lives through it, MB an hour. Below it is what a garbage collector does when it likes. */
const mostSlope = 60 * Math.max(1, 1800 / seconds);

describe.skipIf(!natsServer || !nightly)('memory over many rounds with faults', () => {
  const folder = temporaryFolderOfFile();
  let deployment: TestDeployment;
  beforeAll(async () => void (deployment = await startDeployment({ hospitals })), 900_000);
  afterAll(() => deployment?.close());

  it('is steady in every process that was not killed', { timeout: (seconds + 600) * 1000 }, async () => {
    const out = join(folder, 'simulation');
    const size = ['--hospitals', String(hospitals), '--quorum', String(hospitals - 1), '--rounds', '1'];
    await simulate('--scenario', 'tutorial', '--privacy', 'none', ...size, '--out', out);
    const { plan } = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as { readonly plan: object };
    const endless = join(folder, 'plan.json');
    writeFileSync(endless, JSON.stringify({ ...plan, rounds: 1e6 }));
    await deployment.begin('long', endless);
    const stop = new AbortController();
    const watching = watchMemory(() => deployment.local.daemons, stop.signal);
    // The last hospital is killed again and again; the hub loses its disk each tenth time.
    const end = performance.now() + seconds * 1000;
    for (let fault = 1; performance.now() < end; fault++) {
      await pause(Math.min(faultEvery * 1000, Math.max(0, end - performance.now())));
      if (fault % 10 === 0) await deployment.hub.crash({ wipe: true });
      else await deployment.kill(deployment.members.at(-1)!);
    }
    stop.abort();
    // Else it would be the memory of processes that rest.
    expect(await deployment.local.studyStatus('long', 2 ** 31 - 1)).toMatchObject({ state: expect.stringMatching(/^(running|waiting)$/) }); // prettier-ignore
    const lives = (await watching).filter(
      ({ samples }) => samples.at(-1)!.seconds - samples[0]!.seconds > seconds * 0.9,
    );
    expect(lives.length).toBeGreaterThanOrEqual(hospitals);
    for (const { name, samples } of lives) {
      const slope = slopeOf(samples.filter((sample) => sample.seconds >= warm));
      process.stderr.write(`${name}: ${samples.at(-1)!.megabytes.toFixed(0)} MB, ${slope.toFixed(1)} MB an hour\n`);
      expect(slope, `MB an hour of ${name}`).toBeLessThan(mostSlope);
    }
  });
});
