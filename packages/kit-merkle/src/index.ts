export { emptyRoot, leafHash, MerkleTree, nodeHash, rootOf } from './merkle.js';
export {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './proofs.js';
