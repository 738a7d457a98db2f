import { describe, expect, it } from 'vitest';
import { droppedMany, rowsText } from './rows-text.js';

const rows = (read: number, left: number) => ({
  read,
  used: read - left,
  dropped: left ? [{ reason: 'no value in bp', rows: left }] : [],
});

describe('rows in words', () => {
  it('says how many were used, and why the others were not', () => {
    expect(rowsText(rows(40, 36))).toBe('4 of 40 rows used; left out: 36 with no value in bp');
    expect(rowsText(rows(40, 0))).toBe('40 of 40 rows used');
  });

  it('is loud from more than a tenth on', () => {
    expect([rows(40, 4), rows(40, 5)].map(droppedMany)).toEqual([false, true]);
    const blank = { read: 60, used: 40, dropped: [{ reason: 'no value in any column', rows: 20 }] };
    expect(droppedMany(blank)).toBe(false);
  });
});
