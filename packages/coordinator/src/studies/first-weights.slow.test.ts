import { existsSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createParameters, digestTensors, layoutOf, Random, type TrainingPlan } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import type { Harness } from '../testing/harness.js';
import { exampleStudy } from '../testing/store-checks.js';
import { digestAlone, withStudies } from '../testing/studies.js';
import { incomingPath, putIncoming } from './incoming.js';
import { readWeights, writeWeights } from './start-weights.js';
import { studyPaths, writeProposed } from './study-folder.js';

const layout = layoutOf((exampleStudy().plan as TrainingPlan).model);
const weightsOf = (seed: number) => {
  const random = new Random(seed);
  return createParameters(
    layout,
    Float32Array.from({ length: layout.size }, () => random.normal()),
  );
};
const weights = weightsOf(1);
const others = weightsOf(2);
const initial = `sha256:${digestTensors(weights)}`;
const sentOthers = `sha256:${digestTensors(others)}`;

const proposed = async (harness: Harness, id: string) => {
  const study = exampleStudy({ id, initial });
  await harness.studies.propose(study, await putIncoming(harness.folder, weights));
  return { study, paths: studyPaths(harness.folder, id) };
};

describe('studies that start from weights of a file', () => {
  const using = withStudies();

  it('take the file, and come to what these weights come to', () =>
    using(async (harness) => {
      const { study } = await proposed(harness, 'given');
      expect(await readdir(join(harness.folder, '.incoming'))).toEqual([]);
      await harness.studies.start('given');
      await harness.until('given', ({ state }) => state === 'done');
      const { model } = await harness.studies.result('given');
      expect(model.sha256).toBe(await digestAlone(study, weights));
      expect(model.sha256).not.toBe(await digestAlone(exampleStudy()));
    }));

  it('are proposed again where the coordinator died between their folder and its store', () =>
    using(async (harness) => {
      const study = exampleStudy({ id: 'again', initial });
      const paths = studyPaths(harness.folder, 'again');
      await writeProposed(paths, study, incomingPath(harness.folder, await putIncoming(harness.folder, weights)));
      await proposed(harness, 'again');
      expect((await readWeights(paths.initial, layout)).values).toEqual(weights.values);
      expect(await harness.studies.status('again')).toMatchObject({ state: 'proposed', study: { initial } });
    }));

  it('are not taken in with other weights than they name, with none, or with a file from elsewhere', () =>
    using(async (harness) => {
      const { studies, folder } = harness;
      const refused = async (brought: string | undefined, code: string, words: string) => {
        const error = await studies.propose(exampleStudy({ id: 'bad', initial }), brought).catch((thrown) => thrown as Error); // prettier-ignore
        expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
        await expect(studies.status('bad')).rejects.toThrow('there is no study');
        expect(existsSync(studyPaths(folder, 'bad').folder)).toBe(false);
      };
      await refused(await putIncoming(folder, others), 'DIGEST_MISMATCH', `holds the weights ${sentOthers}, and study bad starts from ${initial}`); // prettier-ignore
      await refused('../initial.safetensors', 'CONFIG_INVALID', 'no file of weights');
      await refused(undefined, 'CONFIG_INVALID', 'go together');
      const gone = await putIncoming(folder, weights);
      await cp(incomingPath(folder, gone), join(folder, 'elsewhere'));
      await writeWeights(incomingPath(folder, gone), createParameters(layoutOf({ ...(exampleStudy().plan as TrainingPlan).model, inputShape: [4] }))); // prettier-ignore
      await refused(gone, 'FILE_INVALID', "does not hold the weights of the plan's model");
    }));

  it('stop by name before any round where the file was changed, and go on once it is back', () =>
    using(async (harness, sites) => {
      const { study, paths } = await proposed(harness, 'changed');
      await writeWeights(paths.initial, others);
      await harness.studies.start('changed');
      const { why } = await harness.until('changed', ({ state }) => state === 'paused');
      expect(why).toMatch(/^DIGEST_MISMATCH: .*initial\.safetensors holds the weights/);
      expect(sites.trained.size).toBe(0);
      await writeWeights(paths.initial, weights);
      await harness.studies.resume('changed');
      await harness.until('changed', ({ state }) => state === 'done');
      expect((await harness.studies.result('changed')).model.sha256).toBe(await digestAlone(study, weights));
    }));

  it('are refused by hospitals that have approved other weights: paused, in their words, nothing trained', () =>
    using(async (harness, sites) => {
      for (const id of ['site-a', 'site-b', 'site-c']) sites.startsFrom.set(id, sentOthers);
      await proposed(harness, 'refused');
      await harness.studies.start('refused');
      const { why } = await harness.until('refused', ({ state }) => state === 'paused');
      expect(why).toContain(
        `site-a has approved a start from the weights ${sentOthers}, was sent the weights ${initial}`,
      );
      expect(sites.trained.size).toBe(0);
    }));
});
