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
