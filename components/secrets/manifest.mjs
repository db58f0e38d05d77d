#!/usr/bin/env node
/** `manifest.mjs STACK` prints which secrets a stack needs, as JSON; `council secrets` asks it. */
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

const root = fileURLToPath(new URL('../../', import.meta.url));
register({ tsconfig: `${root}tsconfig.json` });
const { printManifest } = await import('./print-manifest.ts');
process.exitCode = printManifest(
  root,
  process.argv[2] ?? '',
  (text) => process.stdout.write(text),
  (text) => process.stderr.write(text),
);
