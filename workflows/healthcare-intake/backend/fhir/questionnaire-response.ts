import type { QuestionnaireResponse, QuestionnaireResponseItem } from '@medplum/fhirtypes';
import { CLINIC, instant } from './terms.ts';

/** What a caller told at the intake. What was not told is left out. */
export interface Intake {
  readonly reason: string;
  readonly since?: string | undefined;
  /** 0 (none) to 10 (the worst there is). */
  readonly severity?: number | undefined;
  readonly course?: 'better' | 'same' | 'worse' | undefined;
  readonly symptoms?: string | undefined;
  readonly medicines?: string | undefined;
  readonly allergies?: string | undefined;
  readonly reaction?: 'mild' | 'serious' | undefined;
  readonly coverage: 'insured' | 'not_verified' | 'self_pay';
  readonly insurer?: string | undefined;
  readonly memberId?: string | undefined;
}

type Answer = NonNullable<QuestionnaireResponseItem['answer']>[number];

const text = (value: string | undefined): Answer | undefined =>
  value === undefined ? undefined : { valueString: value };

const coded = (system: string, codes: { readonly [code: string]: string }, code: string | undefined) =>
  code === undefined
    ? undefined
    : { valueCoding: { system: `${CLINIC}/${system}`, code, display: codes[code] ?? code } };

const COURSES = { better: 'Getting better', same: 'About the same', worse: 'Getting worse' };
const REACTIONS = { mild: 'Mild', serious: 'Needed emergency care' };
const COVERAGES = { insured: 'Insured, verified', not_verified: 'Insured, not verified', self_pay: 'Pays themselves' };

/** An intake as FHIR R4: one item for each question that was answered. */
export function intakeResource(id: string, patient: string, at: number, intake: Intake): QuestionnaireResponse {
  const subject = { reference: `Patient/${patient}` };
  const item = (linkId: string, question: string, answer: Answer | undefined): QuestionnaireResponseItem[] =>
    answer === undefined ? [] : [{ linkId, text: question, answer: [answer] }];
  const { severity } = intake;
  return {
    resourceType: 'QuestionnaireResponse',
    id,
    questionnaire: `${CLINIC}/Questionnaire/telephone-intake`,
    status: 'completed',
    subject,
    source: subject,
    authored: instant(at),
    item: [
      ...item('reason', 'Reason for the visit', text(intake.reason)),
      ...item('since', 'When it began', text(intake.since)),
      ...item('severity', 'How bad, 0 to 10', severity === undefined ? undefined : { valueInteger: severity }),
      ...item('course', 'Better or worse', coded('course', COURSES, intake.course)),
      ...item('symptoms', 'Other symptoms', text(intake.symptoms)),
      ...item('medicines', 'Medicines taken', text(intake.medicines)),
      ...item('allergies', 'Allergies', text(intake.allergies)),
      ...item('reaction', 'Worst reaction', coded('reaction', REACTIONS, intake.reaction)),
      ...item('coverage', 'Who pays', coded('coverage', COVERAGES, intake.coverage)),
      ...item('insurer', 'Insurer', text(intake.insurer)),
      ...item('member-id', 'Member ID', text(intake.memberId)),
    ],
  };
}
