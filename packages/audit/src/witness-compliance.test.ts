import { signerOf } from '@fedward/kit-keys';
import { witnessCompliance } from '@fedward/testkit/witness';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { openAuditLog } from './open.js';
import { testSigner } from './testing/fixtures.js';
import { openWitness } from './witness.js';

witnessCompliance({
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fedward-witness-'));
    const who = 'hospital-1';
    const [signer, self] = [testSigner(who), testSigner('coordinator')];
    const stranger = signerOf(who, generateKeyPairSync('ed25519').privateKey);
    const logBy = (name: string, by: typeof signer) =>
      openAuditLog(join(directory, name), { signer: by, fsync: false });
    const keys = new Map([who, self.name].map((name) => [name, testSigner(name).verifierKey]));
    const witnessBy = (name: string, by: typeof signer) =>
      openWitness(join(directory, name), { signer: by, known: (known) => keys.get(known), fsync: false });
    const witness = await witnessBy('heads.jsonl', self);
    return {
      ...{ witness, who, seenAs: self.name },
      log: await logBy('log', signer),
      anew: await logBy('anew', signer),
      strange: await logBy('strange', stranger),
      other: await witnessBy('other.jsonl', testSigner('hospital-2')),
      reopen: async () => {
        await witness.close();
        return witnessBy('heads.jsonl', self);
      },
      cleanup: () => rm(directory, { recursive: true }),
    };
  },
}).register({ describe, it });
