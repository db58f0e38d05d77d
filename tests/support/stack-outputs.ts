import { planOfProgram } from './program-plan.ts';

/** What the engine would put in where a plan names a resource's output: `<Eip mcu.publicIp>`. */
function realistic(place: string): string {
  const [, type = '', name = '', property = ''] = /^<(\w+) ([\w-]+)\.(\w+)>$/.exec(place) ?? [];
  const number = [...`${type}${name}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);
  switch (property) {
    case 'publicIp':
      return `203.0.113.${number % 254}`;
    case 'id':
      return `${type === 'Instance' ? 'i' : type.toLowerCase()}-${number.toString(16).padStart(17, '0')}`;
    case 'arn':
      return type === 'Bucket'
        ? `arn:aws:s3:::${name}-${number.toString(16)}`
        : `arn:aws:${type.toLowerCase()}:eu-central-1:123456789012:${name}`;
    default:
      return `${name}-${number.toString(16)}`;
  }
}

/** What `pulumi stack output --json` would print for the program and a stack's file. */
export async function stackOutputs(stack: string): Promise<string> {
  const { outputs } = await planOfProgram(stack);
  return JSON.stringify(outputs).replaceAll(/<\w+ [\w-]+\.\w+>/g, realistic);
}
