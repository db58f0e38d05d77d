/** The canary guardian of `council rollback`, tried out in the lab as that command does it on AWS. */
import { CANARY_PATIENCE, canaryCommand, GATEKEEPERS } from '../../../runtime/cli/rollback/canary.ts';
import { originalOf, standInOf } from '../../../runtime/cli/rollback/outputs.ts';
import type { Members } from './guardians.ts';
import type { Operator } from './operator.ts';

const WHERE = '--stack lab --region eu-central-1';

/** Gives the stack the canary's private key as people give it, and lets both gatekeepers' hosts read it. */
export async function giveCanaryKey(operator: Operator, { canary }: Members): Promise<void> {
  const values = JSON.stringify({ 'gatekeeper/canary.key': canary.seed });
  await operator.expect(`npx council secrets init ${WHERE} --values -`, values);
  const commands = await operator.commands();
  for (const host of GATEKEEPERS)
    for (const { shell } of commands.filter(({ id }) => id === `secrets-read-${host}`)) await operator.expect(shell);
}

/** What the canary says on each gatekeeper's host, where it asks the other's gatekeeper first. */
export async function runCanaries(operator: Operator, { canary }: Members): Promise<readonly string[]> {
  const outputs: unknown = JSON.parse(await operator.outputs());
  const { loan } = originalOf('lab', outputs);
  const { instances, addresses } = standInOf('lab', outputs);
  const said: string[] = [];
  for (const from of GATEKEEPERS) {
    const command = canaryCommand({ from, terminalId: canary.terminalId, loan, addresses });
    const remote = `npx council remote ${instances[from]} --region eu-central-1 --timeout ${CANARY_PATIENCE}`;
    said.push(await operator.expect(`${remote} '${command}'`));
  }
  return said;
}
