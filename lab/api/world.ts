/** What the AWS API of the lab speaks about; whoever joins it to an account and to hosts gives these. */

/** An instance as EC2 shows it. */
export interface Instance {
  readonly id: string;
  /** The tag Name. */
  readonly name: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly networkInterfaceId: string;
  readonly macAddress: string;
  readonly privateAddress: string;
  readonly publicAddress: string | undefined;
  readonly securityGroups: readonly string[];
  /** Of its instance profile; '' where it has none. */
  readonly roleName: string;
  readonly userData: Uint8Array;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a shell script on a host came to. */
export interface ScriptResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Hosts {
  all(): readonly Instance[];
  /** Whether its first process answers. */
  isUp(id: string): Promise<boolean>;
  /** Runs a shell script as root. @throws Error when the host does not run. @param timeout milliseconds */
  execute(id: string, script: string, timeout: number): Promise<ScriptResult>;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly modified: number;
}

/** Parameters of SSM, by their names. */
export interface Parameters {
  all(): readonly Parameter[];
  get(name: string): Parameter | undefined;
  put(name: string, type: string, value: string): Parameter;
  remove(name: string): void;
}

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** MD5 of the content in hexadecimal: what S3 calls the ETag of an object that was put in one piece. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly modified: number;
  /** Headers that come back with it: its type, checksums, metadata. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Buckets and what is in them. */
export interface Buckets {
  has(bucket: string): boolean;
  list(bucket: string): readonly StoredObject[];
  head(bucket: string, key: string): StoredObject | undefined;
  read(bucket: string, key: string): Promise<Buffer>;
  put(bucket: string, key: string, content: Buffer, headers: Readonly<Record<string, string>>): Promise<StoredObject>;
  remove(bucket: string, key: string): Promise<void>;
}

export interface World {
  readonly accountId: string;
  readonly region: string;
  readonly hosts: Hosts;
  readonly parameters: Parameters;
  readonly buckets: Buckets;
  /** Texts of the policies of a role (JSON); [] for one that is not there. */
  policiesOf(roleName: string): readonly string[];
}
