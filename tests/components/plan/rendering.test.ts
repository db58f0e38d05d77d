import assert from 'node:assert/strict';
import { openPortsText } from '../../../components/plan/open-ports.ts';
import { portsMarkdown } from '../../../components/plan/ports-markdown.ts';
import { plain } from '../../../components/plan/terminal.ts';
import { topology } from '../../../components/plan/topology.ts';
import { countsText, treeText } from '../../../components/plan/tree.ts';
import { HOST, INSTANCE, plan, resource, rule, small, VPC } from './example-plan.ts';

describe('the tree of a plan', () => {
  it('has every resource below its parent, by type and name, with marks and inputs', () => {
    const tree = treeText(
      plan(
        resource(VPC, { cidrBlock: '10.0.0.0/16', tags: { Name: 'council' }, nothing: null }),
        resource(
          INSTANCE,
          {
            instanceType: 'c7i.large',
            metadataOptions: { httpTokens: 'required', hops: 1 },
            policy: `{"Version":"${'x'.repeat(200)}"}`,
            userData: 'one\ntwo\nthree\n',
          },
          { in: HOST, protect: true, deleteBeforeReplace: true, retainOnDelete: true, ignoreChanges: ['ami', 'tags'] },
        ),
        resource(HOST),
        resource('guardian-council:host:Host$aws:ec2/eip:Eip::a', { list: ['x', 2, true], empty: '' }, { in: HOST }),
      ),
      plain,
    );
    const marks = '[protect] [delete before replace] [retain on delete] [ignore changes: ami, tags]';
    assert.equal(
      tree,
      [
        'test',
        '├─ aws:ec2/vpc:Vpc council',
        '│       cidrBlock: 10.0.0.0/16',
        '└─ guardian-council:host:Host mcu',
        '   ├─ aws:ec2/eip:Eip a',
        '   │       list: [x, 2, true], empty: ""',
        `   └─ aws:ec2/instance:Instance mcu ${marks}`,
        '           instanceType: c7i.large, metadataOptions: {httpTokens: required, hops: 1}',
        `           policy: {"Version":"${'x'.repeat(79)}…`,
        '           userData: … 3 lines',
        '',
      ].join('\n'),
    );
  });

  it('names providers where there are several', () => {
    const [one, other] = [resource(VPC, {}, { provider: 'a' }), resource(HOST, {}, { provider: 'b' })];
    assert(!treeText(plan(one), plain).includes('provider'));
    const tree = treeText(plan(one, other), plain);
    assert(tree.includes('council [provider a]') && tree.includes('mcu [provider b]'), tree);
  });

  it('is counted by type, the most first', () => {
    const vpcs = ['a', 'b'].map((name) => resource(`aws:ec2/vpc:Vpc::${name}`));
    assert.equal(
      countsText(plan(resource(HOST), ...vpcs)),
      '3 resources\n  2  aws:ec2/vpc:Vpc\n  1  guardian-council:host:Host\n',
    );
    assert.equal(countsText(plan()), '0 resources\n');
    assert.equal(countsText(plan(resource(HOST))), '1 resource\n  1  guardian-council:host:Host\n');
  });
});

describe('the table of open ports', () => {
  it('has what the rules say, the world first, then networks, then groups', () => {
    const rows = openPortsText(small.resources)
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) =>
        line
          .split('│')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    assert.deepEqual(rows, [
      ['Source', 'Host', 'Protocol', 'Ports', 'What'],
      ['the world (0.0.0.0/0)', 'mcu', 'udp', '10000-20000', 'RTP and RTCP: media of guardians'],
      ['192.0.2.0/24', 'mcu', 'icmp', 'type 8 code 0', 'ping'],
      ['monitoring', 'mcu', 'tcp', '9464', 'metrics and health'],
    ]);
  });

  it('tells of what no port plan would have', () => {
    const text = openPortsText([
      rule('all', { cidrIpv6: '::/0', ipProtocol: '-1', description: 'everything' }),
      rule('list', { prefixListId: 'pl-1', ipProtocol: 'tcp', fromPort: 22, toPort: 22 }),
    ]);
    assert.match(text, /the world \(::\/0\) +│ mcu +│ all +│ all +│ everything/);
    assert.match(text, /pl-1 +│ mcu +│ tcp +│ 22 /);
    assert.equal(openPortsText([]), 'No port is open.\n');
  });
});

describe('the topology', () => {
  it('draws zones, hosts with sizes, what networks may reach, buckets and names', () => {
    assert.equal(
      topology(small),
      [
        'flowchart LR',
        '  from_0_0_0_0_0(["the world<br/>0.0.0.0/0"])',
        '  from_0_0_0_0_0 -->|"10000-20000/udp"| Instance_mcu',
        '  subgraph Vpc_council["VPC 10.0.0.0/16"]',
        '    subgraph Subnet_council_1["xx-a<br/>10.0.0.0/20"]',
        '      Instance_mcu["mcu<br/>c7i.2xlarge, 100 GiB"]',
        '    end',
        '  end',
        '  Bucket_witness[("witness<br/>S3, Object Lock")]',
        '  DNS["DNS<br/>_sip._udp.example.org SRV"]',
        '  DNS -.->|"mcu.example.org"| Instance_mcu',
        '',
      ].join('\n'),
    );
  });

  it('draws networks that may reach the same as one', () => {
    const https = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
    const more = ['192.0.2.0/24', '198.51.100.0/24'].map((cidrIpv4) =>
      rule(`https-${cidrIpv4}`, { cidrIpv4, ...https }),
    );
    assert(topology(plan(...small.resources, ...more)).includes('(["192.0.2.0/24<br/>198.51.100.0/24"])'));
  });

  it('lets no name end a label or begin markup', () => {
    const bucket = resource('aws:s3/bucket:Bucket::a"]<script>&');
    assert.equal(topology(plan(bucket)), 'flowchart LR\n  Bucket_a_script_[("a#quot;]&lt;script&gt;&amp;<br/>S3")]\n');
  });

  it('gives things whose names look alike different identifiers', () => {
    const buckets = ['a-b', 'a_b'].map((name) => resource(`aws:s3/bucket:Bucket::${name}`));
    assert.deepEqual(topology(plan(...buckets)).match(/Bucket_\w+/g), ['Bucket_a_b', 'Bucket_a_b_2']);
  });
});

describe('the document of ports', () => {
  it('has a table a host, and what answers on loopback alone', () => {
    const text = portsMarkdown(
      [
        { host: 'mcu', protocol: 'udp', from: 1, to: 2, sources: ['world', 'admin'], service: 'a|b', why: 'because' },
        { host: 'mcu', protocol: 'icmp', from: 8, to: 0, sources: ['monitoring'], service: 'ping', why: 'paths' },
      ],
      [{ host: 'monitoring', protocol: 'tcp', port: 9090, service: 'Prometheus' }],
    );
    const rows = text.split('\n').filter((line) => /^(##|\| .*\d)/.test(line));
    assert.deepEqual(rows, [
      '## gatekeeper-primary',
      '## gatekeeper-secondary',
      '## mcu',
      '| 1-2/udp | a\\|b | the world, networks of administrators | because |',
      '| ICMP type 8, code 0 | ping | monitoring | paths |',
      '## sip-gateway',
      '## monitoring',
      '## On loopback alone',
      '| monitoring | 9090/tcp | Prometheus |',
    ]);
  });
});
