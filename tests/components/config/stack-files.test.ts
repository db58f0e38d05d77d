import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type StackConfig, stackConfig } from '../../../components/stack-config.ts';
import { textsOf } from './stack-texts.ts';

const root = new URL('../../../', import.meta.url);

describe('Pulumi.yaml', () => {
  it('runs index.ts by tsx, under the name that the keys have', () => {
    const project: unknown = parse(readFileSync(new URL('Pulumi.yaml', root), 'utf8'));
    assert.deepEqual(project, {
      name: 'guardian-council',
      description:
        "The Guardian Council's H.323 conferencing system: two gatekeepers, an MCU, a SIP gateway, monitoring and a witness archive on AWS.",
      main: 'index.ts',
      runtime: {
        name: 'nodejs',
        options: { typescript: false, nodeargs: '--import ./components/plan/start.mjs' },
      },
    });
    assert.ok(existsSync(new URL('node_modules/tsx/package.json', root)));
  });
});

describe("the stacks' files", () => {
  const read = (stack: string): StackConfig => stackConfig(stack, textsOf(stack), []);

  it('are accepted, each as what its name says', () => {
    assert.equal(read('prod').environment, 'prod');
    assert.equal(read('staging').environment, 'staging');
  });

  it('have networks that can be peered', () => {
    assert.equal(read('prod').vpcCidr, '10.20.0.0/16');
    assert.equal(read('staging').vpcCidr, '10.30.0.0/16');
  });

  it('name domains, contacts and administrators that are for documentation (RFC 2606, RFC 5737)', () => {
    for (const { dns, contacts, adminCidrs } of [read('prod'), read('staging')]) {
      assert.match(dns?.domain ?? '', /\.example\.org$/);
      for (const contact of Object.values(contacts)) assert.match(String(contact), /[@.]example\.org$/);
      for (const cidr of adminCidrs) assert.match(cidr, /^(198\.51\.100|203\.0\.113)\./);
    }
  });

  it('keep production logs for 90 days, and let a staging stack go after one', () => {
    const days = ({ witnessLockDays, witnessRetentionDays }: StackConfig) => [witnessLockDays, witnessRetentionDays];
    assert.deepEqual(days(read('prod')), [90, 90]);
    assert.deepEqual(days(read('staging')), [1, 7]);
  });
});
