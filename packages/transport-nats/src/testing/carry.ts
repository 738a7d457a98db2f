import { readFileSync } from 'node:fs';
import { connectHub } from '../connect/connect.js';
import type { HubIdentity } from '../connect/hub-options.js';
import { getBlob } from '../blobs/get.js';
import { putBlob } from '../blobs/put.js';
import { fileSink } from '../blobs/sink.js';
import { fileSource } from '../blobs/source.js';

/** What this program is to do, as JSON in the file that is its one argument. */
export interface Errand {
  readonly server: string;
  readonly party: string;
  readonly identity: HubIdentity;
  readonly file: string;
  /** Absent: `file` is sent up. Else this blob is fetched to it. */
  readonly ref?: { readonly sha256: string; readonly size: number };
}

/** What it says at the end. Before, it says `chunk` for each one. */
export interface Carried {
  readonly sent?: number;
  readonly ref: { readonly sha256: string; readonly size: number };
  readonly milliseconds: number;
  /** The most memory that it has had after any chunk, bytes. */
  readonly most: number;
}

// A process of its own, which tests kill and measure.
const errand = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Errand;
const connection = await connectHub({ servers: [errand.server], party: errand.party, identity: () => errand.identity });
const begun = performance.now();
let most = 0;
const options = {
  onChunk() {
    most = Math.max(most, process.memoryUsage.rss());
    process.stdout.write('chunk\n');
  },
};
const carry = async (): Promise<Pick<Carried, 'sent' | 'ref'>> => {
  if (!errand.ref) {
    const { sent, ...ref } = await putBlob(connection, 'up', await fileSource(errand.file), options);
    return { sent, ref };
  }
  await getBlob(connection, 'up', errand.ref, fileSink(errand.file), options);
  return { ref: errand.ref };
};
const carried: Carried = { ...(await carry()), milliseconds: Math.round(performance.now() - begun), most };
process.stdout.write(`${JSON.stringify(carried)}\n`);
await connection.close();
