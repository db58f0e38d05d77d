/** A configuration with something wrong: what differs from a good one, and the lines of the error. */
export interface BrokenConfig {
  readonly title: string;
  /** By name of the key, of this project unless it has a namespace; `undefined` leaves it out. */
  readonly differs: Readonly<Record<string, string | undefined>>;
  readonly lines: readonly string[];
}

const row = (title: string, differs: BrokenConfig['differs'], ...lines: readonly string[]): BrokenConfig => ({
  title,
  differs,
  lines,
});

const ENVIRONMENT = 'must be prod, staging or rollback';
const ZONES = 'must be a list of three zones of the region';
const VPC = 'must be a private IPv4 network (RFC 1918) from /16 to /24';
const SUBNETS = 'must be a list of three IPv4 networks from /20 to /28 inside vpcCidr, apart from each other';
const ADMINS =
  'must be a list of 1 to 8 IPv4 networks, private ones to /8, public ones to /16, apart from each other and from vpcCidr';
const AMI = 'must be ami- and 17 (older: 8) lower-case hex digits';
const GATEKEEPER = 'must be an x86-64 EC2 instance type, not burstable, with at least 2 vCPUs and 4 GiB';
const MCU = 'must be an x86-64 EC2 instance type, not burstable, with at least 8 vCPUs and 16 GiB';
const FOUR = 'must be an x86-64 EC2 instance type, not burstable, with at least 4 vCPUs and 8 GiB';
const VOLUME = 'must be a whole number from 100 to 16384 (GiB)';
const DATA_VOLUME = 'must be a whole number from 10 to 16384 (GiB)';
const GATEKEEPER_ID = 'must be at most 64 of A-Z, a-z, 0-9, . _ and -, the first a letter or digit';
const ROLLBACK_OF =
  'must be the name of a stack that is no rollback stack, given where environment is rollback and nowhere else';
const TAKE = 'must be true or false; true where environment is rollback only';
const LENT_TO = 'must be the name of a rollback stack (rollback-…)';
const BUDGET = 'must be a whole number from 10 to 1000000 (US dollars)';
const LOG_DAYS =
  'must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 (days, at least 90 in prod)';
const RELEASE = '0123456789abcdef'.repeat(4);
const PORT = 'must be a port from 1024 to 65535 that no other UDP service has';
const DOMAIN = 'must be a lower-case domain name of at most 36 characters, given in prod and wherever hostedZoneId is';
const ZONE_ID = 'must be the id of a zone (Z…), given in prod and wherever domain is';
const CONTACT = 'must be an e-mail address, given in prod; may be secret';
const BANDWIDTH = 'must be a whole number from 50000000 to 10000000000 (bit/s, one way)';
const FAMILIES =
  'c6a, c6i, c6in, c7a, c7i, c8a, c8i, m6a, m6i, m6in, m7a, m7i, m8a, m8i, r6a, r6i, r6in, r7a, r7i, r8a, r8i';

const key = (name: string): string => `guardian-council:${name}`;
const is = (name: string, value: string, message: string): string => `${key(name)} = ${value}: ${message}`;

/** One value that is wrong. */
const one = (title: string, name: string, value: string, message: string): BrokenConfig =>
  row(title, { [name]: value }, is(name, value, message));

