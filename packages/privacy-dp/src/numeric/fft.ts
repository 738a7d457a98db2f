/** Fast Fourier transform of real signals in double precision. */

/** The coefficients of a real signal at the frequencies 0 to N/2; the others are their conjugates. */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** A Fourier transform of real sequences of one length. */
export interface RealFft {
  /** N */
  readonly size: number;
  /** X_k = sum_n x_n e^(-2 pi i k n / N) for k = 0 to N/2. The signal, of length N, is left as it was. */
  forward(signal: Float64Array): Spectrum;
  /** The real signal of which this is the spectrum, factor 1/N included. The spectrum is left as it was. */
  inverse(spectrum: Spectrum): Float64Array;
}

/**
 * Transforms of a real signal of length N, a power of two >= 4, by one complex transform of length N/2 (radix 4 with
 * decimation in time; Cooley and Tukey 1965).
 *
 * Every root of unity comes from Math.cos and Math.sin, none from another by multiplication, so that the error stays
 * below `fftErrorFactor(N)` times the norm of the signal.
 */
export function realFft(size: number): RealFft {
  const half = size / 2;
  const roots = rootsOfUnity(size);
  const order = bitReversal(half);
  const transform = complexTransform(half, roots);

  return {
    size,
    forward(signal) {
      const real = new Float64Array(half + 1);
      const imaginary = new Float64Array(half + 1);
      for (let n = 0; n < half; n++) {
        const from = 2 * order[n]!;
        real[n] = signal[from]!;
        imaginary[n] = signal[from + 1]!;
      }
      transform(real, imaginary);
      untangle(real, imaginary, roots);
      return { real, imaginary };
    },
    inverse(spectrum) {
      const real = new Float64Array(half);
      const imaginary = new Float64Array(half);
      tangle(spectrum, real, imaginary, order, roots);
      transform(real, imaginary);
      const signal = new Float64Array(size);
      for (let n = 0; n < half; n++) {
        signal[2 * n] = real[n]! / half;
        signal[2 * n + 1] = -imaginary[n]! / half;
      }
      return signal;
    },
  };
}

/**
 * An upper bound of the relative error in the 2-norm of one transform of this size, forward or back: 8 u (log2 N + 2)
 * with u = 2^-53 (Higham 2002, Accuracy and stability of numerical algorithms, theorem 24.2, with room for the step
 * between real and complex).
 */
export function fftErrorFactor(size: number): number {
  return 8 * 2 ** -53 * (Math.log2(size) + 2);
}

