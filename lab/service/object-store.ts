import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Buckets, StoredObject } from '../api/index.ts';
import type { Cloud } from '../provider/index.ts';

const BUCKET = 'aws:s3/bucket:Bucket';

const stored = z.object({
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  modified: z.number(),
  headers: z.record(z.string(), z.string()),
});

/**
 * What is in buckets, in files: a folder a bucket, two files an object, named for the SHA-256 of its key. There is a bucket
 * where the account has one. An object that is put again takes the place of the one before.
 */
export class ObjectStore implements Buckets {
  readonly #cloud: Cloud;
  readonly #folder: string;

  constructor(cloud: Cloud, folder: string) {
    this.#cloud = cloud;
    this.#folder = folder;
  }

  has(bucket: string): boolean {
    return this.#cloud.find(BUCKET, bucket) !== undefined;
  }

  list(bucket: string): readonly StoredObject[] {
    const folder = join(this.#folder, bucket);
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return files.map((name) => stored.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  }

  head(bucket: string, key: string): StoredObject | undefined {
    const file = `${this.#path(bucket, key)}.json`;
    return existsSync(file) ? stored.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  }

  read(bucket: string, key: string): Promise<Buffer> {
    return readFile(this.#path(bucket, key));
  }

  async put(bucket: string, key: string, content: Buffer, headers: StoredObject['headers']): Promise<StoredObject> {
    const etag = createHash('md5').update(content).digest('hex');
    const about = { key, size: content.length, etag, modified: Date.now(), headers };
    const path = this.#path(bucket, key);
    await mkdir(join(this.#folder, bucket), { recursive: true });
    for (const [file, data] of [
      [path, content],
      [`${path}.json`, JSON.stringify(about)],
    ] as const) {
      await writeFile(`${file}.new`, data);
      await rename(`${file}.new`, file);
    }
    return about;
  }

  async remove(bucket: string, key: string): Promise<void> {
    const path = this.#path(bucket, key);
    for (const file of [`${path}.json`, path]) await rm(file, { force: true });
  }

  /** Removes what lies in buckets that the account does not have any more. */
  sweep(): void {
    if (!existsSync(this.#folder)) return;
    for (const bucket of readdirSync(this.#folder))
      if (!this.has(bucket)) rmSync(join(this.#folder, bucket), { recursive: true, force: true });
  }

  #path(bucket: string, key: string): string {
    return join(this.#folder, bucket, createHash('sha256').update(key).digest('hex'));
  }
}
