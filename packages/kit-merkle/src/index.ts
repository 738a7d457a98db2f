export { emptyRoot, leafHash, MerkleTree, nodeHash, rootOf } from './merkle.js';
export {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './proofs.js';
export {
  decodeBundle,
  encodeBundle,
  entriesPath,
  hashBytes,
  mostEntryBytes,
  partialTiles,
  tilePath,
  tileWidth,
  type BundleEntry,
  type TilePlace,
} from './tiles.js';
export { hashesOf, TileTree, type Tile } from './tile-tree.js';
export { consistencyProofFrom, inclusionProofFrom, rootFrom, type ReadTile } from './tile-proofs.js';
export { formatCheckpoint, parseCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.js';
export { cosign, cosignaturesOf, cosignerKeyOf, type Cosignature } from './cosignature.js';
export { formatProof, openProof, parseProof, type TlogProof } from './tlog-proof.js';
