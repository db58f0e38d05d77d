import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPart } from '../../../components/plan/documents.ts';
import { updateFiles } from '../../../components/plan/files.ts';
import { temporaryFolder } from '../../adapters/temporary-folder.ts';

const part = { file: 'README.md', section: 'topology', text: 'new\n' };
const [BEGIN, END] = ['<!-- topology:begin -->', '<!-- topology:end -->'];

describe('a generated part of a document', () => {
  const folder = temporaryFolder();

  it('goes between its markers, and changes nothing else', () => {
    for (const [before, after] of [
      ['# A\n\n', '\nend\n'],
      ['', ''],
      ['text with $& and $1\n', 'more\n'],
    ]) {
      const document = (text: string): string => `${before}${BEGIN}\n${text}${END}\n${after}`;
      assert.equal(withPart(document('old\nlines\n'), part), document('new\n'));
      assert.equal(withPart(document(''), part), document('new\n'));
      assert.equal(withPart(document('new\n'), part), document('new\n'));
    }
  });

  it('needs exactly one pair of markers, in their order', () => {
    for (const document of [
      '',
      `${BEGIN}\n`,
      `${END}\n`,
      `${END}\n${BEGIN}\n`,
      `${BEGIN}\n${END}\n${BEGIN}\n${END}\n`,
      `${BEGIN}\n${END}\n${END}\n`,
      `in a line ${BEGIN}\n${END}\n`,
      `${BEGIN} ${END}\n`,
    ])
      assert.throws(() => withPart(document, part), {
        name: 'MarkerError',
        message: `README.md must have one line ${BEGIN} and below it one line ${END}`,
      });
  });

  it('is written together with all others, or none is', () => {
    const path = join(folder(), 'README.md');
    const other = { ...part, section: 'other' };
    writeFileSync(path, `${BEGIN}\n${END}\n`);
    assert.throws(() => updateFiles(folder(), [part, other]), { name: 'MarkerError' });
    assert.equal(readFileSync(path, 'utf8'), `${BEGIN}\n${END}\n`);

    writeFileSync(path, `${BEGIN}\n${END}\n<!-- other:begin -->\n<!-- other:end -->\n`);
    const whole = { file: 'docs/ports.md', text: 'ports\n' };
    assert.deepEqual(updateFiles(folder(), [part, other, whole]), ['README.md', 'docs/ports.md']);
    assert.equal(readFileSync(path, 'utf8'), `${BEGIN}\nnew\n${END}\n<!-- other:begin -->\nnew\n<!-- other:end -->\n`);
    assert.equal(readFileSync(join(folder(), 'docs/ports.md'), 'utf8'), 'ports\n');
    assert.deepEqual(updateFiles(folder(), [part, other, whole]), []);
  });
});
