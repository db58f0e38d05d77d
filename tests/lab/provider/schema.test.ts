import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { replacingProperties } from '../../../lab/provider/schema/diff.ts';
import { extractSchema, schemaText } from '../../../lab/provider/schema/extract.ts';
import { awsSchema, propertyOf, SCHEMA_FILE } from '../../../lab/provider/schema/schema.ts';
import { RESOURCE_TYPES } from '../../../lab/provider/schema/types.ts';
import { KINDS } from '../../../lab/provider/services/index.ts';

describe("the AWS package's interface, as the stand-in has it", () => {
  it('is what the installed package declares', function () {
    // It parses ten megabytes of declarations.
    this.timeout(120_000);
    assert.equal(readFileSync(SCHEMA_FILE, 'utf8'), schemaText(extractSchema()), 'run: npm run lab:schema');
  });

  it('has facts, a behaviour and inputs for each type, and nothing for others', () => {
    const types = [...RESOURCE_TYPES].toSorted();
    assert.deepEqual(Object.keys(awsSchema().resources).toSorted(), types);
    assert.deepEqual(Object.keys(KINDS).toSorted(), types);
    for (const type of types) assert(replacingProperties(type) !== undefined, type);
  });

  it('replaces only for inputs that the types have', () => {
    const { resources, objects } = awsSchema();
    const unknown = RESOURCE_TYPES.flatMap((type) =>
      (replacingProperties(type) ?? []).filter((path) => {
        let properties = resources[type]?.inputs;
        for (const name of path.split('.')) {
          const property = properties && propertyOf(properties, name);
          if (!property) return true;
          const inner =
            typeof property.type === 'object' && 'list' in property.type ? property.type.list : property.type;
          properties = typeof inner === 'object' && 'object' in inner ? objects[inner.object] : undefined;
        }
        return false;
      }),
    );
    assert.deepEqual(unknown, []);
  });

  it('knows what is required, what may be left out, and of which kind it is', () => {
    const subnet = awsSchema().resources['aws:ec2/subnet:Subnet'];
    assert.deepEqual(subnet?.inputs['vpcId'], 'string');
    assert.deepEqual(subnet?.inputs['mapPublicIpOnLaunch?'], 'boolean');
    assert.deepEqual(awsSchema().objects['ec2.InstancePrimaryNetworkInterface'], {
      'deleteOnTermination?': 'boolean',
      networkInterfaceId: 'string',
    });
    assert.deepEqual(awsSchema().resources['aws:ssm/parameter:Parameter']?.secrets, ['value', 'valueWo']);
  });
});
