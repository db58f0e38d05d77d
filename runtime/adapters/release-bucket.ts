import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { asked, CALLS, nameOf } from './aws-error.ts';

/** An object of the bucket. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** ISO 8601. */
  readonly modified: string | undefined;
}

/** The S3 bucket in which releases are. Every method throws AwsError. */
export class ReleaseBucket {
  readonly name: string;
  readonly #client: S3Client;

  constructor(name: string, region: string) {
    this.name = name;
    const elsewhere = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
    this.#client = new S3Client({ region, ...CALLS, forcePathStyle: elsewhere !== undefined });
  }

  /** Its size, and its SHA-256 (base64) where S3 has it; `undefined` for an object that is not there. */
  async find(key: string): Promise<{ readonly size: number; readonly sha256: string | undefined } | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.name, Key: key, ChecksumMode: 'ENABLED' });
    try {
      const { ContentLength = 0, ChecksumSHA256 } = await this.#client.send(command);
      return { size: ContentLength, sha256: ChecksumSHA256 };
    } catch (error) {
      // A bucket that is not there answers a HEAD in the same way, without a word.
      if (nameOf(error) === 'NotFound' || nameOf(error) === 'NoSuchKey') return undefined;
      return asked(`S3 HeadObject s3://${this.name}/${key}`, Promise.reject(error));
    }
  }

  /**
   * Stores an object; S3 compares the checksum with what arrives.
   * @param sha256 base64
   * @returns false where there is one of that name already, which stays as it is
   */
  async add(key: string, octets: Uint8Array, sha256: string): Promise<boolean> {
    const command = new PutObjectCommand({
      Bucket: this.name,
      Key: key,
      Body: octets,
      ContentLength: octets.length,
      ContentType: 'application/gzip',
      ChecksumSHA256: sha256,
      IfNoneMatch: '*',
    });
    try {
      await this.#client.send(command);
      return true;
    } catch (error) {
      if (nameOf(error) === 'PreconditionFailed') return false;
      return asked(`S3 PutObject s3://${this.name}/${key}`, Promise.reject(error));
    }
  }

  /** @param limit octets, past which it is not read */
  async read(key: string, limit: number): Promise<Uint8Array> {
    const what = `S3 GetObject s3://${this.name}/${key}`;
    const { Body, ContentLength = 0 } = await asked(
      what,
      this.#client.send(new GetObjectCommand({ Bucket: this.name, Key: key })),
    );
    if (Body === undefined || ContentLength > limit)
      return asked(what, Promise.reject(new RangeError(`${ContentLength} octets, more than ${limit}`)));
    return asked(what, Body.transformToByteArray());
  }

  async list(prefix: string): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = [];
    let more: string | undefined;
    do {
      const page = await asked(
        `S3 ListObjectsV2 s3://${this.name}/${prefix}`,
        this.#client.send(
          new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ...(more && { ContinuationToken: more }) }),
        ),
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
        found.push({ key: Key, size: Size, modified: LastModified?.toISOString() });
      more = page.NextContinuationToken;
    } while (more !== undefined);
    return found;
  }

  close(): void {
    this.#client.destroy();
  }
}
