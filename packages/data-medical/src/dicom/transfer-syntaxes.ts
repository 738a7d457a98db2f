/** How the pixels of a transfer syntax are written. */
export type PixelCoding = 'native' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** How a data set is written (PS3.5, section 10 and annex A). */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
  /** Undefined where the pixels can't be decoded. */
  readonly pixels: PixelCoding | undefined;
}

const base = '1.2.840.10008.1.2';
export const explicitLittleEndian = `${base}.1`;
export const implicitLittleEndian = base;
export const explicitBigEndian = `${base}.2`;

const readable: readonly (readonly [uid: string, name: string, pixels: PixelCoding])[] = [
  [implicitLittleEndian, 'Implicit VR Little Endian', 'native'],
  [explicitLittleEndian, 'Explicit VR Little Endian', 'native'],
  [explicitBigEndian, 'Explicit VR Big Endian', 'native'],
  [`${base}.1.99`, 'Deflated Explicit VR Little Endian', 'native'],
  [`${base}.5`, 'RLE Lossless', 'rle'],
  [`${base}.4.50`, 'JPEG Baseline (Process 1)', 'jpeg'],
  [`${base}.4.51`, 'JPEG Extended (Process 2 and 4)', 'jpeg'],
  [`${base}.4.57`, 'JPEG Lossless (Process 14)', 'jpeg-lossless'],
  [`${base}.4.70`, 'JPEG Lossless, First-Order Prediction (Process 14, Selection Value 1)', 'jpeg-lossless'],
  [`${base}.4.80`, 'JPEG-LS Lossless', 'jpeg-ls'],
  [`${base}.4.81`, 'JPEG-LS Near-Lossless', 'jpeg-ls'],
  [`${base}.4.90`, 'JPEG 2000 Lossless', 'jpeg-2000'],
  [`${base}.4.91`, 'JPEG 2000', 'jpeg-2000'],
  [`${base}.4.201`, 'High-Throughput JPEG 2000 Lossless', 'htj2k'],
  [`${base}.4.202`, 'High-Throughput JPEG 2000 with RPCL, Lossless', 'htj2k'],
  [`${base}.4.203`, 'High-Throughput JPEG 2000', 'htj2k'],
];

/** Known by name alone: a message should say more than a number. */
const unreadable: readonly (readonly [uid: string, name: string])[] = [
  [`${base}.1.98`, 'Encapsulated Uncompressed Explicit VR Little Endian'],
  [`${base}.4.53`, 'JPEG Spectral Selection, retired'],
  [`${base}.4.55`, 'JPEG Full Progression, retired'],
  [`${base}.4.92`, 'JPEG 2000 Part 2 Multi-component Lossless'],
  [`${base}.4.93`, 'JPEG 2000 Part 2 Multi-component'],
  [`${base}.4.94`, 'JPIP Referenced'],
  [`${base}.4.95`, 'JPIP Referenced Deflate'],
  [`${base}.4.100`, 'MPEG2 Main Profile, a video'],
  [`${base}.4.101`, 'MPEG2 Main Profile at High Level, a video'],
  [`${base}.4.102`, 'MPEG-4 AVC/H.264 High Profile, a video'],
  [`${base}.4.103`, 'MPEG-4 AVC/H.264 BD-compatible, a video'],
  [`${base}.4.104`, 'MPEG-4 AVC/H.264 High Profile for 2D Video'],
  [`${base}.4.105`, 'MPEG-4 AVC/H.264 High Profile for 3D Video'],
  [`${base}.4.106`, 'MPEG-4 AVC/H.264 Stereo High Profile, a video'],
  [`${base}.4.107`, 'HEVC/H.265 Main Profile, a video'],
  [`${base}.4.108`, 'HEVC/H.265 Main 10 Profile, a video'],
  [`${base}.4.110`, 'JPEG XL Lossless'],
  [`${base}.4.111`, 'JPEG XL JPEG Recompression'],
  [`${base}.4.112`, 'JPEG XL'],
  [`${base}.4.204`, 'JPIP HTJ2K Referenced'],
  [`${base}.4.205`, 'JPIP HTJ2K Referenced Deflate'],
];

const known = new Map<string, readonly [string, PixelCoding | undefined]>([
  ...unreadable.map(([uid, name]) => [uid, [name, undefined]] as const),
  ...readable.map(([uid, name, pixels]) => [uid, [name, pixels]] as const),
]);

/** What a UID stands for. One that is not known is written as all others are, with pixels that can't be decoded. */
export function transferSyntax(uid: string): TransferSyntax {
  const [name, pixels] = known.get(uid) ?? ['not a known one', undefined];
  return {
    uid,
    name,
    pixels,
    explicit: uid !== implicitLittleEndian,
    bigEndian: uid === explicitBigEndian,
    deflated: uid === `${base}.1.99`,
  };
}
