import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { namedIn, parts, putIn, twoRuns, type Part } from '../testing/two-runs.js';
import { verifyRun } from './verify-run.js';

let runs: Awaited<ReturnType<typeof twoRuns>>;
beforeAll(async () => {
  runs = await twoRuns();
  return () => runs.remove();
});

/** Whether one of the named files is the part, or in it. */
const isNamed = (named: ReadonlySet<string>, part: string): boolean =>
  [...named].some((file) => file === part || file.startsWith(`${part}/`));

/** What two runs of one plan, one data set and the same keys have alike, byte for byte. */
const alike: ReadonlySet<Part> = new Set<Part>(['keys.txt', 'preprocessing.json']);

describe('a part of a run', () => {
  it.each(parts.filter((part) => !alike.has(part)))(
    'that is of another run with the same keys, plan and data is found, and named: %s',
    async (part) => {
      for (const [into, from] of [
        [runs.one, runs.other],
        [runs.other, runs.one],
      ] as const) {
        const folder = runs.copyOf(into);
        putIn(folder, part, from);
        expect(isNamed(await namedIn(folder), part)).toBe(true);
      }
    },
  );

  it.each(parts.filter((part) => part !== 'preprocessing.json'))(
    'that is of a run with other keys is found, and named: %s',
    async (part) => {
      const folder = runs.copyOf(runs.ownKeys);
      putIn(folder, part, runs.one);
      expect(isNamed(await namedIn(folder), part)).toBe(true);
    },
  );

  it.each(parts.filter((part) => part !== 'audit'))('that is gone is found, and named: %s', async (part) => {
    const folder = runs.copyOf(runs.one);
    rmSync(join(folder, part), { recursive: true });
    expect(isNamed(await namedIn(folder), part)).toBe(true);
  });

  it('which is the log of the server is missed by name', async () => {
    const folder = runs.copyOf(runs.one);
    rmSync(join(folder, 'audit'), { recursive: true });
    await expect(verifyRun(folder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: join(folder, 'audit') });
  });

  it('that nobody knows is found: a log of a hospital, and a certificate', async () => {
    const folder = runs.copyOf(runs.one);
    putInAs(folder, 'hospitals/west', 'hospitals/north');
    putInAs(folder, 'certificates/round-0002.json', 'certificates/round-0001.json');
    expect([...(await namedIn(folder))]).toEqual(['certificates/round-0002.json', 'hospitals/west/audit']);
  });
});

/** Puts one part in the place of another of the same run. */
function putInAs(folder: string, name: string, part: string): void {
  cpSync(join(folder, part), join(folder, name), { recursive: true });
}

it('two parts of another run are found, and named', async () => {
  const known = parts.filter((part) => !alike.has(part));
  for (const [n, one] of known.entries())
    for (const two of known.slice(n + 1)) {
      // A folder holds the parts in it.
      if (one.startsWith(`${two}/`) || two.startsWith(`${one}/`)) continue;
      const folder = runs.copyOf(runs.one);
      putIn(folder, one, runs.other);
      putIn(folder, two, runs.other);
      const named = await namedIn(folder);
      const expected = [one, two].includes('audit')
        ? // What its seal vouches for is right beside it; with the plan both are of one run, and the rest is not.
          [[one, two].includes('plan.json') ? 'result.json' : 'audit']
        : [one, two];
      for (const part of expected) expect(isNamed(named, part), `${part} of ${one}, ${two}`).toBe(true);
      rmSync(folder, { recursive: true });
    }
});
