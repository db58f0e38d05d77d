import { arnOf, authorize, type Caller } from './caller.ts';
import { ApiError, notInTheLab } from './errors.ts';
import type { ApiAnswer, ApiRequest } from './request.ts';
import type { Instance, World } from './world.ts';
import { type Xml, xml } from './xml.ts';

/** EC2: what instances there are, and how they are. Query and XML. */
export async function ec2(world: World, request: ApiRequest, caller: Caller): Promise<ApiAnswer> {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const action = form.get('Action') ?? '';
  if (action !== 'DescribeInstances' && action !== 'DescribeInstanceStatus') throw notInTheLab(`ec2:${action}`);
  authorize(world, caller, `ec2:${action}`, '*');
  const instances = selected(world.hosts.all(), form);
  const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
  if (action === 'DescribeInstances') {
    const items = instances.map(async (one) => describe(one, await world.hosts.isUp(one.id)));
    return answer(xml(`${action}Response`, { reservationSet: { item: await Promise.all(items) } }, namespace));
  }
  const includeAll = form.get('IncludeAllInstances') === 'true';
  const items = instances.map(async (one) => status(one, await world.hosts.isUp(one.id)));
  const shown = (await Promise.all(items)).filter(({ isUp }) => isUp || includeAll).map(({ item }) => item);
  return answer(xml(`${action}Response`, { instanceStatusSet: { item: shown } }, namespace));
}

/** STS: who asks. */
export function sts(world: World, request: ApiRequest, caller: Caller): ApiAnswer {
  const action = new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '';
  if (action !== 'GetCallerIdentity') throw notInTheLab(`sts:${action}`);
  const result = {
    Arn: arnOf(world, caller),
    UserId: caller.kind === 'host' ? caller.id : 'LAB',
    Account: world.accountId,
  };
  const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
  return answer(xml('GetCallerIdentityResponse', { GetCallerIdentityResult: result }, namespace));
}

const answer = (body: string): ApiAnswer => ({ status: 200, headers: { 'content-type': 'text/xml' }, body });

/** By ids, which must be there, and by filters on tags and states. */
function selected(all: readonly Instance[], form: URLSearchParams): readonly Instance[] {
  const ids = [...form].flatMap(([name, value]) => (/^InstanceId\.\d+$/.test(name) ? [value] : []));
  for (const id of ids)
    if (!all.some((one) => one.id === id))
      throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  const named = ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
  return named.filter((one) => filtersOf(form).every(({ name, values }) => fits(one, name, values)));
}

function filtersOf(form: URLSearchParams): readonly { readonly name: string; readonly values: readonly string[] }[] {
  return [...form].flatMap(([key, name]) => {
    const number = /^Filter\.(\d+)\.Name$/.exec(key)?.[1];
    if (number === undefined) return [];
    const values = [...form].flatMap(([other, value]) => (other.startsWith(`Filter.${number}.Value.`) ? [value] : []));
    return [{ name, values }];
  });
}

function fits(one: Instance, name: string, values: readonly string[]): boolean {
  if (name.startsWith('tag:')) return values.includes(one.tags[name.slice('tag:'.length)] ?? '');
  if (name === 'instance-state-name') return values.includes('running');
  if (name === 'instance-id') return values.includes(one.id);
  throw notInTheLab(`the filter ${name} of EC2`);
}

const state = (isUp: boolean): Xml => (isUp ? { code: 16, name: 'running' } : { code: 80, name: 'stopped' });

const describe = (one: Instance, isUp: boolean): Xml => ({
  reservationId: `r-${one.id.slice(2)}`,
  instancesSet: {
    item: {
      instanceId: one.id,
      imageId: one.imageId,
      instanceState: state(isUp),
      instanceType: one.instanceType,
      placement: { availabilityZone: one.availabilityZone },
      subnetId: one.subnetId,
      vpcId: one.vpcId,
      privateIpAddress: one.privateAddress,
      ipAddress: one.publicAddress,
      tagSet: { item: Object.entries(one.tags).map(([key, value]) => ({ key, value })) },
    },
  },
});

function status(one: Instance, isUp: boolean): { readonly isUp: boolean; readonly item: Xml } {
  const check = {
    status: isUp ? 'ok' : 'initializing',
    details: { item: { name: 'reachability', status: isUp ? 'passed' : 'initializing' } },
  };
  return {
    isUp,
    item: {
      instanceId: one.id,
      availabilityZone: one.availabilityZone,
      instanceState: state(isUp),
      systemStatus: check,
      instanceStatus: check,
    },
  };
}
