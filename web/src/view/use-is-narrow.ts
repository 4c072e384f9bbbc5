/** Whether the list of conversations is a drawer; the same width as in style/layout.css. */
import { useEffect, useState } from 'preact/hooks';

export function useIsNarrow(): boolean {
  const query = '(max-width: 800px)';
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const onChange = () => setIsNarrow(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);
  return isNarrow;
}
