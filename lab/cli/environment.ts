/** Variables of a process; an undefined one is taken out of what it inherits. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What leads AWS's clients on this machine to the lab, and to no real account: profiles and sessions of the user are taken
 * out. Keys are no secret: nobody verifies them.
 */
export const operatorEnvironment = (endpoint: string, region: string): Environment => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'LABOPERATOR',
  AWS_SECRET_ACCESS_KEY: 'lab',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  // The AWS SDK's word about the next Node.js, at each start.
  NODE_NO_WARNINGS: '1',
  ...Object.fromEntries(['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN'].map((name) => [name, undefined])),
});
