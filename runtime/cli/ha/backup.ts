import { backup, compact, type ZoneAccess } from '../../service/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { megabytes } from './tables.ts';
import { json, type Options } from './zone-options.ts';

/** `council ha backup --out FILE` */
export async function haBackup(zone: ZoneAccess, options: Options, console: Console): Promise<ExitCode> {
  const file = String(options['out']);
  const isWatched = console.isTerminal && options['json'] !== true;
  const done = await backup(zone, file, ({ written, remaining }) => {
    if (isWatched) console.err(`\r${megabytes(written)} of ${megabytes(written + remaining)} MB`);
  });
  if (isWatched) console.err('\n');
  if (options['json'] === true) json(console, done);
  else
    console.out(
      `${file}: ${megabytes(done.size)} MB of ${done.member}, up to revision ${done.revision} at least\nsha256 of its content, found to be right: ${done.sha256}\n`,
    );
  return EXIT.ok;
}

/** `council ha compact` */
export async function haCompact(zone: ZoneAccess, options: Options, console: Console): Promise<ExitCode> {
  const done = await compact(zone, (name) => {
    if (console.isTerminal) console.err(`${name} …\n`);
  });
  if (options['json'] === true) {
    json(console, done);
    return EXIT.ok;
  }
  console.out(`history before revision ${done.revision} is forgotten\n`);
  for (const { name, before, after } of done.members)
    console.out(`${name}: ${megabytes(before)} MB, now ${megabytes(after)} MB\n`);
  if (done.disarmed) console.out('the alarm NOSPACE is taken back: etcd takes writes again\n');
  return EXIT.ok;
}
