/**
 * What the policy replacement-order takes on trust: a gate's fingerprints change whenever the host before or behind it
 * does, so that the gate is passed anew, and no gate is passed for nothing.
 */
import assert from 'node:assert/strict';
import type { Plan } from '../../components/plan/index.ts';
import { find, planOfProgram } from '../support/program-plan.ts';

/** The hosts before and behind each gate. */
const GATES = {
  'gatekeeper-secondary-spare': ['gatekeeper-secondary'],
  'gatekeeper-secondary-healthy': ['gatekeeper-secondary', 'gatekeeper-primary'],
  'gatekeeper-primary-healthy': ['gatekeeper-primary', 'monitoring'],
} as const;

/** A change of configuration, and the hosts behind gates that it changes. */
const CHANGES: readonly (readonly [key: string, value: string, hosts: readonly string[]])[] = [
  ['amiId', 'ami-0123456789abcdef0', ['gatekeeper-secondary', 'gatekeeper-primary', 'monitoring']],
  ['gatekeeperInstanceType', 'c7i.xlarge', ['gatekeeper-secondary', 'gatekeeper-primary']],
  ['monitoringInstanceType', 'c7i.2xlarge', ['monitoring']],
  ['gatekeeperVolumeGb', '120', ['gatekeeper-secondary', 'gatekeeper-primary']],
  ['councilBandwidthBps', '90000000', ['gatekeeper-secondary', 'gatekeeper-primary']],
  ['mcuInstanceType', 'c7i.4xlarge', []],
];

/** What a host is replaced or stopped for, of all its inputs. */
function madeOf(plan: Plan, host: string): unknown {
  const { ami, instanceType, rootBlockDevice } = find(plan, 'Instance', host).inputs;
  return { ami, instanceType, rootBlockDevice, boot: find(plan, 'BootData', host).inputs['text'] };
}

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

describe('the fingerprints in the triggers of the gates', function () {
  this.timeout(60_000);
  let before: Plan | undefined;

  for (const [key, value, expected] of CHANGES)
    it(`move with the hosts where ${key} becomes ${value}`, async () => {
      const staging = before ?? (await planOfProgram('staging'));
      before = staging;
      const after = await planOfProgram('staging', { [`guardian-council:${key}`]: value });
      for (const [gate, hosts] of Object.entries(GATES)) {
        const triggers = find(staging, 'Command', gate).inputs['triggers'];
        const renewed = find(after, 'Command', gate).inputs['triggers'];
        const isDue = hosts.some((host) => expected.includes(host));
        assert.equal(differs(triggers, renewed), isDue, `${gate} is passed anew`);
        for (const host of hosts)
          assert.equal(differs(madeOf(staging, host), madeOf(after, host)), expected.includes(host), `${host} changes`);
      }
    });
});
