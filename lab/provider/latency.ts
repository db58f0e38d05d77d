import { createHash } from 'node:crypto';
import type { Action } from './failures.ts';

/** Milliseconds that something takes, at least and at most. */
export type Range = readonly [least: number, most: number];

/** How long a call takes, in ms, by its type, its action and the resource's name in the program. */
export type Latency = (type: string, action: Action, name: string) => number;

/**
 * How long AWS takes for what, a thousandth of it: milliseconds for seconds. The orders of magnitude are those of everyday
 * use, not measured here. What is not listed takes as long as most calls do.
 */
const CREATES: Readonly<Record<string, Range>> = {
  'aws:ebs/volume:Volume': [10, 30],
  'aws:ec2/instance:Instance': [20, 90],
  'aws:ec2/volumeAttachment:VolumeAttachment': [10, 25],
  'aws:ec2/vpcEndpoint:VpcEndpoint': [5, 60],
  'aws:kms/key:Key': [5, 40],
  'aws:route53/record:Record': [25, 60],
  'aws:s3/bucket:Bucket': [2, 30],
};
const DELETES: Readonly<Record<string, Range>> = {
  'aws:ec2/instance:Instance': [30, 120],
  'aws:ec2/internetGateway:InternetGateway': [10, 60],
  'aws:ec2/networkInterface:NetworkInterface': [10, 60],
  'aws:ec2/volumeAttachment:VolumeAttachment': [10, 60],
};
const USUAL: Range = [1, 8];
const READ: Range = [1, 3];

const rangeOf = (type: string, action: Action): Range => {
  if (action === 'read') return READ;
  return (action === 'delete' ? DELETES : CREATES)[type] ?? USUAL;
};

/**
 * Latencies that look made up and are the same for the same seed, however calls overtake each other: each is drawn from
 * the seed, what the call is about, and how many such calls there were before.
 *
 * @param factor stretches all of them; 1 takes a thousandth of AWS's time
 */
export function seededLatency(seed: number, factor = 1): Latency {
  const seen = new Map<string, number>();
  return (type, action, name) => {
    const key = `${action} ${type} ${name}`;
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    const digest = createHash('sha256').update(`${seed} ${key} ${nth}`).digest();
    const [least, most] = rangeOf(type, action);
    return factor * (least + (digest.readUInt32BE(0) / 2 ** 32) * (most - least));
  };
}
