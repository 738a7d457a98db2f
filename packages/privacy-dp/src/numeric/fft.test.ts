import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fftErrorFactor, realFft, type Spectrum } from './fft.js';

const sizes = [4, 8, 16, 64, 256];
const signals = fc
  .constantFrom(...sizes)
  .chain((size) =>
    fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size })
      .map((values) => Float64Array.from(values)),
  );

/** By its definition, the angle reduced to one turn before it is rounded. */
function naive(signal: Float64Array): Spectrum {
  const size = signal.length;
  const sum = (k: number, wave: (angle: number) => number): number =>
    signal.reduce((total, x, n) => total + x * wave((2 * Math.PI * ((k * n) % size)) / size), 0);
  const frequencies = Array.from({ length: size / 2 + 1 }, (_, k) => k);
  return {
    real: Float64Array.from(frequencies, (k) => sum(k, Math.cos)),
    imaginary: Float64Array.from(frequencies, (k) => -sum(k, Math.sin)),
  };
}

const norm = (values: Iterable<number>): number => Math.hypot(...values);

describe('realFft', () => {
  it('is the discrete Fourier transform', () => {
    fc.assert(
      fc.property(signals, (signal) => {
        const [actual, expected] = [realFft(signal.length).forward(signal), naive(signal)];
        const scale = Math.sqrt(signal.length) * norm(signal);
        for (let k = 0; k <= signal.length / 2; k++) {
          expect(Math.abs(actual.real[k]! - expected.real[k]!)).toBeLessThanOrEqual(1e-14 * scale);
          expect(Math.abs(actual.imaginary[k]! - expected.imaginary[k]!)).toBeLessThanOrEqual(1e-14 * scale);
        }
      }),
    );
  });

  it('has an inverse, to within the bound of its error', () => {
    fc.assert(
      fc.property(signals, (signal) => {
        const fft = realFft(signal.length);
        const back = fft.inverse(fft.forward(signal));
        expect(norm(back.map((x, n) => x - signal[n]!))).toBeLessThanOrEqual(
          2 * fftErrorFactor(signal.length) * norm(signal),
        );
      }),
    );
  });

  it('leaves what it is given as it was', () => {
    const signal = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
    const fft = realFft(8);
    const spectrum = fft.forward(signal);
    const copy = structuredClone(spectrum);
    fft.inverse(spectrum);
    expect(spectrum).toEqual(copy);
    expect([...signal]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is precise for large sizes: a shifted unit is a wave', () => {
    const size = 2 ** 18;
    const signal = new Float64Array(size);
    signal[12345] = 1;
    const { real, imaginary } = realFft(size).forward(signal);
    for (let k = 0; k <= size / 2; k += 97) {
      const angle = (2 * Math.PI * ((12345 * k) % size)) / size;
      expect(Math.abs(real[k]! - Math.cos(angle))).toBeLessThan(1e-15);
      expect(Math.abs(imaginary[k]! + Math.sin(angle))).toBeLessThan(1e-15);
    }
  });

  it('turns convolution into multiplication', () => {
    const fft = realFft(8);
    const [a, b] = [Float64Array.from([0.5, 0.5, 0, 0, 0, 0, 0, 0]), Float64Array.from([0, 0, 0, 0, 0, 0, 0.25, 0.75])];
    const [x, y] = [fft.forward(a), fft.forward(b)];
    const product = {
      real: x.real.map((re, k) => re * y.real[k]! - x.imaginary[k]! * y.imaginary[k]!),
      imaginary: x.real.map((re, k) => re * y.imaginary[k]! + x.imaginary[k]! * y.real[k]!),
    };
    const expected = [0.375, 0, 0, 0, 0, 0, 0.125, 0.5];
    fft.inverse(product).forEach((value, n) => expect(value).toBeCloseTo(expected[n]!, 15));
  });
});
