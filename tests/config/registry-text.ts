/** Registry texts for tests: a sound one, and the lines that broken ones are made of. */

/** Public halves of key pairs made from the seeds 01…01, 02…02 and 03…03; nobody uses them. */
export const KEYS = [
  '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
  '8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394',
  'ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1',
] as const;

export interface Fields {
  readonly id?: string;
  readonly role?: string;
  readonly key?: string;
  readonly quota?: string;
  readonly more?: string;
}

/** One terminal of a list, four lines (and `more`). Values are YAML as written. */
export function terminal({
  id = '"if://guardian/a"',
  role = '"A"',
  key = `"${KEYS[0]}"`,
  quota = '2000000',
  more = '',
}: Fields): string {
  const lines = [
    `  - terminal_id: ${id}`,
    `    role: ${role}`,
    `    public_key_hex: ${key}`,
    `    bandwidth_quota_bps: ${quota}`,
  ];
  return `${lines.join('\n')}\n${more}`;
}

/** A registry with one guardian, whose `terminal_id` is on line 2, role on 3, key on 4 and quota on 5. */
export const oneGuardian = (fields: Fields = {}): string => `guardians:\n${terminal(fields)}`;
