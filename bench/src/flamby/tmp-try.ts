import { loadFlamby } from './data.js';
import { aloneMethod, federatedMethod } from './methods.js';
import { publishedResults } from './published.js';
import { flambySettings } from './settings.js';
import { averageOf, comparisonTable } from './table.js';
const name = process.argv[2] as 'heart-disease';
const dir = process.env['FEDWARD_DATA']!;
const data = await loadFlamby(name, dir);
const seeds = flambySettings.seeds;
const pub = await publishedResults(name, seeds, dir);
const s = flambySettings[name];
const t = performance.now();
const rows = [];
const todo: [string, string, (seed: number) => Promise<any>][] = [
  ['pooled', 'Pooled Training', (seed) => aloneMethod(data, s, data.pooled, seed)],
  ...s.methods
    .filter((m) => (process.argv[3] ?? 'FedAvg,FedProx').split(',').includes(m.name))
    .map((m): any => [m.name, m.published, (seed: number) => federatedMethod(data, s, m, seed)]),
  ...(process.argv[4]
    ? []
    : data.hospitals.map((h, k): any => ['local ' + k, 'Local ' + k, (seed: number) => aloneMethod(data, s, h, seed)])),
];
for (const [method, key, run] of todo) {
  const own = [];
  for (const seed of seeds) own.push(await run(seed));
  rows.push({ method, own, published: pub.get(key)! });
}
const tab = comparisonTable(name, rows);
console.log(tab.columns.join(' | '));
for (const r of tab.rows) console.log(r.join(' | '));
console.log((performance.now() - t) / 1000, averageOf(rows[0]!.own[0]));
