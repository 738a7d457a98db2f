/** Covers the rounding of a divergence's sums (a few 1e-14 relative), so that none is under the true divergence. */
export const roundingMargin = 1 + 1e-12;
