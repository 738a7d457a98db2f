import { agree } from '../crypto/agreement.js';
import { derive } from '../crypto/derive.js';
import { open, seal } from '../crypto/envelope.js';
import { refusal } from './context.js';

/** From whom to whom shares go, and the channel keys of the two. */
interface Way {
  /** Digest of the round. */
  readonly round: string;
  readonly from: string;
  readonly to: string;
  /** Secret key of whoever seals or opens. */
  readonly own: Uint8Array;
  /** Public key of the other. */
  readonly other: Uint8Array;
}

/** A share of a site's seed and one of its mask secret, of the same length. */
type Two = readonly [seed: Uint8Array, mask: Uint8Array];

/** For the eyes of one site, in one round. */
export function sealShares([seed, mask]: Two, way: Way): Uint8Array {
  return seal(keyOf(way), new Uint8Array([...seed, ...mask]), purposeOf(way));
}

/**
 * @throws {FedwardError} SHARE_INVALID naming who sealed them: who seals what can't be opened would put others out of the
 *   round, and nobody knew who it was
 */
export function openShares(sealed: Uint8Array, way: Way): Two {
  const plain = opened(sealed, way);
  return [plain.slice(0, plain.length / 2), plain.slice(plain.length / 2)];
}

function opened(sealed: Uint8Array, way: Way): Uint8Array {
  try {
    return open(keyOf(way), sealed, purposeOf(way));
  } catch {
    const why = `the shares of ${way.from} were not sealed for it, or were changed on their way`;
    throw refusal('SHARE_INVALID', way.to, why);
  }
}

const keyOf = ({ round, own, other }: Way): Uint8Array => derive(agree(own, other), round);
const purposeOf = ({ round, from, to }: Way): string => JSON.stringify([round, from, to]);
