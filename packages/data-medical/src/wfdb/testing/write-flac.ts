import { crc16, crc8 } from '../flac/crc.js';

/** How the samples of a frame are stored: as they are, or as what a fixed predictor of order 1 misses. */
export type Storage = 'verbatim' | 'rice' | 'rice5' | 'escape';

/** How two channels are: left and right, left and side, side and right, mid and side. */
export const assignments = { plain: 1, leftSide: 8, sideRight: 9, midSide: 10 } as const;

/** A FLAC stream of two channels, one frame, for tests: written from RFC 9639, apart from the decoder. */
export function writeStereo(
  [left, right]: readonly [readonly number[], readonly number[]],
  bits: 8 | 16 | 24,
  assignment: keyof typeof assignments,
  storage: Storage,
): Uint8Array {
  const size = left.length;
  let out = '';
  const put = (value: number, width: number): void => {
    out += (value < 0 ? value + 2 ** width : value).toString(2).padStart(width, '0');
  };
  const bytes = (): Uint8Array => Uint8Array.from(out.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
  put(0xfff8, 16);
  put(0x70, 8); // size in 16 bits, rate of the stream
  put(assignments[assignment], 4);
  put({ 8: 1, 16: 4, 24: 6 }[bits], 3);
  put(0, 1);
  put(0, 8); // frame 0
  put(size - 1, 16);
  put(crc8(bytes()), 8);
  const side = left.map((x, i) => x - right[i]!);
  const mid = left.map((x, i) => Math.floor((x + right[i]!) / 2));
  const channels = { plain: [left, right], leftSide: [left, side], sideRight: [side, right], midSide: [mid, side] };
  for (const samples of channels[assignment]) {
    const width = bits + (samples === side ? 1 : 0);
    put(storage === 'verbatim' ? 1 : 9, 7);
    put(0, 1);
    if (storage === 'verbatim') samples.forEach((x) => put(x, width));
    else {
      put(samples[0]!, width);
      put(storage === 'rice5' ? 1 : 0, 2);
      put(0, 4);
      const [parameterBits, parameter] = { rice: [4, 6], rice5: [5, 17], escape: [4, 15] }[storage] as [number, number];
      put(parameter, parameterBits);
      if (storage === 'escape') put(27, 5);
      samples.slice(1).forEach((x, i) => {
        const residual = x - samples[i]!;
        if (storage === 'escape') return put(residual, 27);
        const folded = residual >= 0 ? 2 * residual : -2 * residual - 1;
        out += '0'.repeat(Math.floor(folded / 2 ** parameter)) + '1';
        put(folded % 2 ** parameter, parameter);
      });
    }
  }
  out = out.padEnd(Math.ceil(out.length / 8) * 8, '0');
  put(crc16(bytes()), 16);
  const info = new Uint8Array(42);
  info.set([...Buffer.from('fLaC'), 0x80, 0, 0, 34, 0xff, 0xff, 0xff, 0xff]);
  // Rate (20 bits), channels - 1 (3), bits - 1 (5), samples (36).
  info.set([0, 0x1f, 0x42 | ((bits - 1) >> 4), ((bits - 1) & 15) << 4], 18);
  return Uint8Array.from([...info, ...bytes()]);
}
