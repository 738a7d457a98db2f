export {
  assertKeyName,
  keyIdOf,
  signerFromPkcs8,
  signerOf,
  verifierKeyOf,
  verifierOf,
  type Signer,
  type Verifier,
} from './signer.js';
export {
  lineOf,
  openNote,
  readNote,
  signatureLine,
  signNote,
  type NoteSignature,
  type OpenedNote,
  type ReadNote,
} from './note.js';
export { bytesOfBase64 } from './base64.js';
export { readSigner, type Passphrase } from './key-file.js';
export { createSecretFile, readSecretFile, type SecretFileOptions } from './secret-file.js';
export { createKey, listKeys, readKey, type CreateKeyOptions, type KeyInfo, type ListedKeys } from './keys.js';
export { fileNameOf, keyPathsIn, type KeyPaths } from './names.js';
export { keyIdText, readRotations, rotateKey, type RotatedKey, type RotateKeyOptions } from './rotate.js';
export { followRotations, rotationOf, verifyRotation, type KeyRotation } from './rotation.js';
export { parseVerifierKeys, readVerifierKeys } from './verifier-keys.js';
