/** A sampan on the water, as in public/sampan.svg. */
export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg class="logo" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <path
        class="hull"
        d="M2 15.500c3.900 2.400 8.500 3.500 14 3.500s10.100-1.100 14-3.500c-1.300 5-6.200 7.800-14 7.800S3.300 20.500 2 15.500z"
      />
      <path d="M9 16.800c.1-5.700 2.500-8.800 7-8.800s6.900 3.100 7 8.800" />
      <path
        class="thin"
        d="M13 8.800c-1 2-1.400 4.700-1.400 8.200M19 8.800c1 2 1.400 4.700 1.400 8.200"
      />
      <path class="water" d="M4 27c2-1.400 4-1.400 6 0s4 1.400 6 0 4-1.400 6 0 4 1.400 6 0" />
    </svg>
  );
}
