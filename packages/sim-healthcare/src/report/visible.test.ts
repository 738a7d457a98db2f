import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleJson } from './visible.js';

// eslint-disable-next-line no-control-regex
const misleading = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Text in which every other character or so is one to be afraid of. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
    fc.constantFrom(...'\u001b\n\r\t\u009b\u202e'),
  ),
});
const seed = 9;

describe('visible', () => {
  it.each([
    ['a colour', '\u001b[31mnorth\u001b[0m', '\\u001b[31mnorth\\u001b[0m'],
    ['a title of the window', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['C1, which some terminals take for ESC [', '\u009b2J', '\\u009b2J'],
    ['a line of its own', 'north\nAudit log verified', 'north\\nAudit log verified'],
    ['a line that is written over', 'north\rsouth', 'north\\rsouth'],
    ['writing turned round', 'a\u202ebc\u2066d', 'a\\u202ebc\\u2066d'],
    ['separators', 'a\u2028b\u2029c\td', 'a\\u2028b\\u2029c\\td'],
    ['DEL and backspace', 'a\u007f\u0008', 'a\\u007f\\u0008'],
  ])('shows %s', (_what, text, shown) => expect(visible(text)).toBe(shown));

  it.each(['Krankenhaus Süd', 'Hôpital n° 3', '東京病院', 'מרכז רפואי', '👩‍⚕️ "x" \\ <b>'])('leaves %s alone', (text) =>
    expect(visible(text)).toBe(text),
  );

  it('leaves nothing of the kind in any text', () =>
    fc.assert(
      fc.property(hostile, (text) => !misleading.test(visible(text))),
      { seed },
    ));
});

describe('visibleJson', () => {
  it('means the same, and has no line feed but its own', () =>
    fc.assert(
      fc.property(hostile, hostile, (key, value) => {
        const document = { [key]: [value], a: 1 };
        const shown = visibleJson(JSON.stringify(document, null, 2));
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(document)));
        expect(shown.replaceAll('\n', '')).not.toMatch(misleading);
      }),
      { seed },
    ));
});
