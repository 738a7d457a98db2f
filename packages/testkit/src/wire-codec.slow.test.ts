import { describe } from 'vitest';
import { expectFaultsSeen } from './broken/expect.js';
import { brokenWireCodecs, ofNewerProtocol, referenceCodec } from './broken/wire-codecs/faults.js';
import { wireCodecCompliance, type WireCodec } from './wire-codec.js';

describe('the suite of wire codecs, all checks of each fault', () => {
  const suiteOf = (create: () => WireCodec) => wireCodecCompliance({ codec: create(), newer: ofNewerProtocol });
  expectFaultsSeen(suiteOf, referenceCodec, brokenWireCodecs);
});
