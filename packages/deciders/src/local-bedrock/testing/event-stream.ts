import { crc32 } from 'node:zlib';

export interface Frame {
  readonly headers: { readonly [name: string]: string };
  readonly payload: Buffer;
}

/**
 * Reads event-stream messages by the letter of their specification, apart from the SDK's codec: total length, length of
 * the headers, CRC of these two, headers (text, type 7), payload, CRC of everything before it; numbers big-endian.
 * Throws where a message is not whole or a CRC is wrong.
 */
export function readFrames(bytes: Uint8Array): readonly Frame[] {
  const frames: Frame[] = [];
  let rest = Buffer.from(bytes);
  while (rest.length > 0) {
    const total = rest.readUInt32BE(0);
    const headersLength = rest.readUInt32BE(4);
    if (total > rest.length) throw new Error('The last message is cut.');
    if (rest.readUInt32BE(8) !== crc32(rest.subarray(0, 8))) throw new Error('The CRC of the prelude is wrong.');
    if (rest.readUInt32BE(total - 4) !== crc32(rest.subarray(0, total - 4))) throw new Error('The CRC is wrong.');
    frames.push({
      headers: readHeaders(rest.subarray(12, 12 + headersLength)),
      payload: rest.subarray(12 + headersLength, total - 4),
    });
    rest = rest.subarray(total);
  }
  return frames;
}

function readHeaders(bytes: Buffer): { readonly [name: string]: string } {
  const headers: { [name: string]: string } = {};
  let at = 0;
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const name = take(take(1).readUInt8()).toString('utf8');
    if (take(1).readUInt8() !== 7) throw new Error(`The header ${name} is no text.`);
    headers[name] = take(take(2).readUInt16BE()).toString('utf8');
  }
  return headers;
}
