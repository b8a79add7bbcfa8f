import { z } from 'zod';
import { Changing } from '../store.ts';

/** What a caller wants of the phone, kept in the browser for the next call. */
export interface PhoneSettings {
  readonly muted: boolean;
  /** From 0 to 1. */
  readonly volume: number;
  /** Silence is told once it has lasted; else only by its button, for whoever needs more time. */
  readonly silenceByItself: boolean;
}

const KEY = 'parley.phone';
const FIRST: PhoneSettings = { muted: false, volume: 1, silenceByItself: true };
const kept = z.object({ muted: z.boolean(), volume: z.number().min(0).max(1), silenceByItself: z.boolean() });

class Settings extends Changing<PhoneSettings> {
  constructor() {
    super(read());
  }

  set(changes: Partial<PhoneSettings>): void {
    this.change(changes);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.view()));
    } catch {
      // They hold for this page, then.
    }
  }
}

function read(): PhoneSettings {
  try {
    return kept.safeParse(JSON.parse(localStorage.getItem(KEY) ?? '')).data ?? FIRST;
  } catch {
    return FIRST;
  }
}

export const settings = new Settings();
