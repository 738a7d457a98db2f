import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenWireCodecs, ofNewerProtocol, referenceCodec } from './broken/wire-codecs/faults.js';
import { wireCodecCompliance, type WireCodec } from './wire-codec.js';

// The reference is core's own codec, so that this is its compliance test as well.
describe('the suite of wire codecs', () => {
  const suiteOf = (create: () => WireCodec) => wireCodecCompliance({ codec: create(), newer: ofNewerProtocol });
  expectFaultsSeen(suiteOf, referenceCodec, brokenWireCodecs, 'named');
  expectNoIdleCheck([suiteOf(referenceCodec)], brokenWireCodecs);
});
