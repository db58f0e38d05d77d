/**
 * What Pulumi starts the policy pack by. It has ts-node load the pack, type-checking it in every run, and takes no
 * arguments for Node from PulumiPolicy.yaml; so this one is plain JavaScript and brings tsx in itself.
 */
const { join } = require('node:path');

module.exports = async () => {
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: join(__dirname, '../tsconfig.json') });
  await import('./pack.ts');
};
