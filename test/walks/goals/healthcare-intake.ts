import type { Fact, Goal, Trade } from '../goal.ts';
import { answer, code, name, unknown } from './people.ts';

const born = (value: string, means: string, slip?: string): Fact => ({
  value,
  as: 'date',
  lines: ['{}', "it's {}", 'I was born {}'],
  named: 'I was born {}',
  means,
  ...(slip === undefined ? {} : { slip }),
});
const yes = answer(undefined, 'yes', 'sure', 'yes, fine');

const MARIA = { name: name('Maria Gonzalez'), born: born('March 12, 1984', '1984-03-12', 'March 2, 1984'), code };
const SEAN = { name: name("Sean O'Connor"), born: born('September 9, 1969', '1969-09-09'), code };
const JAMES = { name: name('James Whitfield'), born: born('July 30, 1951', '1951-07-30'), code };
const NADIA = { name: name('Nadia Petrova'), born: born('January 19, 2001', '2001-01-19'), code };

/** What everybody is asked who comes about something. */
const INTAKE = {
  record: yes,
  been: answer(undefined, 'yes', 'yes, a few times', 'I have'),
  since: answer(undefined, 'about a week', 'since last Monday', 'four days now'),
  severity: { value: '4', as: 'plain', lines: ['{}', "I'd say {}", 'maybe a {}'], slip: '5', means: 4 },
  course: answer('same', 'about the same', 'no better, no worse', 'it stays the same'),
  symptoms: answer(undefined, 'no, only that', 'a bit tired', 'nothing else really'),
  medicines: answer(undefined, 'lisinopril, ten milligrams', 'just vitamin D', 'I take lisinopril'),
  allergies: answer(undefined, 'penicillin', 'I am allergic to penicillin', 'yes, penicillin'),
  reaction: answer(undefined, 'only a rash', 'I just got itchy', 'it was mild'),
  when: answer(undefined, 'as early as you can', 'the first one you have', 'soon please'),
  pick: answer(undefined, 'the first one', 'I take the first', 'the first is fine'),
} satisfies Goal['facts'];
const INSURED = {
  pays: answer(undefined, 'I have insurance', 'yes, I am insured'),
  insurer: answer('blue_mesa', 'Blue Mesa', 'I am with Blue Mesa'),
  member: { value: 'BM1234567', as: 'code', lines: ['{}', "it's {}", 'the card says {}'], slip: 'BM1234576' },
} satisfies Goal['facts'];

const UNWELL = {
  wishes: [
    "I've been coughing for days and I'd like somebody to have a look",
    'could I come in and see somebody about my cough?',
    "I'd like to come in, I can't get rid of this cough",
  ],
  clipped: ['appointment, cough', 'need to see a doctor', 'book me in for a cough'],
  accented: [
    'I have the cough and I want see doctor',
    'please I need appointment with doctor',
    'I am sick, I want to come',
  ],
  plainly: ['an appointment', 'make an appointment'],
};
const reason = answer('a cough', 'a cough', "it's my cough", "I can't stop coughing");

const CANCEL = {
  wishes: ["I can't come to my appointment after all, please take it out", 'I want to call off my visit with you'],
  clipped: ['cancel my appointment', 'cancel visit'],
  accented: ['I want cancel my appointment', 'please I not come, cancel the visit'],
  plainly: ['cancel an appointment', 'cancel'],
};
const MOVE = {
  wishes: [
    'my appointment is at a bad time, can I have another one?',
    'I need to come on a different day than we said',
  ],
  clipped: ['move my appointment', 'need to reschedule'],
  accented: ['I want change day of my appointment', 'please other day for my appointment'],
  plainly: ['move an appointment', 'move it'],
};

