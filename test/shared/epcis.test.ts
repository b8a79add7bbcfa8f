import { existsSync, readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolContext } from '@parley/engine';
import { openDesk } from '@parley-workflows/backend/desk';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { epcisDocument } from '../../workflows/supply-chain/backend/epcis.ts';
import { FREIGHT } from '../../workflows/supply-chain/backend/freight.ts';
import tools from '../../workflows/supply-chain/tools.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(here, '..', '..', '..', 'shared', 'standards', 'EPCIS-JSON-Schema.json');
const NOW = Date.parse('2026-11-24T10:00:00Z');

if (existsSync(file)) {
  describe("what the supply chain's tools capture, by GS1's JSON Schema of EPCIS 2.0", () => {
    let folder: string;
    let captured: ReturnType<typeof epcisDocument>;
    const schema = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
    // Its draft is 7, Ajv's own. The schema says things twice that strict mode wants said once.
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    const problems = (document: unknown) => (validate(document) ? [] : (validate.errors ?? []));

    beforeAll(async () => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'freight-'));
      const place = { folder, today: '2026-11-24' };
      const offered = tools(place);
      let calls = 0;
      const context = (): ToolContext => ({
        session: 's1',
        idempotencyKey: `key ${++calls}`,
        attempt: 1,
        signal: new AbortController().signal,
        now: NOW,
      });
      const call = async (name: string, input: { readonly [field: string]: string | number }) => {
        await offered[name]?.call(input, context());
      };
      const prove = async (personId: string) => {
        await call('identity.send_code', { personId });
        await call('identity.verify', { personId, code: '424242' });
      };
      // Everything that captures something, in each of its forms.
      await prove('P1004');
      const delay = { personId: 'P1004', shipmentId: 'S3000001', day: '2026-11-27', reason: 'weather' };
      await call('delays.report', delay);
      await call('deliveries.report', { personId: 'P1004', shipmentId: 'S2000012', pallets: 2 });
      await prove('P1001');
      await call('claims.open', { personId: 'P1001', shipmentId: 'S2000002', cartons: 3, damage: 'crushed' });
      for (const [shipmentId, found] of [
        ['S2000001', 'moving'],
        ['S2000004', 'delivered'],
        ['S2000005', 'damaged'],
      ] as const) {
        await call('traces.open', { shipmentId });
        await call('traces.answer', { shipmentId, found, place: 'Boise', day: '2026-11-24' });
      }
      captured = epcisDocument(openDesk(FREIGHT, place)(context()).db, NOW);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('is a valid document', () => {
      expect(captured.epcisBody.eventList).toHaveLength(6);
      expect(problems(captured)).toEqual([]);
    });

    it('is a valid document for one shipment, and for one without events', async () => {
      const { db } = openDesk(FREIGHT, { folder, today: '2026-11-24' })({
        session: 's1',
        idempotencyKey: 'k',
        attempt: 1,
        signal: new AbortController().signal,
        now: NOW,
      });
      const one = epcisDocument(db, NOW, 'S2000012');
      expect(one.epcisBody.eventList).toHaveLength(1);
      expect([problems(one), problems(epcisDocument(db, NOW, 'S2000003'))]).toEqual([[], []]);
    });

    it('is valid event by event', () => {
      for (const event of captured.epcisBody.eventList)
        expect(problems({ '@context': captured['@context'], ...event })).toEqual([]);
    });

    // That the schema is looked at at all: each of these breaks what it says.
    it.each<[string, { readonly [field: string]: unknown }]>([
      ['a business step that is no term of the vocabulary', { bizStep: 'delivering' }],
      ['a disposition that is none', { disposition: 'broken' }],
      ['a time without its zone', { eventTime: '2026-11-24T10:00:00' }],
      ['an offset that is none', { eventTimeZoneOffset: 'UTC' }],
      ['an id that is no URI', { eventID: '42' }],
      ['a field of its own', { damage: 'crushed' }],
      ['data of a lot where nothing was made', { ilmd: { 'example:lot': 'L1' } }],
    ])('is told from one with %s', (_what, wrong) => {
      const [first, ...others] = captured.epcisBody.eventList;
      const document = { ...captured, epcisBody: { eventList: [{ ...first, ...wrong }, ...others] } };
      expect(problems(document)).not.toEqual([]);
    });
  });
} else {
  const missing = `GS1's JSON Schema of EPCIS 2.0 is not at ${path.relative(process.cwd(), file)}.`;
  console.warn(missing);
  it.skip(missing, () => undefined);
}
