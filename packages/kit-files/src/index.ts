export {
  createFileAtomic,
  isDraft,
  removeDrafts,
  replaceFileQuickly,
  writeFileAtomic,
  type FileContent,
  type FileOptions,
} from './atomic.js';
export { digestFile } from './digest-file.js';
export { hasErrno, storageFailure } from './failure.js';
export { makeFolder, openFolder, syncFolder, type OpenFolder } from './folder.js';
export { fileMode, flush, linkNew, writeFully, writeInPlace, writeNew } from './open-file.js';
export { lengthOf, readBytes, readJson, readTextIfThere, type ReadOptions } from './read.js';
export { isSilent, rhythm, type Rhythm } from './lock/heartbeat.js';
export { startOf, type Holder } from './lock/holder.js';
export { lockFile, type FoundLock, type LockOptions } from './lock/lock-file.js';
