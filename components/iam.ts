import * as pulumi from '@pulumi/pulumi';

/** One statement of an IAM policy document; its keys are IAM's own. */
export interface PolicyStatement {
  /** Letters and digits, unique in its document. */
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Whom it is about: in policies of resources and in trust policies only, where it is required. */
  readonly Principal?: '*' | { readonly AWS: pulumi.Input<string> } | { readonly Service: string };
  readonly Action: readonly string[];
  /** ARNs; absent in trust policies only. */
  readonly Resource?: readonly pulumi.Input<string>[];
  /** Values by condition key, by operator; all must hold. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
}

/**
 * An IAM policy document as JSON.
 * @throws RangeError for a Sid that AWS would refuse: not letters and digits only, or used twice
 */
export function policyDocument(statements: readonly PolicyStatement[]): pulumi.Output<string> {
  const seen = new Set<string>();
  for (const { Sid } of statements) {
    if (!/^[A-Za-z0-9]+$/.test(Sid)) throw new RangeError(`the Sid '${Sid}' is not letters and digits`);
    if (seen.has(Sid)) throw new RangeError(`two statements of a policy have the Sid ${Sid}`);
    seen.add(Sid);
  }
  return pulumi.jsonStringify({ Version: '2012-10-17', Statement: statements });
}

/** Everything in a bucket, and below a prefix of its keys where one is given. */
export const objectsOf = (bucketArn: pulumi.Input<string>, prefix = ''): pulumi.Output<string> =>
  pulumi.interpolate`${bucketArn}/${prefix}*`;

/** For a bucket's policy: nobody speaks to it without TLS. */
export const tlsOnly = (bucketArn: pulumi.Input<string>): PolicyStatement => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:*'],
  Resource: [bucketArn, objectsOf(bucketArn)],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