interface Roots {
  /** cos(2 pi k / N) and -sin(2 pi k / N) for k below N/2. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

function rootsOfUnity(size: number): Roots {
  const cosine = new Float64Array(size / 2);
  const sine = new Float64Array(size / 2);
  const quarter = size / 4;
  for (let k = 0; k < size / 2; k++) {
    const angle = (2 * Math.PI * (k <= quarter ? k : size / 2 - k)) / size;
    cosine[k] = k === quarter ? 0 : Math.sign(quarter - k) * Math.cos(angle);
    sine[k] = -Math.sin(angle);
  }
  return { cosine, sine };
}

/** For each index the one with its bits in reverse. */
function bitReversal(size: number): Uint32Array {
  const order = new Uint32Array(size);
  for (let i = 1; i < size; i++) order[i] = (order[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  return order;
}

/**
 * A complex transform in place of values that are in bit-reversed order. Roots are those of twice the size.
 *
 * Two stages of radix 2 at once, as one of radix 4: half as many ways through memory, which is what large ones wait for.
 */
function complexTransform(size: number, roots: Roots): (real: Float64Array, imaginary: Float64Array) => void {
  const isOdd = Math.log2(size) % 2 === 1;
  const stages: RadixFour[] = [];
  for (let width = isOdd ? 2 : 1; width < size; width *= 4) stages.push(radixFour(width, size, roots));
  return (real, imaginary) => {
    if (isOdd) addPairs(real, imaginary, size);
    for (const stage of stages) addQuarters(real, imaginary, size, stage);
  };
}

/** For k below `width`: the root e^(-2 pi i k / (4 width)), its square and its cube, real parts and imaginary ones in turn. */
interface RadixFour {
  readonly width: number;
  readonly factors: Float64Array;
}

function radixFour(width: number, size: number, { cosine, sine }: Roots): RadixFour {
  const factors = new Float64Array(6 * width);
  for (let k = 0; k < width; k++)
    for (let power = 1; power <= 3; power++) {
      const root = (power * k * size) / (2 * width);
      const sign = root < size ? 1 : -1; // half a turn on
      factors[6 * k + 2 * power - 2] = sign * cosine[root % size]!;
      factors[6 * k + 2 * power - 1] = sign * sine[root % size]!;
    }
  return { width, factors };
}

/** The first stage of radix 2, all of its roots 1. */
function addPairs(real: Float64Array, imaginary: Float64Array, size: number): void {
  for (let low = 0; low < size; low += 2) {
    const re = real[low + 1]!;
    const im = imaginary[low + 1]!;
    real[low + 1] = real[low]! - re;
    imaginary[low + 1] = imaginary[low]! - im;
    real[low]! += re;
    imaginary[low]! += im;
  }
}

/** With a to d the transforms of a quarter each and u the root: a + u^2 b and a - u^2 b, then u c + u^3 d and -i (u c - u^3 d). */
function addQuarters(real: Float64Array, imaginary: Float64Array, size: number, { width, factors }: RadixFour): void {
  for (let start = 0; start < size; start += 4 * width)
    for (let k = 0; k < width; k++) {
      const a = start + k;
      const b = a + width;
      const c = b + width;
      const d = c + width;
      const f = 6 * k;
      const bRe = real[b]! * factors[f + 2]! - imaginary[b]! * factors[f + 3]!;
      const bIm = real[b]! * factors[f + 3]! + imaginary[b]! * factors[f + 2]!;
      const cRe = real[c]! * factors[f]! - imaginary[c]! * factors[f + 1]!;
      const cIm = real[c]! * factors[f + 1]! + imaginary[c]! * factors[f]!;
      const dRe = real[d]! * factors[f + 4]! - imaginary[d]! * factors[f + 5]!;
      const dIm = real[d]! * factors[f + 5]! + imaginary[d]! * factors[f + 4]!;
      const sumRe = real[a]! + bRe;
      const sumIm = imaginary[a]! + bIm;
      const differenceRe = real[a]! - bRe;
      const differenceIm = imaginary[a]! - bIm;
      const evenRe = cRe + dRe;
      const evenIm = cIm + dIm;
      const oddRe = cIm - dIm;
      const oddIm = dRe - cRe;
      real[a] = sumRe + evenRe;
      imaginary[a] = sumIm + evenIm;
      real[b] = differenceRe + oddRe;
      imaginary[b] = differenceIm + oddIm;
      real[c] = sumRe - evenRe;
      imaginary[c] = sumIm - evenIm;
      real[d] = differenceRe - oddRe;
      imaginary[d] = differenceIm - oddIm;
    }
}

/**
 * From the transform Z of z_n = x_2n + i x_(2n+1) to that of x, in place. With E = (Z_k + conj Z_(h-k)) / 2 the
 * transform of the even ones and O = (Z_k - conj Z_(h-k)) / 2i that of the odd ones, X_k = E + e^(-2 pi i k / N) O.
 */
function untangle(real: Float64Array, imaginary: Float64Array, { cosine, sine }: Roots): void {
  const half = real.length - 1;
  real[half] = real[0]! - imaginary[0]!;
  real[0] = real[0]! + imaginary[0]!;
  imaginary[half] = imaginary[0] = 0;
  for (let k = 1; 2 * k <= half; k++) {
    const mirror = half - k;
    const evenRe = (real[k]! + real[mirror]!) / 2;
    const evenIm = (imaginary[k]! - imaginary[mirror]!) / 2;
    const oddRe = (imaginary[k]! + imaginary[mirror]!) / 2;
    const oddIm = (real[mirror]! - real[k]!) / 2;
    const re = oddRe * cosine[k]! - oddIm * sine[k]!;
    const im = oddRe * sine[k]! + oddIm * cosine[k]!;
    real[k] = evenRe + re;
    imaginary[k] = evenIm + im;
    real[mirror] = evenRe - re;
    imaginary[mirror] = im - evenIm;
  }
}

/** The way back, conjugated (an inverse transform is a forward one between two conjugations), in bit-reversed order. */
function tangle(
  spectrum: Spectrum,
  real: Float64Array,
  imaginary: Float64Array,
  order: Uint32Array,
  { cosine, sine }: Roots,
): void {
  const half = real.length;
  for (let n = 0; n < half; n++) {
    const k = order[n]!;
    const mirror = half - k;
    const differenceRe = (spectrum.real[k]! - spectrum.real[mirror]!) / 2;
    const differenceIm = (spectrum.imaginary[k]! + spectrum.imaginary[mirror]!) / 2;
    const oddRe = differenceRe * cosine[k]! + differenceIm * sine[k]!;
    const oddIm = differenceIm * cosine[k]! - differenceRe * sine[k]!;
    real[n] = (spectrum.real[k]! + spectrum.real[mirror]!) / 2 - oddIm;
    imaginary[n] = -((spectrum.imaginary[k]! - spectrum.imaginary[mirror]!) / 2 + oddRe);
  }
}
