/**
 * One of several processes that make a key of one name, or rotate it: `node create-when-told.mjs DIRECTORY create|rotate`.
 * Says `ready`, waits for a message, and says the verifier key that it made, or the code of the error.
 */
import { isFedwardError } from '@fedward/core';
import { createKey } from '../keys.js';
import { rotateKey } from '../rotate.js';

const [directory, what] = process.argv.slice(2) as [string, string];
process.on('message', () => {
  const options = { directory, name: 'north/cardiology' };
  void (what === 'create' ? createKey(options) : rotateKey(options)).then(
    ({ verifierKey }) => process.send!(verifierKey),
    (error: unknown) => process.send!(isFedwardError(error) ? error.code : String(error)),
  );
});
process.send!('ready');
