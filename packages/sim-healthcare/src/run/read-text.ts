import { open } from 'node:fs/promises';
import { fileReason, FedwardError } from '@fedward/core';

/** Configs and plans hold no data: a file that is larger is something else. 100,000 hospitals fit. */
const mostBytes = 32 * 2 ** 20;
/** What is read at a time. */
const piece = 64 * 2 ** 10;

/**
 * A file that describes something, whose size is looked at before it is read.
 * @param option how a message begins, such as `--config`
 * @param why what the file is for, said where it is missing
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read or is too large
 */
export async function readBytes(
  path: string,
  { option, why }: { readonly option?: string; readonly why?: string | undefined } = {},
): Promise<Uint8Array> {
  const subject = option ? `${option}: ` : '';
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new FedwardError(
      cause.code === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_INVALID',
      `${subject}can't read ${path}: ${fileReason(cause)}${why ? `; ${why}` : ''}`,
      path,
      { cause },
    );
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw unfit(`${subject}can't read ${path}: it is a folder, not a file`, path);
    const pieces: Uint8Array[] = [];
    // A pipe has no size beforehand: what comes out of it is counted.
    for (let length = stat.size > mostBytes ? stat.size : 0; length <= mostBytes;) {
      const { bytesRead, buffer } = await handle.read({ buffer: new Uint8Array(piece) });
      if (bytesRead === 0) return Buffer.concat(pieces);
      pieces.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    throw unfit(`${subject}${path} is larger than ${mostBytes / 2 ** 20} MiB, which no such file is`, path);
  } finally {
    await handle.close();
  }
}

function unfit(message: string, path: string): FedwardError {
  return new FedwardError('FILE_INVALID', message, path);
}
