import { expect, it } from 'vitest';
import { heartDiseaseAll } from './heart-disease-all.js';

it.each(['record', 'patient', 'hospital'] as const)(
  'what is missing is not learned from sums that the epsilon of a %s does not pay for',
  async (priced) => {
    await expect(heartDiseaseAll.load({ dataDir: 'nowhere', seed: 1, priced })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: '--scenario',
    });
  },
);
