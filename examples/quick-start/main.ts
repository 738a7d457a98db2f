import { runQuickStart } from './federation.ts';

const { privacy } = await runQuickStart();
process.stdout.write(`epsilon ${privacy?.epsilon} at delta ${privacy?.delta}, ${privacy?.assumptions.join('; ')}\n`);
