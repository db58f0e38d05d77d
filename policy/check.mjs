#!/usr/bin/env node
/** The launcher of `npm run policy`. */
import { launch } from '../components/plan/launch.mjs';

await launch('policy', new URL('main.ts', import.meta.url));
