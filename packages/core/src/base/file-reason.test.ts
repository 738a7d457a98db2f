import { expect, it } from 'vitest';
import { fileReason } from './file-reason.js';

const failed = (code: string) => Object.assign(new Error(`${code}: open '/nope'`), { code });

it.each([
  ['ENOENT', 'there is no such file or folder'],
  ['EISDIR', 'it is a folder, not a file'],
  ['EACCES', 'permission is denied'],
])('says %s in words', (code, words) => expect(fileReason(failed(code))).toBe(words));

it('passes on what it does not know', () => {
  expect(fileReason(failed('EODD'))).toBe("EODD: open '/nope'");
  expect(fileReason(new RangeError('too long'))).toBe('too long');
  expect(fileReason('odd')).toBe('odd');
});
