import type { PublishedFile } from '../files.js';

/**
 * The Parkinson's telemonitoring data set as the UCI Machine Learning Repository has it (doi 10.24432/C5ZS3N, CC BY
 * 4.0; Tsanas, Little, McSharry and Ramig 2010, IEEE Transactions on Biomedical Engineering 57(4):884-893).
 */
export const parkinsonsFile: PublishedFile = {
  name: 'parkinsons_updrs.data',
  bytes: 911_261,
  md5: '4f97310e2c9fbeedb72e8a37822fee45',
  sha256: 'f2c7d5025dec4e92e7feae367a5f7ccf58789a10ac6b54bdf15976c599f9dd39',
};
