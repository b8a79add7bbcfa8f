import type { Consent, Flag, QuestionnaireResponse, Resource } from '@medplum/fhirtypes';
import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { appointmentsOnFile } from './appointments.ts';
import { appointmentResource } from './fhir/appointment.ts';
import { consentResource } from './fhir/consent.ts';
import { flagResource, type RedFlag } from './fhir/flag.ts';
import { patientResource } from './fhir/patient.ts';
import { type Intake, intakeResource } from './fhir/questionnaire-response.ts';
import { patientOf } from './patients.ts';

type Document = QuestionnaireResponse | Consent | Flag;

const Kind = z.object({ resourceType: z.enum(['QuestionnaireResponse', 'Consent', 'Flag']) });
/** A row is what `write` wrote. */
const DocumentRow = z.object({ resource: z.string() });
const Written = z.custom<Document>((value) => Kind.safeParse(value).success);

const parsed = ({ resource }: z.output<typeof DocumentRow>): Document => Written.parse(JSON.parse(resource));

/** Writes an intake into a patient's record, with what they agreed to. Returns the id of the intake. */
export function fileIntake(desk: Desk, patient: string, mayRecord: boolean, intake: Intake): string {
  const { now } = desk;
  write(desk, patient, (id) => consentResource(id, patient, now, 'recording', mayRecord));
  write(desk, patient, (id) => consentResource(id, patient, now, 'intake', true));
  return write(desk, patient, (id) => intakeResource(id, patient, now, intake));
}

/** Writes down a red flag; `patient` left out where it is not known who is on the line. */
export const raiseFlag = (desk: Desk, patient: string | undefined, flag: RedFlag): string =>
  write(desk, patient, (id) => flagResource(id, patient, desk.session, desk.now, flag));

/** Everything on file about a patient, as FHIR R4: who they are, their appointments, and what was told on the line. */
export function recordOf(db: Database, patient: string): Resource[] {
  const told = db.all(DocumentRow, 'SELECT resource FROM documents WHERE patient = ? ORDER BY id', patient);
  return [
    patientResource(patientOf(db, patient)),
    ...appointmentsOnFile(db, patient).map(appointmentResource),
    ...told.map(parsed),
  ];
}

/** The flags raised while nobody knew who was on the line. */
export const flagsOfUnknown = (db: Database): Document[] =>
  db.all(DocumentRow, "SELECT resource FROM documents WHERE patient IS NULL AND type = 'Flag' ORDER BY id").map(parsed);

function write({ db, session }: Desk, patient: string | undefined, make: (id: string) => Document): string {
  const { last } = db.one(z.object({ last: z.int() }), 'SELECT coalesce(max(id), 0) AS last FROM documents') ?? {
    last: 0,
  };
  const id = `doc-${last + 1}`;
  const resource = make(id);
  db.run(
    'INSERT INTO documents VALUES (?, ?, ?, ?, ?)',
    last + 1,
    patient ?? null,
    session,
    resource.resourceType,
    JSON.stringify(resource),
  );
  return id;
}
