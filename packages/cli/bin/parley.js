#!/usr/bin/env node
// Tools are TypeScript: tsx lets Node 20 import them. On Node 22.18 and later Node could do it alone.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
