/**
 * How samples of a signal file are packed (WFDB Applications Guide, signal(5)). A unit is the smallest number of whole
 * bytes that holds whole samples.
 */
export interface PackedFormat {
  readonly unitBytes: number;
  readonly unitSamples: number;
  /** Bytes that an incomplete last unit has, by its samples. */
  readonly tail: readonly number[];
  /** What stands for a sample that was not taken; format 8 has nothing for it. */
  readonly missing: number | undefined;
  /** Sample `i` of bytes that begin with a unit. */
  readonly sample: (bytes: Uint8Array, i: number) => number;
}

const whole = (
  unitBytes: number,
  missing: number | undefined,
  sample: (bytes: Uint8Array, i: number) => number,
): PackedFormat => ({ unitBytes, unitSamples: 1, tail: [0], missing, sample });

const packed: Readonly<Record<number, PackedFormat>> = {
  /** First differences, 8 bits; the reader adds them up. */
  8: whole(1, undefined, (b, i) => (b[i]! << 24) >> 24),
  16: whole(2, -0x8000, (b, i) => ((b[2 * i]! | (b[2 * i + 1]! << 8)) << 16) >> 16),
  24: whole(3, -0x80_0000, (b, i) => ((b[3 * i]! | (b[3 * i + 1]! << 8) | (b[3 * i + 2]! << 16)) << 8) >> 8),
  32: whole(
    4,
    -0x8000_0000,
    (b, i) => b[4 * i]! | (b[4 * i + 1]! << 8) | (b[4 * i + 2]! << 16) | (b[4 * i + 3]! << 24),
  ),
  /** 16 bits, the high byte first. */
  61: whole(2, -0x8000, (b, i) => ((b[2 * i + 1]! | (b[2 * i]! << 8)) << 16) >> 16),
  /** 8 bits, offset binary. */
  80: whole(1, -0x80, (b, i) => b[i]! - 0x80),
  /** 16 bits, offset binary. */
  160: whole(2, -0x8000, (b, i) => (b[2 * i]! | (b[2 * i + 1]! << 8)) - 0x8000),
  /** Two of 12 bits in three bytes. */
  212: {
    unitBytes: 3,
    unitSamples: 2,
    tail: [0, 2],
    missing: -0x800,
    sample: (b, i) => {
      const at = 3 * (i >> 1);
      const bits = i & 1 ? b[at + 2]! | ((b[at + 1]! & 0xf0) << 4) : b[at]! | ((b[at + 1]! & 0x0f) << 8);
      return (bits << 20) >> 20;
    },
  },
  /** Three of 10 bits in four bytes; the third is in the high five bits of both pairs, whose lowest bits say nothing. */
  310: {
    unitBytes: 4,
    unitSamples: 3,
    tail: [0, 2, 4],
    missing: -0x200,
    sample: (b, i) => {
      const at = 4 * Math.floor(i / 3);
      const which = i % 3;
      if (which === 2) return (((b[at + 1]! >> 3) | ((b[at + 3]! >> 3) << 5)) << 22) >> 22;
      const pair = at + 2 * which;
      return (((b[pair]! | (b[pair + 1]! << 8)) >> 1) << 22) >> 22;
    },
  },
  /** Three of 10 bits in four bytes, one after the other. */
  311: {
    unitBytes: 4,
    unitSamples: 3,
    tail: [0, 2, 3],
    missing: -0x200,
    sample: (b, i) => {
      const at = 4 * Math.floor(i / 3);
      const bits = b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
      return ((bits >>> (10 * (i % 3))) << 22) >> 22;
    },
  },
};

/** Bits a sample of the formats that are FLAC inside. */
const flac: Readonly<Record<number, number>> = { 508: 8, 516: 16, 524: 24 };

/** How the samples of a format are packed; undefined for one that is not packed. */
export const packedFormat = (format: number): PackedFormat | undefined => packed[format];

/** Bits a sample of a format that is FLAC inside; undefined for another. */
export const flacBits = (format: number): number | undefined => flac[format];

/** The format of a signal of which nothing is stored. */
export const nullFormat = 0;

/** All that are read, in words. */
export const formatsRead = [...Object.keys(packed), ...Object.keys(flac)].join(', ');

export function isKnownFormat(format: number): boolean {
  return format === nullFormat || format in packed || format in flac;
}

/** What stands for a missing sample in a format; undefined where nothing does. */
export function missingCode(format: number): number | undefined {
  const bits = flac[format];
  return bits === undefined ? packed[format]?.missing : -(2 ** (bits - 1));
}

/** Bytes that `samples` samples take. */
export function bytesFor({ unitBytes, unitSamples, tail }: PackedFormat, samples: number): number {
  return Math.floor(samples / unitSamples) * unitBytes + tail[samples % unitSamples]!;
}

/** Samples that are whole in so many bytes. */
export function samplesIn({ unitBytes, unitSamples, tail }: PackedFormat, bytes: number): number {
  const rest = bytes % unitBytes;
  return Math.floor(bytes / unitBytes) * unitSamples + tail.findLastIndex((needed) => needed <= rest);
}
