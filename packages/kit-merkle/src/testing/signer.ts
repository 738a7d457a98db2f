import { createHash } from 'node:crypto';
import { signerFromPkcs8, type Signer } from '@fedward/kit-keys';

/** The same key for each name. */
export function testSigner(name: string): Signer {
  const seed = createHash('sha256').update(name).digest();
  return signerFromPkcs8(name, Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]));
}
