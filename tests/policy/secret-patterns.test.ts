import assert from 'node:assert/strict';
import { secretsIn } from '../../policy/secret-patterns.ts';

const SECRET: readonly (readonly [text: string, what: readonly string[]])[] = [
  ['-----BEGIN PRIVATE KEY-----', ['a private key']],
  ['-----BEGIN OPENSSH PRIVATE KEY-----', ['a private key']],
  ['id: ASIAIOSFODNN7EXAMPLE', ['an AWS access key']],
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', ['an AWS secret key']],
  [`token ghs_${'A1'.repeat(18)}`, ['a GitHub token']],
  ['https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXX', ['a Slack token']],
  [`PULUMI_ACCESS_TOKEN: pul-${'0a'.repeat(20)}`, ['a Pulumi token']],
  ['postgres://council:correct-horse@db.example.org/x', ['a password in a URL']],
  ['root:$6$saltsalt$abcdefghijklmnop:19000', ['a hashed password']],
  ['{"password": "correct-horse"}', ['a password']],
  ['GF_SECURITY_ADMIN_PASSWORD=correct-horse', ['a password']],
  ['api-key: 0123456789', ['a password']],
];

const INNOCENT: readonly string[] = [
  '-----BEGIN CERTIFICATE-----',
  'PasswordAuthentication no',
  'lock_passwd: true',
  'password_file: /run/secrets/grafana',
  'password: $(cat /run/secrets/grafana)',
  'password: "$GRAFANA_PASSWORD"',
  'secret: <Parameter one.name>',
  'aws ssm get-parameter --name /guardian-council/prod/secrets/mcu --with-decryption',
  'https://example.org/path:with@sign',
  '$NF $1 $22',
  'ghp_short',
];

describe('secrets in a text', () => {
  for (const [text, what] of SECRET) it(`are seen in ${text}`, () => assert.deepEqual(secretsIn(text), what));
  for (const text of INNOCENT) it(`are not seen in ${text}`, () => assert.deepEqual(secretsIn(text), []));

  it('are looked for without much ado in a long text that is made for it', () => {
    for (const part of ['-----BEGIN ', 'password', 'a://', '$6$', 'aws_secret_access_key = ', 'eyJ'])
      assert.deepEqual(secretsIn(part.repeat(200_000 / part.length)), [], part);
  });
});
