import { canonicalJson } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry, type LineEntry } from './entry.js';
import { emptyRoot } from '@fedward/kit-merkle';
import { sampleEvent } from '../testing/fixtures.js';

const entry: LineEntry = { event: sampleEvent(1), index: 1, previousHash: emptyRoot };
const line = encodeEntry(entry).toString();

describe('an entry', () => {
  it('is its canonical JSON, and is read back as it was', () => {
    expect(line).toBe(canonicalJson(entry));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 5 }),
        fc.nat(),
        (details, index) => {
          const any = { ...entry, index, event: { ...entry.event, details: JSON.parse(JSON.stringify(details)) } };
          const bytes = encodeEntry(any);
          expect(decodeEntry(bytes)).toEqual(any);
          expect(canonicalJson(decodeEntry(bytes))).toBe(bytes.toString());
        },
      ),
    );
  });

  it('has one spelling: others that mean the same JSON are not it', () => {
    const others = {
      'white space': line.replace(',', ', '),
      'a carriage return': `${line}\r`,
      'another order of keys': `{"index":1,${line.slice(1).replace(',"index":1', '')}`,
      'a key given twice': line.replace('"index":1', '"index":2,"index":1'),
      'a number written otherwise': line.replace('"index":1', '"index":1.0'),
      'an escape that is not needed': line.replace('run-1', '\\u0072un-1'),
      'a byte order mark': `\ufeff${line}`,
    };
    for (const [what, text] of Object.entries(others)) {
      expect(text, what).not.toBe(line);
      expect(() => decodeEntry(Buffer.from(text)), what).toThrow();
    }
    const latin1 = Buffer.from(line.replace('run-1', 'run-\xe9'), 'latin1'); // not UTF-8
    expect(() => decodeEntry(latin1)).toThrow('canonical');
  });

  it('may be of a type that a newer version has added', () => {
    const newer = line.replace('"training"', '"model-approval"');
    expect(decodeEntry(Buffer.from(newer)).event.type).toBe('model-approval');
    expect(() => decodeEntry(Buffer.from(line.replace('"training"', '"Training "')))).toThrow('event.type');
  });

  it('is named by what is wrong with it', () => {
    for (const [key, bad] of [
      ['index', { ...entry, index: -1 }],
      ['previousHash', { ...entry, previousHash: emptyRoot.slice(1) }],
      ['event.time', { ...entry, event: { ...entry.event, time: '2026-01-01' } }],
      ['event.round', { ...entry, event: { ...entry.event, round: 0.5 } }],
      ['event.details', { ...entry, event: { ...entry.event, details: [] } }],
    ] as const)
      expect(() => decodeEntry(Buffer.from(canonicalJson(bad)))).toThrow(`${key}:`);
  });
});
