import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../commands.ts';
import { RECIPE } from './recipe.ts';

/** Debian's own front; `COUNCIL_LAB_MIRROR` names another. */
const MIRROR = 'http://deb.debian.org/debian';
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** What names a file of authorities to pip and what it uses; a file of this machine is not there in the image. */
const CA_VARIABLES = ['CURL_CA_BUNDLE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'];

export interface ImageArgs {
  /** Folder of images. */
  readonly cache: string;
  /** Told what is done now, once for each step. */
  readonly progress: (step: string) => void;
}

/** An image's name: the recipe is all that it depends on. */
export const imageId = (): string => createHash('sha256').update(JSON.stringify(RECIPE)).digest('hex').slice(0, 12);

export const imageFolder = (cache: string): string => join(cache, 'images', imageId());

/**
 * The folder of the image's root, built where it is not there yet: one to three minutes, and some 600 MB. It is made
 * aside and moved into its place whole, so a build that was broken off leaves no image.
 * @throws CommandError with what debootstrap, apt or pip complained of
 */
export async function ensureImage({ cache, progress }: ImageArgs): Promise<string> {
  const folder = imageFolder(cache);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    await chmod(draft, 0o755);
    await build(draft, progress);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function build(root: string, progress: (step: string) => void): Promise<void> {
  const mirror = process.env['COUNCIL_LAB_MIRROR'] ?? MIRROR;
  progress(`Debian ${RECIPE.suite} from ${mirror}`);
  await run('debootstrap', ['--variant=minbase', '--include=ca-certificates', RECIPE.suite, root, mirror]);
  const inside = (program: string, ...args: string[]): Promise<string> =>
    run('chroot', [root, program, ...args], {
      env: {
        DEBIAN_FRONTEND: 'noninteractive',
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...Object.fromEntries(CA_VARIABLES.map((name) => [name, '/tmp/ca.crt'])),
        LANG: 'C.UTF-8',
        HOME: '/root',
        TMPDIR: '/tmp',
      },
    });

  progress(`${RECIPE.packages.length} packages and what they need`);
  // Nothing may be started on this machine by a package of the image.
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
  await inside('apt-get', '-qq', 'update');
  await inside('apt-get', '-qq', '-y', '--no-install-recommends', 'install', ...RECIPE.packages);

  progress(`the AWS client, ${RECIPE.awsCli}`);
  await copyFile(BUNDLE, join(root, 'tmp/ca.crt'));
  await inside('python3', '-m', 'venv', '/opt/aws-cli');
  await inside('/opt/aws-cli/bin/pip', '--disable-pip-version-check', '--quiet', 'install', RECIPE.awsCli);
  await inside('ln', '-s', '/opt/aws-cli/bin/aws', '/usr/bin/aws');
  await inside('python3', '-m', 'compileall', '-q', '/opt/aws-cli/lib');

  progress('stand-ins, and what the image leaves out');
  for (const [name, files] of Object.entries(RECIPE.standIns)) await standIn(root, name, files, inside);
  for (const unit of RECIPE.disabled) await inside('systemctl', 'disable', '--quiet', unit);
  await inside('systemctl', 'mask', '--quiet', ...RECIPE.masked);

  // No source of packages: what boot data asks for is there, so that apt has nothing to fetch and answers at once.
  await rm(join(root, 'etc/apt/sources.list'));
  await inside('apt-get', '-qq', 'clean');
  for (const path of ['var/lib/apt/lists', 'usr/sbin/policy-rc.d', 'etc/resolv.conf', 'tmp/ca.crt', 'etc/hostname'])
    await rm(join(root, path), { recursive: true, force: true });
  // Empty, so that each host makes one of its own without taking this for the first boot of the system.
  await writeFile(join(root, 'etc/machine-id'), '');
  await writeFile(join(root, 'etc/resolv.conf'), '');
}

/** Puts files below a root; what stands in a folder of programs is one. */
async function place(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const isProgram = /\/s?bin\//.test(path);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content, { mode: isProgram ? 0o755 : 0o644 });
  }
}

async function standIn(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
  inside: (program: string, ...args: string[]) => Promise<string>,
): Promise<void> {
  const folder = `tmp/${name}`;
  await place(root, {
    [`${folder}/DEBIAN/control`]: `Package: ${name}
Version: 99-lab
Architecture: all
Maintainer: lab
Description: stand-in of the lab
`,
  });
  await place(join(root, folder), files);
  await inside('dpkg-deb', '--build', '--root-owner-group', `/${folder}`, `/${folder}.deb`);
  await inside('dpkg', '--install', `/${folder}.deb`);
  await rm(join(root, folder), { recursive: true });
  await rm(join(root, `${folder}.deb`));
}
