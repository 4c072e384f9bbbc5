/** What the address said that was put right. */
import { useState } from 'preact/hooks';
import type { Complaint } from '../state/plan-address.ts';
import { usePlanWords } from './plan-context.ts';

export function AddressNotes({ complaints }: { readonly complaints: readonly Complaint[] }) {
  const { address: words } = usePlanWords();
  const [isOpen, setIsOpen] = useState(complaints.length > 0);
  if (!isOpen) return null;
  const sentence = ({ kind, name, given, used }: Complaint) => {
    const said = words[kind](`${name}=${given}`);
    if (kind === 'name') return said;
    return `${said} ${used === '' ? words.leftOut : words.used(used)}`;
  };
  return (
    <div class="banner bad" role="alert">
      <div>
        <p>{words.title}</p>
        <ul>
          {complaints.map((complaint) => (
            <li key={`${complaint.name}=${complaint.given}`}>{sentence(complaint)}</li>
          ))}
        </ul>
      </div>
      <button type="button" class="soft" onClick={() => setIsOpen(false)}>
        {words.dismiss}
      </button>
    </div>
  );
}
