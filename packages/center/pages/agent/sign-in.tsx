import { useState } from 'react';

/** Asks for the agent's name: callers see it. */
export function SignIn({ begin }: { readonly begin: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <main className="sign-in">
      <h1>Take contacts</h1>
      <p>Calls and chats that a workflow hands over wait here, with what was said and done before.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') begin(name.trim());
        }}
      >
        <label htmlFor="name">Your name, as callers see it</label>
        <input
          id="name"
          value={name}
          maxLength={60}
          required
          autoComplete="given-name"
          onChange={({ target }) => setName(target.value)}
        />
        <button type="submit" className="main">
          Start
        </button>
      </form>
    </main>
  );
}
