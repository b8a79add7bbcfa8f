const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
const NAMES: ReadonlyMap<string, string> = new Map([
  ['*', 'star'],
  ['#', 'pound'],
]);

/** The keys of a phone. While one of them has the focus, they are pressed by the keyboard's digits, too. */
export function Keypad({ press, disabled }: { readonly press: (key: string) => void; readonly disabled: boolean }) {
  return (
    // The keys are buttons; those of the keyboard only do the same.
    <fieldset
      className="keypad"
      disabled={disabled}
      onKeyDown={({ key, ctrlKey, metaKey, altKey }) => {
        if (!ctrlKey && !metaKey && !altKey && /^[0-9*#]$/.test(key)) press(key);
      }}
    >
      <legend>Keypad</legend>
      {KEYS.map((key) => (
        <button key={key} type="button" aria-label={NAMES.get(key) ?? key} onClick={() => press(key)}>
          {key}
        </button>
      ))}
    </fieldset>
  );
}
