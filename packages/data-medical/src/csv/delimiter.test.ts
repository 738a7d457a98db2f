import { describe, expect, it } from 'vitest';
import { findDelimiter } from './delimiter.js';

describe('findDelimiter', () => {
  it.each([
    ['commas', ',', 'age,bp\n40,120\n50,130\n'],
    ['semicolons', ';', 'age;bp\n40;120\n50;130\n'],
    ['tabs', '\t', 'age\tbp\n40\t120\n50\t130\n'],
    ['bars', '|', 'age|bp\n40|120\n50|130\n'],
    ['semicolons, and a comma in each number', ';', 'age;bp\n40,5;120,1\n50,5;130,2\n'],
    ['semicolons without a header, and a comma in each number', ';', '40,5;120,1\n50,5;130,2\n'],
    ['tabs without a header, and a comma in each number', '\t', '40,5\t120,1\n50,5\t130,2\n'],
    ['commas, and lists in text', ',', 'age,drugs\n40,a; b\n50,c; d\n'],
    ['commas, and semicolons in quotation marks', ',', '"a;b",c\n"1;2",3\n"4;5",6\n'],
    ['commas, and white space', ',', 'age ,\tbp\n40 ,\t120\n'],
    ['semicolons below a title', ';', 'Heart study\nage;bp\n40;120\n50;130\n60;130\n'],
    ['one column', ',', 'age\n40\n50\n'],
    ['a cut last line', ';', 'a;b\n1;2\n1,2,3'],
    ['nothing', ',', ''],
  ])('%s', (_, delimiter, text) => expect(findDelimiter(text)).toBe(delimiter));
});
