import { parseAddress } from '../hub/address.js';
import { work } from '../worker/worker.js';

// A worker as a process of its own, from the sources.
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const say = (words: string): void => void process.stderr.write(`${words}\n`);
const address = parseAddress(JSON.parse(process.argv[2]!) as { url: string });
const summary = await work({ address, parallel: 1, say, signal: stop.signal });
process.stdout.write(JSON.stringify(summary));
