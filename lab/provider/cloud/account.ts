/** What an account may have of each, as AWS sets it for a new one. Service Quotas raises them in real life. */
export interface Quotas {
  vpcs: number;
  elasticIps: number;
  /** Running on-demand standard instances, counted in vCPUs. */
  standardVcpus: number;
  /** Inbound, and outbound, rules of one security group. */
  rulesPerSecurityGroup: number;
  securityGroupsPerInterface: number;
}

export interface AccountOptions {
  readonly accountId?: string;
  readonly quotas?: Partial<Quotas>;
  /** Images that can be started; any if left out. */
  readonly images?: readonly string[];
  /** Domains of Route 53's hosted zones by their ids; any zone, for any name, if left out. */
  readonly hostedZones?: Readonly<Record<string, string>>;
}

/** What tests may change while a cloud is used: raise a quota, withdraw an image. */
export interface Account {
  readonly accountId: string;
  readonly quotas: Quotas;
  /** Images that can be started; undefined means any whose id looks like one. */
  images: Set<string> | undefined;
  /** Images that were there and are gone. */
  readonly goneImages: Set<string>;
  /** Domains of hosted zones by id; undefined means that any zone is there. */
  hostedZones: Map<string, string> | undefined;
}

/** Defaults of a new account, from the service quotas page of each service (EC2, VPC), 2025. */
const QUOTAS: Quotas = {
  vpcs: 5,
  elasticIps: 5,
  standardVcpus: 32,
  rulesPerSecurityGroup: 60,
  securityGroupsPerInterface: 5,
};

export function account({ accountId = '123456789012', quotas = {}, images, hostedZones }: AccountOptions): Account {
  return {
    accountId,
    quotas: { ...QUOTAS, ...quotas },
    images: images && new Set(images),
    goneImages: new Set(),
    hostedZones: hostedZones && new Map(Object.entries(hostedZones)),
  };
}
