#!/usr/bin/env node
/** The launcher of `council plan` and `npm run plan`. */
import { launch } from './launch.mjs';

await launch('council plan', new URL('main.ts', import.meta.url));
