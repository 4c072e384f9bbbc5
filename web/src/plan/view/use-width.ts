/** How wide an element is, as long as it is there: charts are drawn to measure, not scaled. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export function useWidth<Place extends HTMLElement>(first: number) {
  const place = useRef<Place>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = () => setWidth(Math.max(240, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [place, width] as const;
}
