import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  commandsOf,
  parseStackOutputs,
  RunbookTemplateError,
  renderRunbook,
  type StackOutputs,
} from '../../runtime/runbook/index.ts';
import { ROOT } from '../support/program-plan.ts';
import { stackOutputs } from '../support/stack-outputs.ts';

const FOLDER = `${ROOT}docs/runbook/templates/`;
const templates = new Map(
  readdirSync(FOLDER).map((name): [string, string] => [name, readFileSync(`${FOLDER}${name}`, 'utf8')]),
);

describe('renderRunbook', () => {
  let outputs: StackOutputs;
  before(async () => {
    outputs = parseStackOutputs(await stackOutputs('prod'));
  });
  /** All commands on one page, and `more`. */
  const page = (more: string): ReadonlyMap<string, string> =>
    new Map([
      [
        'page.md',
        `${more}\n${commandsOf(outputs)
          .map(({ id }) => `{{run "${id}"}}`)
          .join('\n')}`,
      ],
    ]);
  const problem = (text: string): string => {
    try {
      renderRunbook(page(text), outputs);
    } catch (error) {
      assert.ok(error instanceof RunbookTemplateError);
      return error.message;
    }
    return '';
  };

  it('refuses a name and a command that there is none of, and says on which page', () => {
    assert.match(problem('{{adresses}}'), /^page\.md: "adresses" not defined/);
    assert.match(problem('{{addresses.publik.mcu}}'), /^page\.md: "mcu" not defined/);
    assert.match(problem('{{addresses.publik.mcu}}'), /^page\.md: .*mcu/);
    assert.equal(problem('{{run "status" "nobody"}}'), 'page.md: there is no command status-nobody');
    assert.match(problem('{{#each hosts}}'), /^page\.md: Parse error/);
  });

  it('refuses to leave a command out', () => {
    assert.throws(() => renderRunbook(new Map([['a.md', '']]), outputs), {
      name: 'RunbookTemplateError',
      message: /^\(all pages\): nowhere shown: status-gatekeeper-primary, /,
    });
  });

  it('puts a block where its line stands, in a list too', () => {
    const { documents } = renderRunbook(page('1. Look:\n\n   {{run "status-mcu"}}\n'), outputs);
    const command = commandsOf(outputs).find(({ id }) => id === 'status-mcu')?.shell;
    assert.ok(documents[0]?.text.startsWith(`1. Look:\n\n   \`\`\`sh\n   ${command}\n   \`\`\`\n`));
  });

  it('fills in every page of the project, with no placeholder left', () => {
    const { documents } = renderRunbook(templates, outputs);
    assert.deepEqual(documents.map(({ name }) => name).sort(), [...templates.keys()].sort());
    for (const { name, text } of documents) assert.doesNotMatch(text, /\{\{|undefined|\[object/, name);
    const all = documents.map(({ text }) => text).join('\n');
    for (const address of Object.values(outputs.addresses.public)) assert.ok(all.includes(address), address);
    for (const contact of ['on-call@example.org', 'technical-lead@example.org', 'council@example.org'])
      assert.ok(all.includes(`<${contact}>`), contact);
  });

  it('links only to pages and headings that are there', () => {
    const { documents } = renderRunbook(templates, outputs);
    for (const { name, text } of documents)
      for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+\.md)\)/g))
        assert.ok(
          documents.some((other) => other.name === target),
          `${name} links to ${target}`,
        );
  });

  it('says so where the SIP gateways are a group, which has no machine to name', () => {
    const { 'sip-gateway': _, ...instances } = outputs.instances;
    const { documents, commands } = renderRunbook(templates, { ...outputs, instances });
    assert.ok(commands.every(({ id, shell }) => !id.endsWith('-sip-gateway') && !shell.includes('undefined')));
    const text = documents.find(({ name }) => name === 'incidents.md')?.text ?? '';
    assert.match(text, /The SIP gateways are a group/);
  });

  it('says where a hidden contact is', () => {
    const hidden = { ...outputs, contacts: { onCall: '[secret]' } };
    const { documents } = renderRunbook(templates, hidden);
    const text = documents.find(({ name }) => name === 'service-level.md')?.text ?? '';
    assert.match(text, /kept secret: `pulumi stack output contacts --show-secrets --stack prod`/);
    assert.match(text, /nobody is named in the configuration/);
  });
});

describe("the runbook's commands", () => {
  let outputs: StackOutputs;
  before(async () => {
    outputs = parseStackOutputs(await stackOutputs('prod'));
  });

  it('have one id each', () => {
    const ids = commandsOf(outputs).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('are what a shell takes, on both sides', () => {
    for (const { id, shell } of commandsOf(outputs)) {
      const checked = spawnSync('sh', ['-n', '-c', shell], { encoding: 'utf8' });
      assert.deepEqual([checked.status, checked.stderr], [0, ''], id);
      const [, remote] = /^npx council remote \S+ --region \S+ '([^']*)'$/.exec(shell) ?? [];
      assert.equal(shell.startsWith('npx council remote') ? remote !== undefined : true, true, id);
      if (remote === undefined) continue;
      const inner = spawnSync('sh', ['-n', '-c', remote], { encoding: 'utf8' });
      assert.deepEqual([inner.status, inner.stderr], [0, ''], `${id}: ${remote}`);
    }
  });

  it('ask another host about a member that is lost', () => {
    const of = (id: string): string => commandsOf(outputs).find((command) => command.id === id)?.shell ?? '';
    const { instances, addresses } = outputs;
    assert.equal(
      of('member-replace-gatekeeper-primary'),
      `npx council remote ${instances['gatekeeper-secondary']} --region eu-central-1 'council ha replace-member gatekeeper-primary --peer-url https://${addresses.private['gatekeeper-primary']}:2380'`,
    );
    assert.ok(of('member-replace-gatekeeper-secondary').includes(instances['gatekeeper-primary']));
    assert.ok(of('member-empty-gatekeeper-secondary').includes(instances['gatekeeper-secondary']));
  });
});
