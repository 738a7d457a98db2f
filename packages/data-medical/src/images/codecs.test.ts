import { expect, it } from 'vitest';
import { decode, jpegCodec, notInstalled } from './codecs.js';
import { jpegStream } from './codestream.js';
import { flatJpeg } from './testing/encode.js';

const bytes = flatJpeg([40]);
const stream = jpegStream('a.jpg', bytes);

it('says which package to install where a codec is not there', async () => {
  const absent = { ...jpegCodec, package: 'no-such-codec', entry: 'no-such-codec/decode' };
  await expect(decode('a.jpg', absent, bytes, stream)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    subject: 'no-such-codec',
    message: 'JPEG images need the package no-such-codec, which is not installed: npm install no-such-codec',
  });
  expect(notInstalled('JPEG', 'a-codec', new Error('no memory')).message).toContain("can't be loaded");
});

it('goes on with a new codec where one has given up', async () => {
  const damaged = { ...stream, width: 9 };
  await expect(decode('a.jpg', jpegCodec, bytes, damaged)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  const none = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
  await expect(decode('a.jpg', jpegCodec, none, stream)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  expect((await decode('a.jpg', jpegCodec, bytes, stream)).bytes).toEqual(new Uint8Array(64).fill(168));
});
