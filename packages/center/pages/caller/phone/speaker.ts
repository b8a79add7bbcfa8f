import type { Part } from './ssml.ts';

/** How loud it is, from 0 to 1. */
export interface Loudness {
  readonly muted: boolean;
  readonly volume: number;
}

/** A voice that has not begun, or not come to the end of a sentence, after so long is none. Milliseconds. */
const BEGINS = 4_000;
const ENDS = 60_000;

/**
 * Says parts aloud by the browser's speech synthesis, one after the other, and tells when all were said; with false where nothing was
 * to be heard: it is muted, or there is no voice. What it returns stops it.
 */
export function speakAloud(
  parts: readonly Part[],
  loudness: () => Loudness,
  said: (aloud: boolean) => void,
): () => void {
  let stopped = false;
  let heard = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (at: number) => {
    if (stopped) return;
    const part = parts[at];
    const { muted, volume } = loudness();
    if (!part || muted || !('speechSynthesis' in window)) return said(heard);
    if (part.type === 'pause') {
      timer = setTimeout(() => next(at + 1), part.milliseconds);
      return;
    }
    let over = false;
    const done = () => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      next(at + 1);
    };
    const utterance = new SpeechSynthesisUtterance(part.text);
    utterance.lang = 'en-US';
    utterance.volume = volume;
    utterance.onstart = () => {
      heard = true;
      clearTimeout(timer);
      timer = setTimeout(done, ENDS);
    };
    utterance.onend = done;
    utterance.onerror = done;
    timer = setTimeout(done, BEGINS);
    speechSynthesis.speak(utterance);
  };
  next(0);
  return () => {
    stopped = true;
    clearTimeout(timer);
    if ('speechSynthesis' in window) speechSynthesis.cancel();
  };
}

/** What is being said is said no longer: the next part goes by how loud it is to be then. */
export function hush(): void {
  if ('speechSynthesis' in window) speechSynthesis.cancel();
}
