import { openSocket } from '../../shared/socket.ts';
import { keep } from '../kept.ts';
import { Call, type CallOptions } from './call.ts';
import { settings } from './settings.ts';
import { speakAloud } from './speaker.ts';

/** Opens a call, or comes back to one, with this browser's voice and clock. */
export function openCall(begin: CallOptions['begin']): Call {
  return new Call({
    begin,
    connect: openSocket,
    speak: (parts, said) => speakAloud(parts, settings.view, said),
    after: (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
    keep: (call) => keep({ kind: 'call', ...call }),
    silenceByItself: settings.view().silenceByItself,
  });
}
