import assert from 'node:assert/strict';
import { readEngineRun } from '../../../components/plan/engine-events.ts';
import { codeBlock, plainMarkdown } from '../../../components/plan/markdown.ts';
import { LONGEST_REPORT, type Mode, runReport } from '../../../components/plan/run-report.ts';
import { errorEvent, eventLog, policyEvent, stepEvent, urnOf } from './engine-log.ts';

interface Options {
  readonly mode?: Mode;
  readonly exitCode?: number;
  readonly log?: string;
}

const report = (events: readonly unknown[], { mode = 'preview', exitCode = 0, log = '' }: Options = {}): string =>
  runReport({ mode, stack: 'prod', exitCode, run: readEngineRun(eventLog(...events)), log });

const headlineOf = (text: string): string => text.split('\n')[1] ?? '';

const replaced = stepEvent('replace', 'Instance', 'mcu', {
  before: { ami: 'ami-1', userData: 'a\nb\nc\n' },
  after: { ami: 'ami-2', userData: 'a\nB\nc\n' },
});

describe('the report of a run of Pulumi', () => {
  it('is for a preview what would change, what is lost first', () => {
    const text = runReport({
      mode: 'preview',
      stack: 'prod',
      exitCode: 0,
      run: readEngineRun(eventLog(stepEvent('create', 'Eip', 'mcu', { after: { domain: 'vpc' } }), replaced)),
      log: '',
      commit: '0123456789abcdef',
      link: 'https://example.org/run/1',
    });
    assert.equal(
      text,
      [
        '<!-- guardian-council preview: prod -->',
        '### prod: 1 to create, 1 to replace',
        '',
        'Commit 0123456789ab, [the whole log](https://example.org/run/1).',
        '',
        '**Replaced or deleted**',
        '',
        '| | Resource |',
        '|---|---|',
        `| replace | ${plainMarkdown('aws:x/y:Instance mcu')} |`,
        '',
        '<details><summary>What changes</summary>',
        '',
        '```diff',
        '+ aws:x/y:Eip mcu',
        '+     domain: vpc',
        '',
        '~ aws:x/y:Instance mcu',
        '-     ami: ami-1',
        '+     ami: ami-2',
        '      userData:',
        '        @@ -1 +1 @@',
        '        a',
        '-       b',
        '+       B',
        '        c',
        '',
        '1 added, 1 changed, 0 removed',
        '```',
        '',
        '</details>',
        '',
      ].join('\n'),
    );
  });

  it('says in its headline how it went, for each that Pulumi was asked for', () => {
    const create = stepEvent('create', 'Eip', 'mcu');
    const created = stepEvent('create', 'Eip', 'mcu', { phase: 'resOutputsEvent', planning: false });
    const mandatory = policyEvent('mandatory', 'p', 'm');
    for (const [mode, exitCode, events, headline] of [
      ['preview', 0, [], 'no changes'],
      ['preview', 1, [create, mandatory], 'the preview failed (1 to create, refused by a policy)'],
      ['preview', 1, [], 'the preview failed (no changes)'],
      ['drift', 0, [], 'no drift'],
      ['drift', 1, [create], 'it has drifted: 1 to create'],
      ['drift', 1, [], 'whether it has drifted could not be told'],
      ['drift', 1, [create, errorEvent('the program failed')], 'whether it has drifted could not be told'],
      ['up', 0, [create, created], 'up done: 1 created'],
      ['up', 1, [create], 'up failed; done before that: nothing'],
      ['up', 1, [create, created], 'up failed; done before that: 1 created'],
      ['destroy', 0, [], 'destroy done: nothing'],
    ] as const)
      assert.equal(headlineOf(report(events, { mode, exitCode })), `### prod: ${headline}`);
  });

  it('shows what policies say, those that refuse first', () => {
    const text = report(
      [policyEvent('advisory', 'tags', 'no Name'), policyEvent('mandatory', 'imdsv2', 'v1 | allowed')],
      {
        exitCode: 255,
      },
    );
    const rows = text.split('\n').filter((line) => /^\| (refuses|advises)/.test(line));
    assert.deepEqual(rows, [
      `| refuses | imdsv2 | ${plainMarkdown('aws:x/y:Bucket witness')} | v1 &#124; allowed |`,
      `| advises | tags | ${plainMarkdown('aws:x/y:Bucket witness')} | no Name |`,
    ]);
  });

  it('tells of an up that failed what went wrong, what is gone, and what to do', () => {
    const urn = urnOf('Instance', 'mcu');
    const gone = stepEvent('delete-replaced', 'Instance', 'mcu', { phase: 'resOutputsEvent', planning: false });
    const text = report(
      [gone, { resOpFailedEvent: { metadata: { urn } } }, errorEvent('VcpuLimitExceeded: no more', urn)],
      { mode: 'up', exitCode: 255 },
    );
    const name = plainMarkdown('aws:x/y:Instance mcu');
    assert(text.includes(`| **deleted, not made anew** | ${name} |`), text);
    assert(text.includes(`- ${name}: ${plainMarkdown('VcpuLimitExceeded: no more')}\n`), text);
    assert(text.includes(`Not done: ${name}.\n`), text);
    assert(text.includes('`pulumi preview --refresh --stack prod`'), text);
  });

  it('shows the end of the log where nothing else says why Pulumi failed', () => {
    const log = `${Array.from({ length: 100 }, (_, at) => `line ${at}`).join('\n')}\nerror: no stack named 'prod' found\n`;
    const text = report([], { exitCode: 255, log });
    assert(text.includes("line 99\nerror: no stack named 'prod' found\n```\n"), text);
    assert(!text.includes('line 50\n'), 'only the end');
    assert(!report([errorEvent('known')], { exitCode: 1, log }).includes('no stack named'));
  });

  it('is nothing but text, whatever names, values and messages hold', () => {
    const evil = '@everyone #1 <img src=x> ](http://x) `|` ``` \n</details> **b**';
    const text = report(
      [
        stepEvent('update', 'Topic', evil, { before: { a: evil }, after: { a: `${evil}\n\`\`\`\`\n` } }),
        policyEvent('mandatory', evil, evil),
        errorEvent(evil),
      ],
      { exitCode: 1 },
    );
    const [, fence = '', inside = '', outside = ''] = /\n(`{3,})diff\n(.*?)\n\1\n(.*)$/s.exec(text) ?? [];
    assert.equal(fence, '`````');
    assert(!inside.includes(fence), 'nothing inside ends the block');
    assert.equal(outside, '\n</details>\n');
    const before = text.slice(0, text.indexOf('<details>'));
    const shown = before.slice(before.indexOf('\n', before.indexOf('###')));
    assert(!/[@<>`]|#\d{1,2}(?!\d*;)|\]\(/.test(shown.replaceAll(/&#\d+;/g, '')), shown);
  });

  it('has room in a comment, whatever changes, and says how much was left out', () => {
    const many = Array.from({ length: 3_000 }, (_, at) =>
      stepEvent('delete', 'Instance', `host-${at}-${'é'.repeat(20)}`, { before: {} }),
    );
    const long = stepEvent('update', 'Topic', 't', { before: { a: '`' }, after: { a: `${'é'.repeat(90_000)}\n\n` } });
    const errors = Array.from({ length: 500 }, (_, at) => errorEvent(`${at}${'@'.repeat(5_000)}`));
    for (const events of [many, [long], [...many, long, ...errors]]) {
      const text = report(events, { exitCode: 1, log: `${'x'.repeat(100_000)}\n` });
      assert(text.length <= 65_536, `${text.length} characters`);
    }
    const text = report(many);
    assert(Buffer.byteLength(text) <= LONGEST_REPORT);
    assert.match(text, /\n… and 2950 more\n/);
    assert.match(text, /\n\d+ more lines are in the log\.\n/);
  });
});

describe('a block of code in Markdown', () => {
  it('has a fence that is longer than any inside', () => {
    assert.equal(codeBlock('diff', ['a']), '```diff\na\n```\n');
    assert.equal(codeBlock('', ['```', 'x ````` y']), '``````\n```\nx ````` y\n``````\n');
  });
});
