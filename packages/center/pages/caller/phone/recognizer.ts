interface Alternative {
  readonly transcript: string;
  readonly confidence: number;
}

/** As far as it is used here, of https://webaudio.github.io/web-speech-api/ */
interface Recognition extends EventTarget {
  lang: string;
  interimResults: boolean;
  maxAlternatives: number;
  onspeechstart: (() => void) | null;
  onresult:
    | ((event: { readonly results: ArrayLike<ArrayLike<Alternative> & { readonly isFinal: boolean }> }) => void)
    | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
  abort(): void;
}

declare global {
  interface Window {
    readonly SpeechRecognition?: new () => Recognition;
    readonly webkitSpeechRecognition?: new () => Recognition;
  }
}

/** Told of what the caller says into the microphone. */
export interface Hearer {
  began(): void;
  /** What is understood up to now. */
  sofar(text: string): void;
  /** All that was said, and how else it may be understood, with how sure that is, from 0 to 1. */
  heard(text: string, others: readonly (readonly [text: string, sure: number])[]): void;
  ended(problem: string | undefined): void;
}

export const canHear = (): boolean => recognitionOf() !== undefined;

const recognitionOf = () => window.SpeechRecognition ?? window.webkitSpeechRecognition;

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['not-allowed', 'The browser may not use the microphone. Type what you want to say.'],
  ['service-not-allowed', 'The browser may not use its speech recognition. Type what you want to say.'],
  ['audio-capture', 'No microphone was found. Type what you want to say.'],
  ['network', 'The browser’s speech recognition is out of reach. Type what you want to say.'],
]);

/** Listens by the browser's speech recognition, up to the end of what is said. What it returns ends it earlier. */
export function listenOnce(hearer: Hearer): () => void {
  const Recognizer = recognitionOf();
  if (!Recognizer) {
    hearer.ended('This browser has no speech recognition. Type what you want to say.');
    return () => undefined;
  }
  const recognition = new Recognizer();
  recognition.lang = 'en-US';
  recognition.interimResults = true;
  recognition.maxAlternatives = 5;
  let problem: string | undefined;
  recognition.onspeechstart = () => hearer.began();
  recognition.onresult = ({ results }) => {
    const all = Array.from(results);
    hearer.sofar(all.map((result) => result[0]?.transcript ?? '').join(' '));
    const [final] = all.filter(({ isFinal }) => isFinal);
    if (!final) return;
    const [best, ...others] = Array.from(
      final,
      ({ transcript, confidence }) => [transcript.trim(), confidence] as const,
    );
    if (best && best[0] !== '')
      hearer.heard(
        best[0],
        others.filter(([text]) => text !== ''),
      );
  };
  recognition.onerror = ({ error }) => {
    problem = PROBLEMS.get(error);
  };
  recognition.onend = () => hearer.ended(problem);
  recognition.start();
  return () => recognition.stop();
}
