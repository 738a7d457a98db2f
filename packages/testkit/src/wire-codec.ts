import { damageChecks } from './wire-codec/damage.js';
import { roundTripChecks } from './wire-codec/round-trip.js';
import type { WireCodec } from './wire-codec/messages.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

export type { WireCodec } from './wire-codec/messages.js';

/** What the suite needs to know of a codec. */
export interface WireCodecComplianceOptions {
  /** Such as `encodeQuestion` and its three fellows of `@fedward/core/wire`. */
  readonly codec: WireCodec;
  /** The same message as a newer version would write it, of a protocol that is not known here. */
  readonly newer: (bytes: Uint8Array) => Uint8Array;
}

/** What everything that turns messages between a server and its sites into bytes must do; see `core/wire`. */
export function wireCodecCompliance({ codec, newer }: WireCodecComplianceOptions): ComplianceSuite {
  return defineSuite('wire codec', { ...roundTripChecks(codec), ...damageChecks(codec, newer) });
}
