import { AssociateAddressCommand, EC2Client, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { asked, CALLS } from './aws-error.ts';

/** Public addresses of network interfaces, as EC2 deals them out. Every method throws AwsError, and may be called again. */
export class PublicAddresses {
  readonly #client: EC2Client;

  constructor(region: string) {
    this.#client = new EC2Client({ region, ...CALLS });
  }

  /** Lets an Elastic IP lead to an interface, whoever had it before, in one step. */
  async move(allocationId: string, interfaceId: string): Promise<void> {
    await asked(
      `EC2 AssociateAddress ${allocationId} with ${interfaceId}`,
      this.#client.send(
        new AssociateAddressCommand({
          AllocationId: allocationId,
          NetworkInterfaceId: interfaceId,
          AllowReassociation: true,
        }),
      ),
    );
  }

  /** Gives an interface without an Elastic IP a temporary address of AWS's, so that its host has a way out. */
  async lendTemporary(interfaceId: string): Promise<void> {
    await asked(
      `EC2 ModifyNetworkInterfaceAttribute ${interfaceId}`,
      this.#client.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId: interfaceId,
          AssociatePublicIpAddress: true,
        }),
      ),
    );
  }

  close(): void {
    this.#client.destroy();
  }
}
