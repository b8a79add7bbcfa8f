/** The way to what a contact's session did, which is kept after the contact is over. */
export function SessionLink({
  workflow,
  contact,
}: {
  readonly workflow: string;
  readonly contact: string | undefined;
}) {
  if (workflow === '' || contact === undefined) return null;
  return (
    <a className="session-link" href={`/watch?${new URLSearchParams({ workflow, session: contact })}`}>
      See this session
    </a>
  );
}
