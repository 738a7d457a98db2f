import { expect, it } from 'vitest';
import { seldom } from './seldom.js';

it('tells the first at once, and the same again once in a while with how many there were', () => {
  let now = 0;
  const told: [string, number][] = [];
  const say = seldom({ everySeconds: 10, now: () => now });
  const happens = (what: string): void => say(what, (left) => void told.push([what, left]));
  for (let i = 0; i < 1000; i++) happens('a');
  happens('b');
  expect(told).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
  now = 10_000;
  happens('a');
  happens('a');
  expect(told.slice(2)).toEqual([['a', 999]]);
  now = 20_000;
  happens('a');
  expect(told.slice(3)).toEqual([['a', 1]]);
});

it('remembers no more than so many, whatever comes', () => {
  let now = 0;
  let told = 0;
  const say = seldom({ everySeconds: 10, most: 5, now: () => now });
  for (let i = 0; i < 10_000; i++) say(`thing ${i}`, () => told++);
  expect(told).toBe(6); // five, and one for all others
  now = 10_000;
  let left = -1;
  say('thing 9999', (others) => (left = others));
  expect(left).toBe(0); // room was made: it has a place of its own again
});
