import { readFileSync } from 'node:fs';
import { checkRules } from '@fedward/compliance';
import { expect, it } from 'vitest';

const guide = readFileSync(new URL('../docs/evidence.md', import.meta.url), 'utf8');

/** Of the guide's table of rules: what it says of each, by id. Rules of which the same is said share a row. */
function rulesTold(): Map<string, readonly [string, string]> {
  const rows = [...guide.matchAll(/^\| (`\w+-\S+`(?: `-\w+`)*) +\| (.*?) +\| (.*?) +\|$/gm)];
  return new Map(
    rows.flatMap(([, ids, looksAt, doesNotShow]) => {
      const [first, ...others] = [...ids!.matchAll(/`(\S+)`/g)].map(([, id]) => id!);
      const stem = first!.slice(0, first!.lastIndexOf('-'));
      return [first!, ...others.map((end) => stem + end)].map((id) => [id, [looksAt!, doesNotShow!]] as const);
    }),
  );
}

it('the guide to evidence says of each rule of check what the rule says of itself', () => {
  expect(checkRules.length).toBeGreaterThan(40);
  expect(rulesTold()).toEqual(new Map(checkRules.map(({ id, looksAt, doesNotShow }) => [id, [looksAt, doesNotShow]])));
});

it('is a guide, and no book', () => {
  expect(guide.split('\n').length).toBeLessThanOrEqual(201);
});
