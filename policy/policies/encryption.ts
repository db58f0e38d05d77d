import { labelOf, type ResourcePolicy } from '../policy.ts';
import { INSTANCE, LAUNCH_TEMPLATE, PARAMETER, VOLUME } from '../types.ts';
import { at, mapsOf, mayBeTrue, textOf, type Values } from '../values.ts';

/** Parameters whose names say that their values are secret. */
const SECRET_NAME = /\/secrets?\/|password|passphrase|token|private-?key/i;

const given = (props: Values, key: string): boolean => textOf(props[key]) !== '';

function instance(props: Values): string[] {
  const others = mapsOf(props['ebsBlockDevices']).filter(({ encrypted }) => !mayBeTrue(encrypted));
  return [
    ...(mayBeTrue(at(props, 'rootBlockDevice', 'encrypted'))
      ? []
      : ['its root volume is not encrypted: set rootBlockDevice.encrypted to true']),
    ...others.map(
      ({ deviceName }) => `its volume ${textOf(deviceName)} is not encrypted: set encrypted of ebsBlockDevices to true`,
    ),
  ];
}

function launchTemplate(props: Values): string[] {
  const volumes = mapsOf(props['blockDeviceMappings']).filter(({ ebs }) => ebs !== undefined && ebs !== null);
  if (volumes.length === 0)
    return ['its root volume is not encrypted: name it in blockDeviceMappings, with ebs.encrypted true'];
  return volumes
    .filter((volume) => !mayBeTrue(at(volume, 'ebs', 'encrypted')))
    .map(({ deviceName }) => `its volume ${textOf(deviceName)} is not encrypted: set ebs.encrypted to true`);
}

function parameter(props: Values): string[] {
  const secret = SECRET_NAME.test(textOf(props['name']));
  return secret && props['type'] !== 'SecureString' ? ['it is named as a secret: set type to SecureString'] : [];
}

const needs =
  (key: string, problem: string) =>
  (props: Values): string[] =>
    given(props, key) ? [] : [problem];

const CHECKS: Readonly<Record<string, (props: Values) => string[]>> = {
  [INSTANCE]: instance,
  [LAUNCH_TEMPLATE]: launchTemplate,
  [PARAMETER]: parameter,
  [VOLUME]: ({ encrypted }) => (mayBeTrue(encrypted) ? [] : ['it is not encrypted: set encrypted to true']),
  'aws:backup/vault:Vault': needs('kmsKeyArn', 'it has no key of ours: set kmsKeyArn'),
  'aws:cloudwatch/logGroup:LogGroup': needs('kmsKeyId', 'it has no key of ours: set kmsKeyId'),
  'aws:kms/key:Key': ({ enableKeyRotation: rotation, keyUsage: usage, customerMasterKeySpec: spec }) => {
    // KMS rotates no key but symmetric ones for encryption.
    const rotates =
      (usage ?? 'ENCRYPT_DECRYPT') === 'ENCRYPT_DECRYPT' && (spec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT';
    return rotates && !mayBeTrue(rotation) ? ['it is never rotated: set enableKeyRotation to true'] : [];
  },
  'aws:sns/topic:Topic': needs('kmsMasterKeyId', 'it is not encrypted: set kmsMasterKeyId'),
};

/** What is kept is kept encrypted. Of buckets another policy knows: their encryption is a resource of its own. */
export const encryption: ResourcePolicy = {
  name: 'encryption',
  description: 'Volumes, log groups, backups, topics and secret parameters are encrypted, and keys are rotated.',
  level: 'mandatory',
  types: Object.keys(CHECKS),
  check: (resource) =>
    (CHECKS[resource.type]?.(resource.props) ?? []).map((problem) => `${labelOf(resource)}: ${problem}`),
};
