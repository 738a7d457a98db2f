import { broken } from '../names.js';

/** Reads bits of a file's bytes, the high ones first. */
export class BitReader {
  /** In bits. */
  private at = 0;

  /** @param file for messages */
  constructor(
    readonly bytes: Uint8Array,
    readonly file: string,
  ) {}

  /** In bytes; between two bits the byte that the next is in. */
  get position(): number {
    return Math.floor(this.at / 8);
  }

  /** True where no whole byte follows. */
  get ended(): boolean {
    return this.position >= this.bytes.length;
  }

  /** @param position in bytes */
  skipTo(position: number): void {
    this.at = position * 8;
  }

  /** Up to 32 bits, without a sign. @throws {FedwardError} DATA_MALFORMED where the file ends before */
  read(bits: number): number {
    let value = 0;
    let left = bits;
    let { at } = this;
    if (at + bits > this.bytes.length * 8) throw this.cutShort();
    while (left > 0) {
      const within = at % 8;
      const take = Math.min(8 - within, left);
      const part = (this.bytes[(at - within) / 8]! >> (8 - within - take)) & ((1 << take) - 1);
      value = value * 2 ** take + part;
      at += take;
      left -= take;
    }
    this.at = at;
    return value;
  }

  /** Up to 32 bits in two's complement. */
  readSigned(bits: number): number {
    const value = this.read(bits);
    return bits > 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  /** How many zeros come before the next one, which is read too. */
  readUnary(): number {
    let zeros = 0;
    for (;;) {
      const within = this.at % 8;
      const byte = this.bytes[(this.at - within) / 8];
      if (byte === undefined) throw this.cutShort();
      const ahead = (byte << (24 + within)) >>> 0;
      const found = Math.clz32(ahead);
      if (found < 32) {
        this.at += found + 1;
        return zeros + found;
      }
      zeros += 8 - within;
      this.at += 8 - within;
    }
  }

  /** Skips the rest of a byte that was begun. */
  align(): void {
    this.at = Math.ceil(this.at / 8) * 8;
  }

  private cutShort(): Error {
    return broken(this.file, 'the file ends in the middle of a FLAC frame: it was cut short');
  }
}
