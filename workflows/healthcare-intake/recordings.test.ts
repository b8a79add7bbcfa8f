import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { testRecordings } from '@parley/replay/jest';
import clinicTools from './tools.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

testRecordings(path.join(here, 'recordings'), { file: path.join(here, 'workflow.yaml'), tools: clinicTools({}) });
