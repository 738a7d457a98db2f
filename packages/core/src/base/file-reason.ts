const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'it is on a disk that can only be read',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'no space is left for this user',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a link that leads to itself',
  EIO: 'the disk failed',
};

/** Why an operation on a file failed, in words; the system's own where there are none here. */
export function fileReason(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return (code !== undefined && reasons[code]) || (message ?? String(error));
}