/** From a staging configuration. */
export const BROKEN_STAGING: readonly BrokenConfig[] = [
  row(
    'no region',
    { 'aws:region': undefined },
    'aws:region is missing: must be the name of an AWS region, such as eu-central-1',
  ),
  row(
    'a region that is a zone',
    { 'aws:region': 'eu-central-1a' },
    'aws:region = eu-central-1a: must be the name of an AWS region, such as eu-central-1',
  ),
  row(
    'China, whose ARNs begin otherwise',
    { 'aws:region': 'cn-north-1' },
    'aws:region = cn-north-1: must be the name of an AWS region, such as eu-central-1',
  ),
  row(
    'a setting of AWS that would do nothing',
    { 'aws:allowedAccountIds': '["111122223333"]' },
    'aws:allowedAccountIds = ["111122223333"]: must be removed, it has no effect: of this namespace only aws:region is read',
  ),
  row('no environment', { environment: undefined }, `${key('environment')} is missing: ${ENVIRONMENT}`),
  one('an unknown environment', 'environment', 'production', ENVIRONMENT),

  row('no zones', { availabilityZones: undefined }, `${key('availabilityZones')} is missing: ${ZONES}`),
  one('zones that are no list', 'availabilityZones', 'eu-central-1a', `${ZONES}; it is no list`),
  one('zones that are an object', 'availabilityZones', '{"a":"eu-central-1a"}', ZONES),
  one('two zones', 'availabilityZones', '["eu-central-1a","eu-central-1b"]', ZONES),
  one('four zones', 'availabilityZones', '["eu-central-1a","eu-central-1b","eu-central-1c","eu-central-1d"]', ZONES),
  one(
    'a zone twice',
    'availabilityZones',
    '["eu-central-1a","eu-central-1b","eu-central-1a"]',
    `${ZONES}; eu-central-1a is there twice`,
  ),
  one('a local zone', 'availabilityZones', '["us-east-1a","us-east-1b","us-east-1-bos-1a"]', ZONES),
  one(
    'a zone of another region',
    'availabilityZones',
    '["eu-central-1a","eu-central-1b","eu-west-1c"]',
    'must be zones of aws:region (eu-central-1), and eu-west-1c is not',
  ),

  row('no VPC network', { vpcCidr: undefined }, `${key('vpcCidr')} is missing: ${VPC}`),
  one('a VPC network that is an address', 'vpcCidr', '10.30.0.0', `${VPC}; 10.30.0.0 is no IPv4 network`),
  one('a VPC network past 255', 'vpcCidr', '10.256.0.0/16', `${VPC}; 10.256.0.0/16 is no IPv4 network`),
  one('a VPC network past /32', 'vpcCidr', '10.30.0.0/33', `${VPC}; 10.30.0.0/33 is no IPv4 network`),
  one('a VPC network with octal digits', 'vpcCidr', '010.30.0.0/16', `${VPC}; 010.30.0.0/16 is no IPv4 network`),
  one('an IPv6 VPC network', 'vpcCidr', 'fd00::/48', `${VPC}; fd00::/48 is no IPv4 network`),
  one(
    'a VPC network with host bits',
    'vpcCidr',
    '10.30.4.0/16',
    `${VPC}; 10.30.4.0/16 has host bits set, its network is 10.30.0.0/16`,
  ),
  one('a public VPC network', 'vpcCidr', '11.30.0.0/16', `${VPC}; 11.30.0.0/16 is not private`),
  one('a VPC network that reaches past a private one', 'vpcCidr', '172.0.0.0/8', `${VPC}; 172.0.0.0/8 is not private`),
  one('a VPC network that is too large', 'vpcCidr', '10.0.0.0/15', `${VPC}; 10.0.0.0/15 is larger than /16`),
  one('a VPC network that is too small', 'vpcCidr', '10.30.0.0/25', `${VPC}; 10.30.0.0/25 is smaller than /24`),

  one('two subnets', 'subnetCidrs', '["10.30.0.0/20","10.30.16.0/20"]', SUBNETS),
  one(
    'a subnet that is too small for what AWS keeps',
    'subnetCidrs',
    '["10.30.0.0/20","10.30.16.0/20","10.30.32.0/29"]',
    `${SUBNETS}; 10.30.32.0/29 is smaller than /28`,
  ),
  one(
    'a subnet that is too large',
    'subnetCidrs',
    '["10.30.0.0/19","10.30.32.0/20","10.30.48.0/20"]',
    `${SUBNETS}; 10.30.0.0/19 is larger than /20`,
  ),
  one(
    'a subnet with host bits',
    'subnetCidrs',
    '["10.30.0.0/20","10.30.16.0/20","10.30.32.1/20"]',
    `${SUBNETS}; 10.30.32.1/20 has host bits set, its network is 10.30.32.0/20`,
  ),
  one(
    'subnets one inside the other',
    'subnetCidrs',
    '["10.30.0.0/20","10.30.16.0/20","10.30.8.0/24"]',
    `${SUBNETS}; 10.30.0.0/20 and 10.30.8.0/24 overlap`,
  ),
  one(
    'a subnet outside the VPC',
    'subnetCidrs',
    '["10.30.0.0/20","10.30.16.0/20","10.31.0.0/20"]',
    'must be inside guardian-council:vpcCidr (10.30.0.0/16), and 10.31.0.0/20 is not',
  ),
  one('numbers for subnets', 'subnetCidrs', '[1,2,3]', SUBNETS),

  row('no administrators', { adminCidrs: undefined }, `${key('adminCidrs')} is missing: ${ADMINS}`),
  one('an empty list of administrators', 'adminCidrs', '[]', ADMINS),
  one('administrators from the whole world', 'adminCidrs', '["0.0.0.0/0"]', `${ADMINS}; 0.0.0.0/0 is the whole world`),
  row(
    'the world in two halves',
    { adminCidrs: '["0.0.0.0/1","128.0.0.0/1"]' },
    is('adminCidrs', '["0.0.0.0/1","128.0.0.0/1"]', `${ADMINS}; 0.0.0.0/1 is larger than /16`),
    is('adminCidrs', '["0.0.0.0/1","128.0.0.0/1"]', `${ADMINS}; 128.0.0.0/1 is larger than /16`),
  ),
  one('half of a class A network', 'adminCidrs', '["62.0.0.0/9"]', `${ADMINS}; 62.0.0.0/9 is larger than /16`),
  one(
    'administrators on loopback',
    'adminCidrs',
    '["127.0.0.0/8"]',
    `${ADMINS}; 127.0.0.0/8 is the source of no packet`,
  ),
  one(
    'an administrator network twice',
    'adminCidrs',
    '["198.51.100.0/24","198.51.100.0/24"]',
    `${ADMINS}; 198.51.100.0/24 and 198.51.100.0/24 overlap`,
  ),
  one(
    'an administrator network inside another',
    'adminCidrs',
    '["198.51.100.7/32","198.51.100.0/24"]',
    `${ADMINS}; 198.51.100.7/32 and 198.51.100.0/24 overlap`,
  ),
  one(
    'the hosts among the administrators',
    'adminCidrs',
    '["198.51.100.0/24","10.0.0.0/8"]',
    'must be apart from guardian-council:vpcCidr (10.30.0.0/16), and 10.0.0.0/8 is not',
  ),
  one(
    'nine administrator networks',
    'adminCidrs',
    JSON.stringify(Array.from({ length: 9 }, (_, index) => `198.51.100.${index}/32`)),
    ADMINS,
  ),

  row('no image', { amiId: undefined }, `${key('amiId')} is missing: ${AMI}`),
  one('an image by its name', 'amiId', 'ubuntu-24.04', AMI),
  one('an image with a digit too few', 'amiId', 'ami-02003f9f0fde924e', AMI),

  one(
    'a burstable gatekeeper',
    'gatekeeperInstanceType',
    't3.large',
    `${GATEKEEPER}; t3 is burstable: it slows down when its CPU credits are used up`,
  ),
  one(
    'a burstable arm64 gatekeeper',
    'gatekeeperInstanceType',
    't4g.large',
    `${GATEKEEPER}; t4g is burstable: it slows down when its CPU credits are used up`,
  ),
  one('an arm64 MCU', 'mcuInstanceType', 'c7g.2xlarge', `${MCU}; c7g is arm64 (Graviton), and the image is x86-64`),
  one('a flex MCU', 'mcuInstanceType', 'c7i-flex.2xlarge', `${MCU}; c7i-flex does not give its full CPU all the time`),
  one('an MCU that is too small', 'mcuInstanceType', 'c7i.xlarge', `${MCU}; c7i.xlarge has only 4 vCPUs and 8 GiB`),
  one(
    'a gateway with the memory and not the CPUs',
    'sipGatewayInstanceType',
    'r7i.large',
    `${FOUR}; r7i.large has only 2 vCPUs and 16 GiB`,
  ),
  one('an unknown family', 'monitoringInstanceType', 'c5.xlarge', `${FOUR}; c5 is none of ${FAMILIES}`),
  one(
    'an unknown size',
    'monitoringInstanceType',
    'c7i.metal-24xl',
    `${FOUR}; metal-24xl is none of the sizes large, xlarge, 2xlarge, 4xlarge, 8xlarge, 12xlarge, 16xlarge`,
  ),
  one(
    'a size without a family',
    'gatekeeperInstanceType',
    'large',
    `${GATEKEEPER}; an instance type is written as family.size, such as c7i.large`,
  ),

  one('a volume that is too small', 'gatekeeperVolumeGb', '99', VOLUME),
  one('a volume with a unit', 'mcuVolumeGb', '100GB', VOLUME),
  one('a volume of half a gigabyte more', 'sipGatewayVolumeGb', '100.5', VOLUME),
  one('a volume past what EBS has', 'monitoringVolumeGb', '16385', VOLUME),

  one('a data volume that is too small', 'gatekeeperDataGb', '9', DATA_VOLUME),
  one('a data volume past what EBS has', 'monitoringDataGb', '16385', DATA_VOLUME),
  one('no SIP gateway', 'sipGatewayMin', '0', 'must be a whole number from 1 to 6 (at most sipGatewayMax)'),
  one('seven SIP gateways', 'sipGatewayMax', '7', 'must be a whole number from 1 to 6'),
  one('more gateways always than ever', 'sipGatewayMin', '2', 'must be at most guardian-council:sipGatewayMax (1)'),
  row(
    'a group of gateways in subnets without room for its load balancer',
    { sipGatewayMax: '3', subnetCidrs: '["10.30.0.0/26","10.30.1.0/27","10.30.2.0/28"]' },
    ...['10.30.1.0/27', '10.30.2.0/28'].map((small) =>
      is(
        'subnetCidrs',
        '["10.30.0.0/26","10.30.1.0/27","10.30.2.0/28"]',
        `must be /26 or larger where guardian-council:sipGatewayMax is more than 1, and ${small} is not`,
      ),
    ),
  ),
  one('a zone with a space', 'gatekeeperId', 'guardian council', GATEKEEPER_ID),
  one('a zone that is too long', 'gatekeeperId', 'z'.repeat(65), GATEKEEPER_ID),
  row('a zone without a name', { gatekeeperId: '' }, `${key('gatekeeperId')} = "": ${GATEKEEPER_ID}`),

  row(
    'rollback in a stack of another name',
    { environment: 'rollback', rollbackOf: 'prod', release: RELEASE },
    is(
      'environment',
      'rollback',
      'must not be rollback in the stack staging: names of such stacks begin with rollback-',
    ),
  ),
  one('another stack to stand in for, and no rollback', 'rollbackOf', 'prod', ROLLBACK_OF),
  one('addresses of another stack, and no rollback', 'takeAddresses', 'true', TAKE),
  one('addresses that are taken perhaps', 'takeAddresses', 'yes', TAKE),
  one('addresses lent to a stack that is no rollback', 'addressesLentTo', 'prod', LENT_TO),

  one('a privileged RAS port', 'primaryRasPort', '1023', PORT),
  one('a RAS port past 65535', 'secondaryRasPort', '65536', PORT),
  one('a RAS port of SIP', 'primaryRasPort', '5060', `${PORT}; UDP 5060 is SIP of sip-gateway`),
  one('a RAS port of media', 'secondaryRasPort', '20000', `${PORT}; UDP 10000 to 20000 is RTP and RTCP of mcu`),
  one(
    'a RAS port of the media control',
    'primaryRasPort',
    '2223',
    `${PORT}; UDP 2223 is control of rtpengine of sip-gateway`,
  ),

  row('a domain without its zone', { domain: 'council.example.org' }, `${key('hostedZoneId')} is missing: ${ZONE_ID}`),
  row('a zone without its domain', { hostedZoneId: 'Z0123456789EXAMPLE' }, `${key('domain')} is missing: ${DOMAIN}`),
  row(
    'a domain with a dot at its end',
    { domain: 'council.example.org.', hostedZoneId: 'Z0123456789EXAMPLE' },
    is('domain', 'council.example.org.', DOMAIN),
  ),
  row(
    'a domain that is a single label, in a zone that is a name',
    { domain: 'council', hostedZoneId: 'example.org' },
    is('domain', 'council', DOMAIN),
    is('hostedZoneId', 'example.org', ZONE_ID),
  ),
  one('a contact that is a name', 'onCallContact', 'Ada Lovelace', CONTACT),
  one('a contact with two addresses', 'technicalLeadContact', 'a@example.org,b@example.org', CONTACT),
  one('a contact that is far too long', 'councilContact', `${'a'.repeat(65)}@example.org`, CONTACT),
  row('an empty contact', { councilContact: '' }, `${key('councilContact')} = "": ${CONTACT}`),
  row(
    'a contact that would forge a line',
    { councilContact: 'a@example.org\nb' },
    `${key('councilContact')} = "a@example.org\\nb": ${CONTACT}`,
  ),

  one('less than 50 Mbit/s', 'councilBandwidthBps', '49999999', BANDWIDTH),
  one('a bandwidth with an exponent', 'councilBandwidthBps', '1e8', BANDWIDTH),
  one('26 guardians', 'maxParticipants', '26', 'must be a whole number from 1 to 25'),
  one('no guardians', 'maxParticipants', '0', 'must be a whole number from 1 to 25'),
  one('a negative number of experts', 'maxExperts', '-1', 'must be a whole number from 1 to 100'),
  one('an unknown engine', 'mcuEngine', 'janus', 'must be jitsi or kurento'),
  one('a release by its version', 'release', 'v1.2.3', 'must be 64 lower-case hex digits'),
  one('a release that YAML took for a number', 'release', '1e+63', 'must be 64 lower-case hex digits'),
  one('days that CloudWatch Logs does not know', 'flowLogDays', '91', LOG_DAYS),
  one('a budget of nothing', 'monthlyBudgetUsd', '0', BUDGET),
  one('a budget with cents', 'monthlyBudgetUsd', '99.90', BUDGET),
  one('no lock', 'witnessLockDays', '0', 'must be a whole number from 1 to 3650 (days, at least 90 in prod)'),
  row(
    'logs that are deleted before they can be',
    { witnessLockDays: '30', witnessRetentionDays: '29' },
    is(
      'witnessRetentionDays',
      '29',
      'must be at least guardian-council:witnessLockDays (30): what is locked cannot be deleted',
    ),
  ),

  one(
    'a key misspelt',
    'vpcCird',
    '10.30.0.0/16',
    'must be removed, there is no such key; did you mean guardian-council:vpcCidr?',
  ),
  one(
    'a key in another case',
    'amiID',
    'ami-1',
    'must be removed, there is no such key; did you mean guardian-council:amiId?',
  ),
  one('a key like no other', 'colour', 'blue', 'must be removed, there is no such key'),
  one('a key that objects have anyway', 'constructor', 'x', 'must be removed, there is no such key'),
  one(
    'the region in the wrong namespace',
    'region',
    'eu-central-1',
    'must be removed, there is no such key; did you mean aws:region?',
  ),
  row(
    'the namespace misspelt',
    { 'guardian-counsel:maxExperts': '3' },
    'guardian-counsel:maxExperts = 3: must be removed, there is no such key; did you mean guardian-council:maxExperts?',
  ),
];

