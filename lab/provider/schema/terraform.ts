/**
 * A second opinion of replacements.json: what a checkout of hashicorp/terraform-provider-aws, which Pulumi's provider
 * bridges, replaces a resource for. It reads the sources' attributes of the first level that have `ForceNew: true` or the
 * plan modifier RequiresReplace, and prints what only one side has. Newer attributes, and conditions, need eyes.
 *
 * node --import tsx lab/provider/schema/terraform.ts FOLDER
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { replacingProperties } from './diff.ts';
import { awsSchema, namesOf } from './schema.ts';

/** Where Pulumi names a type otherwise than Terraform. */
const NAMES: Readonly<Record<string, string>> = {
  'aws:backup/plan:Plan': 'backup_plan',
  'aws:backup/selection:Selection': 'backup_selection',
  'aws:backup/vault:Vault': 'backup_vault',
  'aws:budgets/budget:Budget': 'budgets_budget',
  'aws:cloudwatch/logGroup:LogGroup': 'cloudwatch_log_group',
  'aws:lb/loadBalancer:LoadBalancer': 'lb',
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': 'vpc_security_group_egress_rule',
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': 'vpc_security_group_ingress_rule',
};

const snake = (text: string): string => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (text: string): string => text.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

/** `instance` for `aws:ec2/instance:Instance`: EC2's types have no service in their name there, the others' have. */
export function terraformName(token: string): string {
  const [, module = '', file = ''] = /^aws:(\w+)\/(\w+):/.exec(token) ?? [];
  return NAMES[token] ?? (module === 'ec2' ? snake(file) : `${module}_${snake(file)}`);
}

/** The attributes of a resource's own level in its Go source that make a new one, in Pulumi's spelling. */
export function replacingAttributes(source: string): string[] {
  const found = new Set<string>();
  let level: { name: string; indent: number } | undefined;
  for (const line of source.split('\n')) {
    const indent = /^\t*/.exec(line)?.[0].length ?? 0;
    const [, quoted, constant] = /^\t+(?:"(\w+)"|names\.Attr(\w+)):\s/.exec(line) ?? [];
    const name = quoted ?? (constant && snake(constant).replace(/^_/, ''));
    if (name !== undefined && (level === undefined || indent <= level.indent)) level = { name, indent };
    const replaces = /^\t+ForceNew:\s+true/.test(line) || line.includes('.RequiresReplace()');
    if (replaces && level && indent <= level.indent + (line.includes('RequiresReplace') ? 2 : 1))
      found.add(camel(level.name));
    if (line === '}') level = undefined;
  }
  return [...found].toSorted();
}

/** The source of a resource, in the layout of 2018 or in today's. */
function sourceOf(folder: string, name: string): string | undefined {
  const early = join(folder, 'aws', `resource_aws_${name}.go`);
  if (existsSync(early)) return readFileSync(early, 'utf8');
  const services = join(folder, 'internal/service');
  const files = existsSync(services) ? readdirSync(services, { recursive: true, encoding: 'utf8' }) : [];
  const sources = files.filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'));
  const marks = [`@SDKResource("aws_${name}"`, `@FrameworkResource("aws_${name}"`];
  return sources
    .map((path) => readFileSync(join(services, path), 'utf8'))
    .find((text) => marks.some((mark) => text.includes(mark)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined || !existsSync(folder)) {
    process.stderr.write('give the folder of a checkout of hashicorp/terraform-provider-aws\n');
    process.exit(2);
  }
  for (const [token, { inputs }] of Object.entries(awsSchema().resources)) {
    const source = sourceOf(folder, terraformName(token));
    const there = source === undefined ? [] : replacingAttributes(source);
    // Lists have plural names with Pulumi.
    const known = new Set(namesOf(inputs));
    const theirs = new Set(
      there
        .map((name) => (known.has(`${name}s`) && !known.has(name) ? `${name}s` : name))
        .filter((name) => known.has(name)),
    );
    const ours = new Set((replacingProperties(token) ?? []).map((path) => path.replace(/\..*/, '')));
    const lines = [
      ...[...theirs].filter((name) => !ours.has(name)).map((name) => `only there: ${name}`),
      ...[...ours].filter((name) => !theirs.has(name)).map((name) => `only here: ${name}`),
    ];
    process.stdout.write(`${token}: ${source === undefined ? 'no source' : lines.join(', ') || 'the same'}\n`);
  }
}
