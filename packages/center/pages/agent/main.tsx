import './agent.css';
import { useCallback, useState } from 'react';
import { showPage } from '../shared/page.tsx';
import { AtWork } from './at-work.tsx';
import { forgetAgent, keepAgent, keptAgent } from './kept.ts';
import { SignIn } from './sign-in.tsx';

function AgentPage() {
  const [agent, setAgent] = useState(keptAgent);
  const leave = useCallback(() => {
    forgetAgent();
    setAgent(undefined);
  }, []);
  if (!agent) return <SignIn begin={(name) => setAgent(keepAgent(name))} />;
  return <AtWork key={agent.token} agent={agent} leave={leave} />;
}

showPage(<AgentPage />);