/** From a production configuration. */
export const BROKEN_PROD: readonly BrokenConfig[] = [
  row(
    'staging in the stack named prod',
    { environment: 'staging' },
    is('environment', 'staging', 'must be prod in the stack named prod'),
  ),
  row(
    'no domain',
    { domain: undefined, hostedZoneId: undefined },
    `${key('domain')} is missing: ${DOMAIN}`,
    `${key('hostedZoneId')} is missing: ${ZONE_ID}`,
  ),
  row('a domain without its zone', { hostedZoneId: undefined }, `${key('hostedZoneId')} is missing: ${ZONE_ID}`),
  row('nobody on call', { onCallContact: undefined }, `${key('onCallContact')} is missing: ${CONTACT}`),
  row(
    'no technical lead',
    { technicalLeadContact: undefined },
    `${key('technicalLeadContact')} is missing: ${CONTACT}`,
  ),
  row('no council', { councilContact: undefined }, `${key('councilContact')} is missing: ${CONTACT}`),
  one('flow logs that are kept too short', 'flowLogDays', '60', 'must be at least 90 in prod'),
  row(
    'a rollback in the stack named prod',
    { environment: 'rollback', rollbackOf: 'staging', release: RELEASE, domain: undefined, hostedZoneId: undefined },
    is('environment', 'rollback', 'must be prod in the stack named prod'),
  ),
  one('a lock that is too short', 'witnessLockDays', '89', 'must be at least 90 in prod'),
  row(
    'logs that are kept too short',
    { witnessLockDays: '90', witnessRetentionDays: '60' },
    is('witnessRetentionDays', '60', 'must be at least 90 in prod'),
    is(
      'witnessRetentionDays',
      '60',
      'must be at least guardian-council:witnessLockDays (90): what is locked cannot be deleted',
    ),
  ),
  row(
    'everything wrong at once',
    {
      'aws:region': 'frankfurt',
      availabilityZones: '["eu-central-1a","eu-central-1a","eu-central-1c"]',
      vpcCidr: '10.30.0.0/8',
      subnetCidrs: undefined,
      adminCidrs: '["0.0.0.0/0"]',
      mcuInstanceType: 't3.2xlarge',
      primaryRasPort: '15000',
      onCallContact: undefined,
      maxParticipants: '50',
      witnessLockDays: '7',
      maxExpert: '3',
    },
    'aws:region = frankfurt: must be the name of an AWS region, such as eu-central-1',
    is(
      'availabilityZones',
      '["eu-central-1a","eu-central-1a","eu-central-1c"]',
      `${ZONES}; eu-central-1a is there twice`,
    ),
    is('vpcCidr', '10.30.0.0/8', `${VPC}; 10.30.0.0/8 has host bits set, its network is 10.0.0.0/8`),
    `${key('subnetCidrs')} is missing: ${SUBNETS}`,
    is('adminCidrs', '["0.0.0.0/0"]', `${ADMINS}; 0.0.0.0/0 is the whole world`),
    is('mcuInstanceType', 't3.2xlarge', `${MCU}; t3 is burstable: it slows down when its CPU credits are used up`),
    is('primaryRasPort', '15000', `${PORT}; UDP 10000 to 20000 is RTP and RTCP of mcu`),
    `${key('onCallContact')} is missing: ${CONTACT}`,
    is('maxParticipants', '50', 'must be a whole number from 1 to 25'),
    is('witnessLockDays', '7', 'must be at least 90 in prod'),
    is('maxExpert', '3', 'must be removed, there is no such key; did you mean guardian-council:maxExperts?'),
  ),
];

