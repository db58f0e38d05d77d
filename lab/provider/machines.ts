/** What an instance is started with. */
export interface Machine {
  readonly instanceId: string;
  /** Its name in the program, for example `gatekeeper-primary`. */
  readonly name: string;
  readonly instanceType: string;
  readonly ami: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  readonly privateDns: string;
  readonly securityGroupIds: readonly string[];
  /** Of the instance profile; '' where the instance has none. */
  readonly roleName: string;
  /** As cloud-init gets it; '' where there is none. `userDataBase64` is decoded. */
  readonly userData: Uint8Array;
  readonly tags: Readonly<Record<string, string>>;
}

/** An Elastic IP address that leads to a machine's interface. */
export interface AddressMapping {
  readonly associationId: string;
  readonly publicIp: string;
  readonly privateIp: string;
  readonly networkInterfaceId: string;
}

/** A volume at a machine. */
export interface VolumeMapping {
  readonly volumeId: string;
  readonly instanceId: string;
  /** As the program names it, for example `/dev/sdf`. */
  readonly deviceName: string;
  readonly sizeGb: number;
}

/**
 * What stands behind the instances. Each function is awaited before the call that caused it is answered; one that throws
 * fails that call with its message. Without it instances are entries in a table.
 */
export interface Machines {
  /** Powers a machine on; resolves when it runs (not when its services do). */
  boot(machine: Machine): Promise<void>;
  /** Ends a machine for good; resolves when nothing of it is left. Unknown ids are no error. */
  end(instanceId: string): Promise<void>;
  associate?(mapping: AddressMapping): Promise<void>;
  disassociate?(mapping: AddressMapping): Promise<void>;
  attachVolume?(mapping: VolumeMapping): Promise<void>;
  detachVolume?(mapping: VolumeMapping): Promise<void>;
  /** The volume itself is deleted: what was written on it goes. */
  deleteVolume?(volumeId: string): Promise<void>;
  /** Rules of security groups, or which groups an interface has, are no longer what they were. */
  firewallChanged?(): Promise<void>;
}
