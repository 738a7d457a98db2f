import type { PublishedFile } from '../files.js';

/**
 * The four hospitals of the UCI Heart Disease data set (doi 10.24432/C52P4X, CC BY 4.0; Detrano et al. 1989,
 * American Journal of Cardiology 64:304-310), in the order in which FLamby numbers them.
 */
export const heartDiseaseHospitals = [
  {
    id: 'cleveland',
    name: 'Cleveland Clinic Foundation',
    file: {
      name: 'processed.cleveland.data',
      bytes: 18_461,
      md5: '2d91a8ff69cfd9616aa47b59d6f843db',
      sha256: 'a74b7efa387bc9d108d7d0115d831fe9b414b29ae7124f331b622b4efa0427c8',
    },
  },
  {
    id: 'hungarian',
    name: 'Hungarian Institute of Cardiology, Budapest',
    file: {
      name: 'processed.hungarian.data',
      bytes: 10_263,
      md5: '22e96bee155b5973568101c93b3705f6',
      sha256: 'd1ad108f785768cd3d7e82dc522e6f5a61eea93cccfb3a46ee8076f73fc3d796',
    },
  },
  {
    id: 'switzerland',
    name: 'University Hospitals Zurich and Basel',
    file: {
      name: 'processed.switzerland.data',
      bytes: 4_109,
      md5: '9a87f7577310b3917730d06ba9349e20',
      sha256: '834a405ccf5b66ab4056bb77794adc8df0b7125186454c0a1d002d33c6c3b314',
    },
  },
  {
    id: 'va',
    name: 'V.A. Medical Center, Long Beach',
    file: {
      name: 'processed.va.data',
      bytes: 6_737,
      md5: '4249d03ca7711e84f4444768c9426170',
      sha256: 'e7c93d8d0d2acdadfa4c5e8de768e2191e7f618b952e29623f1f0d5949ff6b8f',
    },
  },
] as const satisfies readonly { id: string; name: string; file: PublishedFile }[];

/**
 * FLamby's train/test split of the usable rows (owkin/FLamby, Fed-Heart-Disease; du Terrail et al. 2022), written
 * down as `centre,row,set`: the hospital's position above, the 0-based line of its file, and `train` or `test`.
 */
export const flambySplitFile: PublishedFile = {
  name: 'flamby_split.csv',
  bytes: 8_319,
  md5: 'bada9655911ad58d623a55ddc3f76667',
  sha256: '769c5b8dc8a113b22ed01ea75ed1fcd25707b5d8d9377ea5d89c6ff9d319ed2e',
};
