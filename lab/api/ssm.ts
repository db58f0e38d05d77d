import { z } from 'zod';
import { authorize, type Caller } from './caller.ts';
import { ApiError, notInTheLab } from './errors.ts';
import type { ApiAnswer, ApiRequest } from './request.ts';
import { header } from './request.ts';
import type { RunCommand } from './run-command.ts';
import { read } from './validate.ts';
import type { Parameter, World } from './world.ts';

const name = z.string().min(1).max(2048);
const getParameter = z.object({ Name: name });
const getParameters = z.object({ Names: z.array(name).min(1).max(10) });
const byPath = z.object({
  Path: name,
  Recursive: z.boolean().default(false),
  MaxResults: z.int().min(1).max(10).default(10),
  NextToken: z
    .string()
    .regex(/^\d{1,9}$/)
    .default('0'),
});
const putParameter = z.object({
  Name: z
    .string()
    .regex(/^\/?[\w.-]+(?:\/[\w.-]+)*$/)
    .max(1011),
  Value: z.string().min(1),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  Overwrite: z.boolean().default(false),
  Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).default('Standard'),
});

/** Octets that a parameter may have, by its tier (Systems Manager quotas). */
const LARGEST = { Standard: 4096, Advanced: 8192, 'Intelligent-Tiering': 8192 };

/** Systems Manager: parameters, and commands on hosts. JSON 1.1. */
export async function ssm(world: World, commands: RunCommand, request: ApiRequest, caller: Caller): Promise<ApiAnswer> {
  const operation = header(request, 'x-amz-target').replace(/^AmazonSSM\./, '');
  const input: unknown = parsed(request.body.toString('utf8') || '{}');
  const may = (action: string, parameter: string): void =>
    authorize(world, caller, `ssm:${action}`, parameterArn(world, parameter));
  const answer = async (): Promise<unknown> => {
    switch (operation) {
      case 'GetParameter': {
        const { Name } = read(getParameter, input);
        may('GetParameter', Name);
        return { Parameter: shown(world, found(world, Name)) };
      }
      case 'GetParameters': {
        const { Names } = read(getParameters, input);
        for (const one of Names) may('GetParameters', one);
        const known = Names.flatMap((one) => world.parameters.get(one) ?? []);
        return {
          Parameters: known.map((parameter) => shown(world, parameter)),
          InvalidParameters: Names.filter((one) => world.parameters.get(one) === undefined),
        };
      }
      case 'GetParametersByPath': {
        const { Path, Recursive, MaxResults, NextToken } = read(byPath, input);
        may('GetParametersByPath', Path);
        const below = `${Path.replace(/\/$/, '')}/`;
        const all = world.parameters
          .all()
          .filter((one) => one.name.startsWith(below) && (Recursive || !one.name.slice(below.length).includes('/')))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        const end = Number(NextToken) + MaxResults;
        return {
          Parameters: all.slice(Number(NextToken), end).map((parameter) => shown(world, parameter)),
          ...(end < all.length ? { NextToken: String(end) } : {}),
        };
      }
      case 'PutParameter': {
        const { Name, Value, Type, Overwrite, Tier } = read(putParameter, input);
        may('PutParameter', Name);
        const before = world.parameters.get(Name);
        if (before !== undefined && !Overwrite)
          throw new ApiError('ParameterAlreadyExists', 'The parameter already exists. To overwrite it, set Overwrite.');
        const type = Type ?? before?.type;
        if (type === undefined) throw new ApiError('ValidationException', 'Type: a new parameter must have one');
        if (Buffer.byteLength(Value) > LARGEST[Tier])
          throw new ApiError('ValidationException', `Value: more than ${LARGEST[Tier]} octets, tier ${Tier}`);
        return { Version: world.parameters.put(Name, type, Value).version, Tier };
      }
      case 'DeleteParameter': {
        const { Name } = read(getParameter, input);
        may('DeleteParameter', Name);
        world.parameters.remove(found(world, Name).name);
        return {};
      }
      case 'DeleteParameters': {
        const { Names } = read(getParameters, input);
        for (const one of Names) may('DeleteParameters', one);
        const known = Names.filter((one) => world.parameters.get(one) !== undefined);
        for (const one of known) world.parameters.remove(one);
        return { DeletedParameters: known, InvalidParameters: Names.filter((one) => !known.includes(one)) };
      }
      case 'DescribeParameters':
        authorize(world, caller, 'ssm:DescribeParameters', '*');
        return { Parameters: world.parameters.all().map((one) => ({ ...shown(world, one), Value: undefined })) };
      default:
        return commands.answer(operation, input, caller);
    }
  };
  const result = await answer();
  if (result === undefined) throw notInTheLab(`ssm:${operation}`);
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(result) };
}

export const parameterArn = ({ region, accountId }: World, name: string): string =>
  `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

function found(world: World, name: string): Parameter {
  const parameter = world.parameters.get(name);
  if (parameter === undefined) throw new ApiError('ParameterNotFound', `there is no parameter ${name}`);
  return parameter;
}

const shown = (world: World, { name, type, value, version, modified }: Parameter) => ({
  Name: name,
  Type: type,
  Value: value,
  Version: version,
  LastModifiedDate: modified / 1000,
  ARN: parameterArn(world, name),
  DataType: 'text',
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('SerializationException', 'the body is not JSON');
  }
}
