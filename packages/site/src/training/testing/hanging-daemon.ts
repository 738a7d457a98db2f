// A daemon to be killed: its training process hangs. It tells its parent which process that is, once it hangs.
import { processTrainer } from '../process-trainer.js';
import { contextOf, dataOf, initial, never } from './problems.js';
import { fates } from './troubled-trainer.js';

const module = new URL('./troubled-trainer.ts', import.meta.url).href;
const trainer = await processTrainer({ trainer: { name: 'troubled', module }, memoryMiB: 400 });
await trainer.train(initial, dataOf(fates.nothing), contextOf(), never);
trainer.train(initial, dataOf(fates.hangs), contextOf(), never).catch(() => undefined);
setTimeout(() => process.send!(trainer.stats().pid), 300);
