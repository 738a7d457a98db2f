const table = (bits: 8 | 16, polynomial: number): Uint16Array =>
  Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << (bits - 8);
    for (let i = 0; i < 8; i++) value = value & (1 << (bits - 1)) ? (value << 1) ^ polynomial : value << 1;
    return value & (2 ** bits - 1);
  });
const table8 = table(8, 0x07);
const table16 = table(16, 0x8005);

/** CRC-8 of a FLAC frame's header (RFC 9639, section 9.1.8). */
export function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = table8[crc ^ byte]!;
  return crc;
}

/** CRC-16 of a FLAC frame (RFC 9639, section 9.3). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ table16[(crc >> 8) ^ byte]!;
  return crc;
}