const GOALS: readonly Goal[] = [
  {
    name: 'visit',
    ...UNWELL,
    facts: { ...MARIA, ...INTAKE, ...INSURED, reason },
    breath: ['name', 'born'],
    first: {
      wishes: ['I want to cancel my appointment'],
      turns: ["no, sorry, I'd rather make a new appointment, I have a cough"],
    },
    writes: [
      { tool: 'intake.file', input: { patientId: 'P1001' } },
      { tool: 'appointments.book', input: { patientId: 'P1001' } },
    ],
    agrees: /goes into your record|i'll book .*cough/i,
    by: 'line',
    least: 12,
  },
  {
    name: 'new-patient',
    ...UNWELL,
    facts: {
      ...INTAKE,
      reason,
      been: answer(undefined, 'no', "no, I'm new here", 'never been'),
      name: name('Helen Marsh'),
      born: born('May 4, 1990', '1990-05-04', 'May 14, 1990'),
      phone: {
        value: '602-555-0177',
        as: 'code',
        lines: ['{}', "it's {}"],
        named: 'my number is {}',
        means: '+16025550177',
      },
      medicines: answer(undefined, 'none', "I don't take any", 'no medicines'),
      allergies: answer(undefined, 'no allergies', 'none that I know', 'nothing'),
      pays: answer(undefined, "I'll pay it myself", 'I pay cash', 'no insurance'),
    },
    breath: ['name', 'born'],
    writes: [
      { tool: 'patients.register', input: { born: '1990-05-04' } },
      { tool: 'intake.file_new', input: { coverage: 'self_pay' } },
      { tool: 'appointments.book_new', input: {} },
    ],
    agrees: /goes into your record|helen marsh, born may 4(?:th)?,? 1990|i'll book .*cough/i,
    by: 'line',
    least: 12,
  },
  {
    name: 'not-taken',
    ...UNWELL,
    facts: {
      ...NADIA,
      ...INTAKE,
      reason,
      pays: answer(undefined, 'I have insurance', 'yes, I am insured'),
      insurer: answer('canyon', 'Canyon Mutual', 'I am with Canyon Mutual'),
      member: { value: 'CM4445556', as: 'code', lines: ['{}', "it's {}"] },
      paySelf: answer(undefined, "then I'll pay", "I'll pay it myself"),
    },
    breath: ['name', 'born'],
    writes: [
      { tool: 'intake.file', input: { patientId: 'P1006', coverage: 'self_pay' } },
      { tool: 'appointments.book', input: { patientId: 'P1006' } },
    ],
    agrees: /goes into your record|i'll book .*cough/i,
    by: 'line',
    least: 13,
  },
  {
    name: 'move',
    ...MOVE,
    facts: {
      ...MARIA,
      record: answer(undefined, 'no', 'no recording please', 'rather not'),
      when: { value: 'Thursday morning', as: 'plain', lines: ['{}', 'on {}'] },
      pick: answer(undefined, 'the first one', 'I take the first'),
    },
    breath: ['name', 'born'],
    writes: [{ tool: 'appointments.move', input: { patientId: 'P1001' } }],
    agrees: /i'll move your appointment .* to .*thursday/i,
    by: 'line',
    least: 6,
  },
  {
    name: 'cancel',
    ...CANCEL,
    facts: { ...MARIA, record: yes },
    breath: ['name', 'born'],
    first: {
      wishes: ['I want to move my appointment'],
      turns: ['you know what, just cancel it', 'no, actually, cancel the appointment'],
    },
    writes: [{ tool: 'appointments.cancel', input: { patientId: 'P1001' } }],
    agrees: /cancel your appointment/i,
    by: 'line',
    least: 5,
  },
  {
    name: 'cancel-second',
    ...CANCEL,
    facts: { ...SEAN, record: yes, pick: answer(undefined, 'the second one', 'the one after that', 'the second') },
    breath: ['name', 'born'],
    writes: [{ tool: 'appointments.cancel', input: { patientId: 'P1007' } }],
    agrees: /cancel your appointment on .*december 3/i,
    by: 'line',
    least: 6,
  },
  {
    name: 'look',
    wishes: ["I forgot what day I'm coming in, can you tell me?", 'when was it that I come to see you?'],
    clipped: ['when is my appointment', 'appointment time?'],
    accented: ['when I have my appointment please', 'what day is my visit, I forget'],
    plainly: ['when my appointment is', 'I want to know when my appointment is'],
    facts: { ...SEAN, record: yes },
    breath: ['name', 'born'],
    writes: [],
    hears: /you have appointments on/i,
    by: 'line',
    least: 4,
  },
  {
    name: 'today',
    ...MOVE,
    facts: { ...JAMES, record: yes },
    breath: ['name', 'born'],
    writes: [],
    by: 'person',
    least: 4,
  },
  {
    name: 'refill',
    wishes: ["I'm nearly out of my blood pressure tablets", 'can the doctor write me a new prescription?'],
    clipped: ['refill please', 'need a prescription'],
    accented: ['my medicine is finish, I need more', 'I want new prescription please'],
    plainly: ['a prescription', 'I want a nurse'],
    facts: { ...MARIA, record: yes },
    breath: [],
    writes: [],
    by: 'person',
    least: 2,
  },
  {
    name: 'chest',
    ...UNWELL,
    facts: {
      ...MARIA,
      ...INTAKE,
      reason,
      symptoms: answer(
        undefined,
        'there is this pressure on my chest',
        'my chest hurts when I move',
        'my chest feels tight',
      ),
      stay: answer(undefined, 'please get me a nurse', 'I stay on the line', "I can't call them"),
    },
    breath: ['name', 'born'],
    writes: [{ tool: 'flags.raise', input: { flag: 'chest' } }],
    agrees: /goes into your record/i,
    by: 'person',
    least: 9,
  },
  {
    name: 'unbearable',
    ...UNWELL,
    facts: {
      ...MARIA,
      ...INTAKE,
      reason: answer(undefined, 'my back', 'my back is killing me'),
      severity: { value: '9', as: 'plain', lines: ['{}', "it's a {}"], means: 9 },
    },
    breath: ['name', 'born'],
    writes: [{ tool: 'flags.raise', input: { flag: 'unclear' } }],
    agrees: /goes into your record/i,
    by: 'person',
    least: 8,
  },
  {
    name: 'person',
    wishes: ['can I speak to the lady at the desk?', 'I would rather talk to somebody in the office'],
    clipped: ['front desk', 'a human please'],
    accented: ['I want speak with person please', 'can I talk to somebody'],
    plainly: ['a person', 'I want to talk to a person'],
    facts: { record: unknown('can I just talk to a person', 'get me a person please') },
    breath: [],
    writes: [],
    by: 'person',
    least: 1,
  },
];

