#!/usr/bin/env node
import { register as registerHooks } from 'node:module';
// Tools are TypeScript: tsx lets Node 20 import them. On Node 22.18 and later Node could do it alone.
import { register } from 'tsx/esm/api';

// Node 26 deprecates how hooks are registered, which is nothing to whoever runs the command.
const { noDeprecation } = process;
process.noDeprecation = true;
register();
registerHooks('./modules.js', import.meta.url);
process.noDeprecation = noDeprecation;
// What the AWS SDK means to say to whoever installs it, of versions to come.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
