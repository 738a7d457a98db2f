import { choose, choiceTables } from './choose/choose.js';
const [name, mode] = process.argv.slice(2) as ['heart-disease', string];
const dir = process.env['FEDWARD_DATA']!;
const t = performance.now();
if (mode === 'one') {
  const c = await choose(name, dir, 42);
  console.log(c.chosen, c.figures);
} else
  for (const t of await choiceTables(name, dir, { quick: false, progress: (l) => console.error(l) })) {
    console.log(t.title);
    for (const r of t.rows) console.log(r.join(' | '));
  }
console.log((performance.now() - t) / 1000, 's');
