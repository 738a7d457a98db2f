import { describe, expect, it } from 'vitest';
import { plotScaling } from './plot.js';

const circles = (svg: string): { x: number; y: number }[] =>
  [...svg.matchAll(/<circle cx="([^"]+)" cy="([^"]+)"/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

describe('plotScaling', () => {
  it('draws powers of ten at equal distances, upwards', () => {
    const [a, b, c] = circles(
      plotScaling('t', 'x', [
        {
          label: 's',
          points: [
            [1, 10],
            [10, 100],
            [100, 1000],
          ],
        },
      ]),
    );
    expect(b!.x - a!.x).toBeGreaterThan(0);
    expect(b!.x - a!.x).toBeCloseTo(c!.x - b!.x, 6);
    expect(b!.y - a!.y).toBeLessThan(0);
    expect(b!.y - a!.y).toBeCloseTo(c!.y - b!.y, 6);
  });

  it('draws a panel for each series, and a single point too', () => {
    const svg = plotScaling('t', 'x', [
      { label: 'seconds', points: [[5, 2]] },
      { label: 'MB', points: [[5, 70]] },
    ]);
    expect(circles(svg)).toHaveLength(2);
    expect(svg).toContain('>seconds<');
    expect(svg).toContain('>MB<');
    expect(svg).not.toContain('NaN');
  });
});
