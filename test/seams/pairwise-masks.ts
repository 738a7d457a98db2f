import { createCipheriv, createHash, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'; // prettier-ignore
import { FedwardError, type PrivacyMechanism, type State } from '@fedward/core';

const der = { format: 'der' } as const;
/** Fixed point: 2^-16 of a weight is one. */
const scale = 2 ** 16;
/** What a site keeps of a round: its secret key, then the seeds that it shares with the others, and whether it told any. */
type OwnKeys = { secret: Uint8Array; seeds?: Record<string, Uint8Array>; revealed?: boolean };

/**
 * Secure aggregation as one mechanism, a toy after Bonawitz et al. 2017, section 4.0.1: each pair of sites shares a seed
 * by X25519 keys of the round, and adds its stream of 32-bit words with opposite signs, so that the masks cancel in the sum
 * modulo 2^32. The masks of those who fell silent are taken off with seeds that the others tell, once a round.
 *
 * A toy, since it has pairwise masks alone: a server that lies about who fell silent sees an update.
 */
export function pairwiseMasks(): PrivacyMechanism {
  return {
    name: 'pairwise-masks',
    requires: ['sum-only', 'fresh-updates'],
    removes: ['individual-updates'],
    form: ({ layout }) => ({ layout, element: 'u32' }),

    async instruct({ cohort, ask, leaveOut }) {
      const keys: Record<string, string> = {};
      const askKey = async (id: string): Promise<void> => void (keys[id] = String(await ask(id, { want: 'key' })));
      await Promise.all(cohort.map((id) => askKey(id).catch((error: unknown) => leaveOut(id, error))));
      return { keys };
    },

    onCall(body, { kept, clientId }) {
      const { want, of } = body as { readonly want: string; readonly of?: readonly string[] };
      if (want === 'key') {
        const { privateKey, publicKey } = generateKeyPairSync('x25519');
        kept.set({ secret: new Uint8Array(privateKey.export({ type: 'pkcs8', ...der })) });
        return publicKey.export({ type: 'spki', ...der }).toString('hex');
      }
      const own = kept.get() as OwnKeys | null;
      if (!own?.seeds || own.revealed) throw new FedwardError('CLIENT_FAILED', `${clientId} tells seeds once a round`, clientId); // prettier-ignore
      kept.set({ ...own, revealed: true });
      return Object.fromEntries((of ?? []).flatMap((id) => (own.seeds![id] ? [[id, own.seeds![id]]] : [])));
    },

    onClient(update, { told, kept, clientId, round }) {
      const own = kept.get() as OwnKeys | null;
      if (!own) throw new FedwardError('CLIENT_FAILED', `${clientId} was not asked for a key`, clientId);
      const privateKey = createPrivateKey({ key: Buffer.from(own.secret), type: 'pkcs8', ...der });
      const others = Object.entries(told['keys'] as Record<string, string>).filter(([id]) => id !== clientId);
      const seeds = others.map(([id, key]): [string, Uint8Array] => {
        const publicKey = createPublicKey({ key: Buffer.from(key, 'hex'), type: 'spki', ...der });
        const shared = diffieHellman({ privateKey, publicKey });
        return [id, new Uint8Array(createHash('sha256').update(shared).update(`round ${round}`).digest())];
      });
      kept.set({ ...own, seeds: Object.fromEntries(seeds) });
      const { layout, values } = update.payload;
      const words = Uint32Array.from(values, (x) => Math.round(x * scale)); // modulo 2^32
      for (const [id, seed] of seeds) addStream(words, seed, clientId < id ? 1 : -1);
      return { ...update, weight: 1, metrics: {}, payload: { layout, values: words } };
    },

    async onRelease({ payload, count }, { cohort, participants, ask }) {
      const words = Uint32Array.from(payload, (x) => x % 2 ** 32);
      const silent = cohort.filter((id) => !participants.includes(id));
      if (silent.length > 0)
        for (const id of participants) {
          const seeds = (await ask(id, { want: 'seeds', of: silent })) as { readonly [id: string]: State };
          for (const [other, seed] of Object.entries(seeds)) addStream(words, seed as Uint8Array, id < other ? -1 : 1);
        }
      const sum = Float64Array.from(words, (word) => (word >= 2 ** 31 ? word - 2 ** 32 : word) / scale);
      return { payload: sum, divisor: count, count };
    },
  };
}

/** Adds the words of AES-256-CTR under a seed, modulo 2^32. */
function addStream(words: Uint32Array, seed: Uint8Array, sign: 1 | -1): void {
  const stream = createCipheriv('aes-256-ctr', seed, new Uint8Array(16)).update(new Uint8Array(4 * words.length));
  const view = new DataView(stream.buffer, stream.byteOffset);
  words.forEach((word, i) => (words[i] = word + sign * view.getUint32(4 * i, true)));
}
