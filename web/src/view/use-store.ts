/** A component that is drawn again when what it picks of a store changes. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Store } from '../state/store.ts';

/** What `select` picks of a store; the component is drawn again when that changes. */
export function useStore<State, Picked>(
  store: Store<State>,
  select: (state: State) => Picked,
): Picked {
  const picked = select(store.get());
  const [, redraw] = useState<Picked>(picked);
  const latest = useRef(select);
  latest.current = select;
  useLayoutEffect(() => {
    const look = () => redraw(() => latest.current(store.get()));
    look(); // it may have changed between drawing and now
    return store.subscribe(look);
  }, [store]);
  return picked;
}
