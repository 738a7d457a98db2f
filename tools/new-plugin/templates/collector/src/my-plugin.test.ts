import { PluginRegistry } from '@fedward/core';
import { expect, it } from 'vitest';
import { myPluginCollector, plugins } from './index.js';

it('has enough with so many answers, however many were asked', () => {
  const { enough } = myPluginCollector({ size: 3 });
  const after = (arrived: number, failed = 0) =>
    enough!({ round: 0, asked: 5, arrived, failed, underWay: 5 - arrived - failed });
  expect([0, 1, 2, 3, 4].map((arrived) => after(arrived))).toEqual([false, false, false, true, true]);
  expect(after(2, 3)).toBe(false); // those who failed are no answers
});

it('is made by its name, and checks its options', () => {
  const registry = new PluginRegistry(plugins);
  expect(registry.create('collector', { name: 'my-plugin', options: { size: 2 } })).toMatchObject({ patience: 0 });
  for (const size of [0, 1.5, '2', undefined])
    expect(() => registry.create('collector', { name: 'my-plugin', options: { size } as never })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'collector.options.size' }),
    );
});
