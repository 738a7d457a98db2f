/** Samples as a signal file has them, written from signal(5) and apart from the reader, for tests. */
export function pack(format: number, samples: readonly number[], initial = 0): Uint8Array {
  const bytes: number[] = [];
  const little = (value: number, count: number): void => {
    for (let i = 0; i < count; i++) bytes.push(Math.floor(value / 256 ** i) & 0xff);
  };
  const at = (i: number, bits: number): number => (samples[i] ?? 0) & (2 ** bits - 1);
  const n = samples.length;
  switch (format) {
    case 8:
      samples.forEach((x, i) => bytes.push((x - (i === 0 ? initial : samples[i - 1]!)) & 0xff));
      break;
    case 16:
    case 24:
    case 32:
      for (const x of samples) little(x < 0 ? x + 2 ** format : x, format / 8);
      break;
    case 61:
      for (const x of samples) bytes.push((x >> 8) & 0xff, x & 0xff);
      break;
    case 80:
      for (const x of samples) bytes.push(x + 128);
      break;
    case 160:
      for (const x of samples) little(x + 32_768, 2);
      break;
    case 212:
      for (let i = 0; i < n; i += 2) {
        const [a, b] = [at(i, 12), at(i + 1, 12)];
        bytes.push(a & 0xff, ((b >> 8) << 4) | (a >> 8));
        if (i + 1 < n) bytes.push(b & 0xff);
      }
      break;
    case 310:
      for (let i = 0; i < n; i += 3) {
        const [a, b, c] = [at(i, 10), at(i + 1, 10), at(i + 2, 10)];
        little((a << 1) | ((c & 0x1f) << 11), 2);
        if (i + 1 < n) little((b << 1) | ((c >> 5) << 11), 2);
      }
      break;
    case 311:
      for (let i = 0; i < n; i += 3) {
        const all = at(i, 10) + at(i + 1, 10) * 2 ** 10 + at(i + 2, 10) * 2 ** 20;
        little(all, i + 2 < n ? 4 : i + 1 < n ? 3 : 2);
      }
      break;
    default:
      throw new Error(`format ${format} is not written`);
  }
  return Uint8Array.from(bytes);
}

/** Sum of samples as headers have it. */
export function checksum(samples: readonly number[]): number {
  const sum = samples.reduce((total, x) => (total + x) & 0xffff, 0);
  return sum >= 0x8000 ? sum - 0x1_0000 : sum;
}