const OWN = 'must be removed from a rollback stack: it has that of guardian-council:rollbackOf';

/** From the configuration of the rollback stack `rollback-7`. */
export const BROKEN_ROLLBACK: readonly BrokenConfig[] = [
  row('nothing to stand in for', { rollbackOf: undefined }, `${key('rollbackOf')} is missing: ${ROLLBACK_OF}`),
  one('another rollback stack to stand in for', 'rollbackOf', 'rollback-6', ROLLBACK_OF),
  row('no release', { release: undefined }, `${key('release')} is missing: must be 64 lower-case hex digits`),
  row(
    'what stays with the other stack',
    {
      addressesLentTo: 'rollback-8',
      gatekeeperId: 'guardian-council-prod',
      domain: 'council.example.org',
      hostedZoneId: 'Z0123456789EXAMPLE',
      flowLogDays: '90',
      monthlyBudgetUsd: '1000',
      witnessLockDays: '90',
      witnessRetentionDays: '90',
    },
    is('addressesLentTo', 'rollback-8', OWN),
    is('gatekeeperId', 'guardian-council-prod', OWN),
    is('domain', 'council.example.org', OWN),
    is('hostedZoneId', 'Z0123456789EXAMPLE', OWN),
    is('flowLogDays', '90', OWN),
    is('monthlyBudgetUsd', '1000', OWN),
    is('witnessLockDays', '90', OWN),
    is('witnessRetentionDays', '90', OWN),
  ),
  row(
    'a group of gateways',
    { sipGatewayMin: '2', sipGatewayMax: '2' },
    is('sipGatewayMin', '2', 'must be 1 in a rollback stack'),
    is('sipGatewayMax', '2', 'must be 1 in a rollback stack'),
  ),
];
