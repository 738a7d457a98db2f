/** A process that adds one event after the other to a store in FOLDER, tells each once it was acknowledged, and is killed by a test. */
import { openStore } from '../store/open.js';
import { StudyStore } from '../studies/study-store.js';

const store = new StudyStore(await openStore({ folder: process.argv[2]! }));
const from = (await store.events('saved')).length;
process.stdout.write(`found ${from}\n`);
for (let number = from; ; number++) {
  await store.tell('saved', 'event', { number, words: 'x'.repeat((number * 997) % 5000) });
  process.stdout.write(`${number}\n`);
}
