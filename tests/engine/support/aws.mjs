#!/usr/bin/env node
// Stands in for the AWS command line in what the program and written procedures ask of it: `aws ec2 wait
// instance-status-ok`, which asks the endpoint once (the real one asks every 15 s, forty times), and
// `aws resourcegroupstaggingapi get-resources`, whose ARNs it writes as `--output text` does.
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
if (args.slice(0, 2).join(' ') === 'resourcegroupstaggingapi get-resources') {
  const [, key, value] = /^Key=(\w+),Values=([\w-]+)$/.exec(option('--tag-filters')) ?? [];
  const target = 'ResourceGroupsTaggingAPI_20170126.GetResources';
  const body = JSON.stringify({ TagFilters: [{ Key: key, Values: [value] }] });
  const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    body,
    headers: { 'x-amz-target': target },
  });
  const { ResourceTagMappingList: list } = await answer.json();
  process.stdout.write(`${list.map(({ ResourceARN }) => ResourceARN).join('\t')}\n`);
  process.exit(0);
}
const [id, region] = [option('--instance-ids'), option('--region')];
if (args.slice(0, 3).join(' ') !== 'ec2 wait instance-status-ok' || !/^i-[0-9a-f]{8,17}$/.test(id) || !region) {
  process.stderr.write(`aws: this stand-in knows no ${args.join(' ')}\n`);
  process.exit(252);
}
const body = new URLSearchParams({ Action: 'DescribeInstanceStatus', 'InstanceId.1': id, Version: '2016-11-15' });
const answer = await (await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', body })).text();
const [, code] = /<Code>(.*?)<\/Code>/.exec(answer) ?? [];
if (code) {
  process.stderr.write(`Waiter InstanceStatusOk failed: An error occurred (${code})\n`);
  process.exit(255);
}
if (!/<instanceStatus><status>ok<\/status>/.test(answer) || !/<systemStatus><status>ok<\/status>/.test(answer)) {
  process.stderr.write('Waiter InstanceStatusOk failed: Max attempts exceeded\n');
  process.exit(255);
}
