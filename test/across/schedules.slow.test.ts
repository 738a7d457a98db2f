import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startDeployment, type TestDeployment } from '../../tools/testing/deployment.js';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { nightly } from '../../tools/testing/nightly.js';
import { testSeed } from '../../tools/testing/seed.js';
import { temporaryFolderOfFile } from './folder.js';
import { expectUndisturbed, simulateStudy, type SimulatedStudy } from './study.js';

/** One fault, so long after the one before. */
interface Fault {
  readonly what: 'kill' | 'hub' | 'wipe';
  readonly party: string;
  readonly milliseconds: number;
}

const parties = ['coordinator', 'hospital-0', 'hospital-1', 'hospital-2'];
const fault: fc.Arbitrary<Fault> = fc.record({
  what: fc.constantFrom('kill', 'kill', 'kill', 'hub', 'wipe'),
  party: fc.constantFrom(...parties),
  milliseconds: fc.integer({ min: 0, max: 1500 }),
});

const count = nightly ? 100 : 10;
const seed = testSeed();
const schedules = fc.sample(fc.array(fault, { minLength: 2, maxLength: 5 }), { numRuns: count, seed });

function wordsOf({ what, party, milliseconds }: Fault): string {
  return `${milliseconds} ms, ${what === 'kill' ? `SIGKILL of ${party}` : what === 'hub' ? 'SIGKILL of the hub' : 'hub wiped'}`;
}

describe.skipIf(!natsServer)(`random schedules of faults, seed ${seed}`, { timeout: 600_000 }, () => {
  const folder = temporaryFolderOfFile();
  let deployment: TestDeployment;
  let study: SimulatedStudy;

  beforeAll(async () => {
    study = await simulateStudy(folder, 6);
    deployment = await startDeployment();
  }, 600_000);
  afterAll(() => deployment?.close());

  it.each(schedules.map((faults, n) => [n, faults.map(wordsOf).join('; '), faults] as const))(
    'schedule %i: %s',
    async (n, _words, faults) => {
      const id = `schedule-${n}`;
      await deployment.begin(id, study.plan);
      for (const { what, party, milliseconds } of faults) {
        await pause(milliseconds);
        if (what === 'kill') await deployment.kill(party);
        else await deployment.hub.crash({ wipe: what === 'wipe' });
      }
      const kills = (member: string): number => faults.filter(({ what, party }) => what === 'kill' && party === member).length; // prettier-ignore
      const repeats = Object.fromEntries(deployment.members.map((member) => [member, kills(member)]));
      await expectUndisturbed(deployment, id, await deployment.ended(id), study, repeats);
    },
  );
});
