import assert from 'node:assert/strict';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type Plan, planOf, SECRET } from '../../../components/plan/index.ts';

const planned = (program: () => unknown, config = {}, secretKeys: readonly string[] = []): Promise<Plan> =>
  planOf('test', { config, secretKeys }, async () => program());

class Room extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:test:Room', name, {}, opts);
    this.registerOutputs({});
  }
}

const URN = 'urn:pulumi:test::guardian-council::';
const fail = (message: string): never => {
  throw new Error(message);
};

describe('recording a plan', () => {
  describe('fails with what the program throws', () => {
    const network = () => new aws.ec2.Vpc('network', { cidrBlock: '10.0.0.0/16' });
    const cases: [string, () => unknown, RegExp][] = [
      ['when it is loaded', () => fail('no such zone'), /^no such zone$/],
      [
        'inside of apply, on the way to an input',
        () => {
          new aws.ec2.Subnet('a', { vpcId: network().id.apply(() => fail('bad subnet')) });
        },
        /vpcId": bad subnet$/,
      ],
      [
        'inside of apply, with others waiting for the resource',
        () => ({ id: new aws.ec2.Vpc('a', { cidrBlock: pulumi.output(1).apply(() => fail('bad network')) }).id }),
        /bad network$/,
      ],
      [
        'inside of apply, on the way to an output',
        () => ({ x: network().id.apply(() => fail('bad output')) }),
        /^bad output$/,
      ],
      [
        'inside of apply, on the way to nowhere',
        () => {
          network().id.apply(() => fail('bad look'));
        },
        /^bad look$/,
      ],
      [
        'some turns later',
        () => {
          network().id.apply(async () => {
            await new Promise(setImmediate);
            fail('bad timing');
          });
        },
        /^bad timing$/,
      ],
    ];
    for (const [when, program, message] of cases)
      it(when, async () => {
        await assert.rejects(planned(program), { message });
        // What was left waiting does not hold up the next plan.
        assert.equal((await planned(() => ({ id: network().id }))).resources.length, 1);
      });

    it('and keeps where it was thrown', async () => {
      const error = await planned(() => fail('here')).catch((reason: unknown) => reason);
      assert(error instanceof Error && error.stack?.includes('recorder.test.ts'));
    });

    it('and leaves the listeners of others as they were', async () => {
      const before = process.listeners('unhandledRejection');
      const { prepareStackTrace } = Error;
      await assert.rejects(planned(() => fail('no')));
      assert.deepEqual(process.listeners('unhandledRejection'), before);
      assert.equal(Error.prepareStackTrace, prepareStackTrace);
    });
  });

  it('refuses two resources under one URN, and says where both are', async () => {
    const program = (): void => {
      for (const name of ['one', 'two']) {
        const room = new Room(name);
        new aws.ec2.Vpc('same', { cidrBlock: '10.0.0.0/16' }, { parent: room });
      }
    };
    await assert.rejects(planned(program), {
      message:
        `two resources are registered as ${URN}guardian-council:test:Room$aws:ec2/vpc:Vpc::same: ` +
        'one in guardian-council:test:Room one, one in guardian-council:test:Room two',
    });
  });

  it('says which function of a provider it has no answer to, and where to give one', async () => {
    for (const program of [() => aws.getRegion(), () => ({ region: aws.getRegionOutput().name })])
      await assert.rejects(planned(program), {
        message:
          'the program asks for aws:index/getRegion:getRegion: a plan has no answer to it, ' +
          'unless components/plan/answers.ts gives one',
      });
  });

  it('gives names in angle brackets for what AWS makes up, and takes up what resources need', async () => {
    const { resources } = await planned(() => {
      const vpc = new aws.ec2.Vpc('v', { cidrBlock: '10.0.0.0/16' });
      new aws.ec2.Subnet('s', { vpcId: vpc.id, cidrBlock: '10.0.0.0/20' });
    });
    assert.deepEqual(
      resources.map(({ urn, inputs, dependsOn }) => ({ urn, inputs, dependsOn })),
      [
        { urn: `${URN}aws:ec2/vpc:Vpc::v`, inputs: { cidrBlock: '10.0.0.0/16' }, dependsOn: [] },
        {
          urn: `${URN}aws:ec2/subnet:Subnet::s`,
          inputs: { cidrBlock: '10.0.0.0/20', vpcId: '<Vpc v.id>' },
          dependsOn: [`${URN}aws:ec2/vpc:Vpc::v`],
        },
      ],
    );
  });

  it('keeps what is special about a resource, and leaves out what is not', async () => {
    const { resources } = await planned(() => {
      const provider = new aws.Provider('elsewhere', { region: 'eu-west-1' });
      new aws.ec2.Vpc('plain', { cidrBlock: '10.0.0.0/16' });
      new aws.ec2.Vpc(
        'special',
        { cidrBlock: '10.0.0.0/16' },
        { protect: true, deleteBeforeReplace: false, ignoreChanges: ['tags', 'a'], retainOnDelete: true, provider },
      );
    });
    const [plain, special] = ['plain', 'special'].map((own) => resources.find(({ name }) => name === own));
    const type = 'aws:ec2/vpc:Vpc';
    const inputs = { cidrBlock: '10.0.0.0/16' };
    const common = { type, parent: '', dependsOn: [], inputs };
    assert.deepEqual(plain, { urn: `${URN}${type}::plain`, name: 'plain', ...common, protect: false });
    assert.deepEqual(special, {
      urn: `${URN}${type}::special`,
      name: 'special',
      ...common,
      protect: true,
      deleteBeforeReplace: false,
      ignoreChanges: ['a', 'tags'],
      retainOnDelete: true,
      provider: 'elsewhere',
    });
  });

  it('hides secrets wherever they go', async () => {
    const plan = await planned(
      () => {
        const secret = new pulumi.Config('guardian-council').requireSecret('contact');
        new aws.ssm.Parameter('p', { type: 'String', value: secret.apply((text) => `to ${text}`) });
        new aws.ssm.Parameter('q', { type: 'String', value: pulumi.jsonStringify({ to: secret }) });
        new aws.ec2.Vpc('v', { tags: { who: secret } });
        return { secret, inner: { list: [secret] } };
      },
      { 'guardian-council:contact': 'ann@example.org' },
      ['guardian-council:contact'],
    );
    assert(!JSON.stringify(plan).includes('ann@example.org'));
    const inputs = new Map(plan.resources.map((resource) => [resource.name, resource.inputs]));
    assert.equal(inputs.get('p')?.['value'], SECRET);
    assert.equal(inputs.get('q')?.['value'], SECRET);
    assert.deepEqual(inputs.get('v')?.['tags'], { who: SECRET });
    assert.equal(plan.outputs['secret'], SECRET);
  });

  it('names files by their paths from here', async () => {
    const { resources } = await planned(() => {
      const source = new pulumi.asset.FileAsset(`${process.cwd()}/a/b.txt`);
      new aws.s3.BucketObjectv2('o', { bucket: 'b', source });
    });
    assert.deepEqual(resources[0]?.inputs['source'], { path: 'a/b.txt' });
  });

  it('makes plans one after the other, each with its own configuration', async () => {
    const program = () => ({ name: new pulumi.Config().require('name') });
    const plans = await Promise.all(['a', 'b'].map((name) => planned(program, { 'guardian-council:name': name })));
    assert.deepEqual(
      plans.map(({ outputs }) => outputs),
      [{ name: 'a' }, { name: 'b' }],
    );
  });
});
