import type { PublishedFile } from '../files.js';

/**
 * Breast cancer in The Cancer Genome Atlas (open-access clinical data; curated by Liu et al. 2018, Cell 173:400-416),
 * encoded after Andreux et al. 2020 (arXiv:2006.08997), as owkin/FLamby has it in Fed-TCGA-BRCA (du Terrail et al. 2022).
 */
export const tcgaBrcaFile: PublishedFile = {
  name: 'brca.csv',
  bytes: 113_184,
  md5: '989df4ddec084f749d9593146d7ba92f',
  sha256: '07cb53423f7d579d33cfdbf2cba57b2aee75318b85866c68ce39a75b1f1ba020',
};

/** Where each tissue source site of the atlas is: `TSS Code,Source Site,Country,State,Region`. */
export const tcgaSitesFile: PublishedFile = {
  name: 'centers.csv',
  bytes: 4_274,
  md5: '03f23a40c35dfb8460b910d090e98dd5',
  sha256: 'd610df2dae0203ea229c9579747ed3eb8d28e137c5378f55acc6fe6b4632bb1d',
};

/** FLamby's split of 1,088 patients, written down as `pid,fold,fold2`: `train` or `test`, and the same with the region. */
export const tcgaSplitFile: PublishedFile = {
  name: 'train_test_split.csv',
  bytes: 28_946,
  md5: 'e648057e47463ee7763924d779cd7f2d',
  sha256: '1249c6543a4060ff0fdaf8510fc37017755836db6c9fc5e6af96057c36510990',
};

/** The hospitals of a federation: regions of the tissue source sites, in the order in which FLamby numbers them. */
export const tcgaRegions = ['Northeast', 'South', 'West', 'Midwest', 'Europe', 'Canada'] as const;
