import { describe, expect, it } from '@jest/globals';
import { readPicking } from './interactive.ts';

const message = (templateType: string, content: object) =>
  JSON.stringify({ templateType, version: '1.0', data: { content } });

describe('an interactive message', () => {
  it('is a list of titles, which are sent as they stand', () => {
    const elements = [{ title: 'Track it', subtitle: 'Where it is' }, { title: 'Cancel it' }];
    expect(readPicking(message('ListPicker', { title: 'What now?', subtitle: 'Pick one', elements }))).toEqual({
      title: 'What now?',
      subtitle: 'Pick one',
      options: [
        { label: 'Track it', more: 'Where it is', answer: 'Track it' },
        { label: 'Cancel it', more: undefined, answer: 'Cancel it' },
      ],
    });
  });

  it('has times as they are where they take place, which are sent as they were offered', () => {
    const timeslots = [
      { date: '2026-12-01T09:00-05:00', duration: 5_400 },
      { date: '2026-12-01T15:30-0330', duration: 1_800 },
      { date: 'soon' },
    ];
    expect(readPicking(message('TimePicker', { title: 'When?', timeslots }))?.options).toEqual([
      { label: 'Tuesday, December 1 at 9:00 AM', more: '1 h 30 min', answer: '2026-12-01T09:00-05:00' },
      { label: 'Tuesday, December 1 at 3:30 PM', more: '30 min', answer: '2026-12-01T15:30-0330' },
      { label: 'soon', more: undefined, answer: 'soon' },
    ]);
  });

  it('has times in the time zone that it names', () => {
    const timeslots = [{ date: '2026-12-01T23:30+0000', duration: 60 }];
    const given = message('TimePicker', { title: 'When?', timeZoneOffset: 120, timeslots });
    expect(readPicking(given)?.options[0]?.label).toBe('Wednesday, December 2 at 1:30 AM');
  });

  it.each([['no JSON'], [message('Carousel', { title: 'x', elements: [] })], ['{"templateType":"ListPicker"}']])(
    'is not read from %s',
    (content) => {
      expect(readPicking(content)).toBeUndefined();
    },
  );
});
