import assert from 'node:assert/strict';
import type { Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
/** Kinds of a property's difference, as the protocol numbers them. */
const [ADD, DELETE, UPDATE, UPDATE_REPLACE] = [0, 2, 4, 5];

describe('what a change of inputs does', () => {
  let lab: LabProvider;
  before(async () => {
    lab = await labProvider();
  });
  after(async () => await lab?.close());

  const host = {
    ami: 'ami-1',
    instanceType: 'c7i.large',
    userData: 'a',
    userDataReplaceOnChange: true,
    metadataOptions: { httpTokens: 'required' },
    rootBlockDevice: { encrypted: true, volumeSize: 100 },
    tags: { Name: 'a' },
  };
  const change = async (type: string, olds: Values, news: Values) =>
    await lab.client.diff(type, 'one', 'id', olds, news);

  it('is nothing where nothing changed, whatever the order of keys', async () => {
    assert.deepEqual(
      await change(INSTANCE, { ...host, tags: { a: '1', b: '2' } }, { ...host, tags: { b: '2', a: '1' } }),
      { changes: 'none', replaces: [], deleteBeforeReplace: false, detail: {} },
    );
  });

  it('replaces an instance for another image, and not for another type, tag or metadata option', async () => {
    assert.deepEqual(await change(INSTANCE, host, { ...host, ami: 'ami-2' }), {
      changes: 'some',
      replaces: ['ami'],
      deleteBeforeReplace: false,
      detail: { ami: UPDATE_REPLACE },
    });
    const news = {
      ...host,
      instanceType: 'c7i.xlarge',
      metadataOptions: { httpTokens: 'optional' },
      tags: { Role: 'b' },
    };
    assert.deepEqual(await change(INSTANCE, host, news), {
      changes: 'some',
      replaces: [],
      deleteBeforeReplace: false,
      detail: { instanceType: UPDATE, 'metadataOptions.httpTokens': UPDATE, 'tags.Name': DELETE, 'tags.Role': ADD },
    });
  });

  it('replaces for user data only where that was asked for', async () => {
    assert.deepEqual((await change(INSTANCE, host, { ...host, userData: 'b' })).replaces, ['userData']);
    const inPlace = { ...host, userDataReplaceOnChange: false };
    assert.deepEqual((await change(INSTANCE, inPlace, { ...inPlace, userData: 'b' })).replaces, []);
  });

  it('replaces for the encryption of a root volume, and not for its size', async () => {
    const resized = { ...host, rootBlockDevice: { encrypted: true, volumeSize: 200 } };
    assert.deepEqual((await change(INSTANCE, host, resized)).replaces, []);
    const opened = { ...host, rootBlockDevice: { encrypted: false, volumeSize: 100 } };
    assert.deepEqual((await change(INSTANCE, host, opened)).replaces, ['rootBlockDevice']);
  });

  it('replaces an interface for another address, subnet, and not for other groups', async () => {
    const type = 'aws:ec2/networkInterface:NetworkInterface';
    const card = { subnetId: 'subnet-1', privateIps: ['10.0.0.5'], securityGroups: ['sg-1'] };
    assert.deepEqual((await change(type, card, { ...card, privateIps: ['10.0.0.6'] })).replaces, ['privateIps']);
    assert.deepEqual((await change(type, card, { ...card, subnetId: 'subnet-2' })).replaces, ['subnetId']);
    assert.deepEqual(await change(type, card, { ...card, securityGroups: ['sg-1', 'sg-2'] }), {
      changes: 'some',
      replaces: [],
      deleteBeforeReplace: false,
      detail: { 'securityGroups[1]': ADD },
    });
  });

  it('replaces a rule for another group or another kind of source, and changes it in place for ports', async () => {
    const rule = { securityGroupId: 'sg-1', cidrIpv4: '10.0.0.0/8', ipProtocol: 'tcp', fromPort: 1, toPort: 2 };
    assert.deepEqual((await change(RULE, rule, { ...rule, toPort: 3, cidrIpv4: '10.0.0.0/16' })).replaces, []);
    assert.deepEqual((await change(RULE, rule, { ...rule, securityGroupId: 'sg-2' })).replaces, ['securityGroupId']);
    const { cidrIpv4: _none, ...rest } = rule;
    assert.deepEqual((await change(RULE, rule, { ...rest, referencedSecurityGroupId: 'sg-3' })).replaces, [
      'cidrIpv4',
      'referencedSecurityGroupId',
    ]);
  });

  it('replaces every association of an address for anything', async () => {
    const type = 'aws:ec2/eipAssociation:EipAssociation';
    const olds = { allocationId: 'eipalloc-1', networkInterfaceId: 'eni-1', allowReassociation: true };
    for (const news of [{ allocationId: 'eipalloc-2' }, { networkInterfaceId: 'eni-2' }, { allowReassociation: false }])
      assert.deepEqual((await change(type, olds, { ...olds, ...news })).replaces, Object.keys(news));
  });

  it('takes an unknown value for a change', async () => {
    const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
    assert.deepEqual((await change(INSTANCE, host, { ...host, ami: unknown })).replaces, ['ami']);
  });

  it('deletes first what has a name of its own that can be had once only', async () => {
    const type = 'aws:ec2/securityGroup:SecurityGroup';
    const group = { name: 'mcu', vpcId: 'vpc-1' };
    assert.equal((await change(type, group, { ...group, vpcId: 'vpc-2' })).deleteBeforeReplace, true);
    const { inputs } = await lab.client.check(type, 'one', { vpcId: 'vpc-1' });
    assert.match(String(inputs['name']), /^one-[0-9a-f]{7}$/);
    assert.equal((await change(type, inputs, { ...inputs, vpcId: 'vpc-2' })).deleteBeforeReplace, false);
  });

  it('keeps a name that was made up, and makes no name where a prefix is given', async () => {
    const { inputs } = await lab.client.check(
      'aws:iam/role:Role',
      'mcu',
      { assumeRolePolicy: '{}' },
      { name: 'mcu-0000000' },
    );
    assert.equal(inputs['name'], 'mcu-0000000');
    const prefixed = await lab.client.check('aws:iam/role:Role', 'mcu', { assumeRolePolicy: '{}', namePrefix: 'a' });
    assert.equal(prefixed.inputs['name'], undefined);
  });

  it("changes every resource with tags when the provider's own tags change", async () => {
    const type = 'aws:ec2/vpc:Vpc';
    const { inputs: olds } = await lab.client.check(type, 'one', { cidrBlock: '10.0.0.0/16', tags: { Name: 'a' } });
    assert.deepEqual(olds['tagsAll'], { Project: 'guardian-council', Name: 'a' });
    await lab.client.configure({ region: 'eu-central-1', defaultTags: JSON.stringify({ tags: { Project: 'other' } }) });
    const { inputs: news } = await lab.client.check(type, 'one', { cidrBlock: '10.0.0.0/16', tags: { Name: 'a' } });
    assert.deepEqual((await change(type, olds, news)).detail, { 'tagsAll.Project': UPDATE });
  });
});
