import { canonicalJson, type JsonObject } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDetails, decodeLeaf, encodeEntry, leafOf } from './entry.js';
import { sampleEvent } from './testing/fixtures.js';

const event = sampleEvent(1);
const leaf = encodeEntry(event, 1).leaf.toString();

/** Keys as JSON may have them, numbers among them, which objects put in an order of their own. */
const key = fc.oneof(fc.string({ unit: 'binary' }), fc.nat(200).map(String), fc.constantFrom('__proto__', ''));
const { details } = fc.letrec<{ details: JsonObject; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 1 }), tie('details')),
  details: fc.dictionary(key, tie('value'), { maxKeys: 5 }) as fc.Arbitrary<JsonObject>,
}));

describe('an entry', () => {
  it('is the canonical JSON of event and index, and is read back as it was', () => {
    expect(leaf).toBe(canonicalJson({ event, index: 1 }));
    fc.assert(
      fc.property(details, fc.nat(), (given, index) => {
        const any = { ...event, details: JSON.parse(JSON.stringify(given)) as JsonObject };
        const bytes = encodeEntry(any, index).leaf;
        expect(bytes.toString()).toBe(canonicalJson({ event: any, index }));
        expect(canonicalJson(decodeLeaf(bytes))).toBe(bytes.toString());
        expect(leafOf({ event: any, index })).toEqual(bytes);
      }),
    );
  });

  it('has one spelling, whatever is in it', () => {
    fc.assert(
      fc.property(details, (given) => {
        // As JSON.stringify has it: keys as they came.
        const text = JSON.stringify({ event: { ...event, details: given }, index: 1 });
        const same = canonicalJson(JSON.parse(text)) === text;
        const read = (): unknown => decodeLeaf(Buffer.from(text));
        if (same) expect(read).not.toThrow();
        else expect(read).toThrow('canonical');
      }),
    );
    const numbered = canonicalJson({ event: { ...event, details: { 10: 1, 9: 2, b: 3 } }, index: 1 });
    expect(numbered).toContain('{"10":1,"9":2,"b":3}');
    expect(decodeLeaf(Buffer.from(numbered)).event.details).toEqual({ 9: 2, 10: 1, b: 3 });
    expect(() => decodeLeaf(Buffer.from(numbered.replace('"10":1,"9":2', '"9":2,"10":1')))).toThrow('canonical');
  });

  it('may be of a type that a newer version has added', () => {
    expect(decodeLeaf(Buffer.from(leaf.replace('"training"', '"model-approval"'))).event.type).toBe('model-approval');
  });

  it('parts with its details from 65,536 bytes on, and not before', () => {
    const padded = (length: number) => {
      const empty = encodeEntry({ ...event, details: { x: '' } }, 1).leaf.length;
      return { ...event, details: { x: 'x'.repeat(length - empty) } };
    };
    expect(encodeEntry(padded(65_535), 1)).toEqual({ leaf: expect.objectContaining({ length: 65_535 }) });
    const { leaf: parted, details: aside } = encodeEntry(padded(65_536), 1);
    const read = decodeLeaf(parted);
    expect(read.event.details).toEqual({});
    expect(decodeDetails(aside!, read.aside!)).toEqual(padded(65_536).details);
    expect(leafOf({ event: padded(65_536), index: 1 })).toEqual(parted);
    for (const other of [aside!.subarray(1), Buffer.concat([aside!, Buffer.from(' ')]), Buffer.from('{}')])
      expect(() => decodeDetails(other, read.aside!)).toThrow('not the details');
  });
});
