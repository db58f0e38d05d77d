import { DescribeInstanceStatusCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { asked, CALLS } from './aws-error.ts';

/** A running instance of a stack. */
export interface StackInstance {
  /** What its tag `Name` says: its role. */
  readonly name: string;
  readonly id: string;
  /** Whether an auto-scaling group made it, and will end it. */
  readonly grouped: boolean;
}

/** What Auto Scaling tags all that it launches with; nobody else can. */
const GROUP_TAG = 'aws:autoscaling:groupName';

/** The instances of a stack, as EC2 sees them. Every method throws AwsError. */
export class Instances {
  readonly #client: EC2Client;

  constructor(region: string) {
    this.#client = new EC2Client({ region, ...CALLS });
  }

  /** By the tags that the Pulumi program gives all of a stack. */
  async ofStack(stack: string): Promise<readonly StackInstance[]> {
    const found: StackInstance[] = [];
    let more: string | undefined;
    do {
      const page = await asked(
        `EC2 DescribeInstances of the stack ${stack}`,
        this.#client.send(
          new DescribeInstancesCommand({
            Filters: [
              { Name: 'tag:Project', Values: ['guardian-council'] },
              { Name: 'tag:Stack', Values: [stack] },
              { Name: 'instance-state-name', Values: ['pending', 'running'] },
            ],
            ...(more && { NextToken: more }),
          }),
        ),
      );
      for (const { InstanceId: id, Tags = [] } of (page.Reservations ?? []).flatMap(
        ({ Instances = [] }) => Instances,
      )) {
        const name = Tags.find(({ Key }) => Key === 'Name')?.Value;
        const grouped = Tags.some(({ Key }) => Key === GROUP_TAG);
        if (id !== undefined && name !== undefined) found.push({ name, id, grouped });
      }
      more = page.NextToken;
    } while (more !== undefined);
    return found;
  }

  /** Whether both of EC2's status checks are passed; else what they say. */
  async health(id: string): Promise<'ok' | string> {
    const { InstanceStatuses = [] } = await asked(
      `EC2 DescribeInstanceStatus ${id}`,
      this.#client.send(new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances: true })),
    );
    const [said] = InstanceStatuses;
    if (said === undefined) return 'EC2 does not know it';
    if (said.InstanceState?.Name !== 'running') return `it is ${said.InstanceState?.Name}`;
    const { SystemStatus, InstanceStatus } = said;
    if (SystemStatus?.Status === 'ok' && InstanceStatus?.Status === 'ok') return 'ok';
    return `its status checks say ${SystemStatus?.Status} (system) and ${InstanceStatus?.Status} (instance)`;
  }

  close(): void {
    this.#client.destroy();
  }
}