/** Patients of the clinic: those it is seeded with, and one who is new. */
export const HEALTHCARE_INTAKE: Trade = {
  workflow: 'healthcare-intake',
  cues: [
    { topic: 'record', hears: /may i record/i },
    { topic: 'stay', hears: /stay on the line/i },
    { topic: 'been', hears: /been to cedar clinic before/i },
    { topic: 'isNew', hears: /are you new to/i },
    { topic: 'need', hears: /would you like an appointment|get you a nurse\. which is it/i },
    { topic: 'reason', hears: /what brings you in/i },
    { topic: 'since', hears: /how long have you had/i },
    { topic: 'severity', hears: /how bad is it|number from zero to ten/i },
    { topic: 'course', hears: /getting better, getting worse/i },
    { topic: 'symptoms', hears: /noticed anything else/i },
    { topic: 'medicines', hears: /which medicines do you take/i },
    { topic: 'allergies', hears: /allergic to anything/i },
    { topic: 'reaction', hears: /worst it ever did/i },
    { topic: 'pays', hears: /do you have insurance/i },
    { topic: 'insurer', hears: /which insurance do you have|I know blue mesa/i },
    { topic: 'member', hears: /member id/i },
    { topic: 'paySelf', hears: /pay for the visit yourself, or a colleague/i },
    { topic: 'when', hears: /when would suit you|something like tuesday/i },
    { topic: 'pick', hears: /which would you like|would you like that\?|say the first|which one do you mean/i },
    { topic: 'phone', hears: /phone number to reach|number with its area code/i },
  ],
  goals: GOALS,
  void: [
    { topic: 'code', hears: /I've sent a six-digit code|isn't the code/i },
    { topic: 'member', hears: /can't find that number/i },
    ...['name', 'born'].map((topic) => ({ topic, hears: /can't find (?:anybody|a patient)|once more, please/i })),
    { topic: 'phone', hears: /once more, please/i },
    { topic: 'when', hears: /nothing like that in the next/i },
  ],
  aside: ['identity.send_code', 'identity.verify', 'identity.vouched'],
};
