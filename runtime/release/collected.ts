/** All octets of a stream, in one piece. */
export async function collected(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) throw new TypeError('the stream carries no octets');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
