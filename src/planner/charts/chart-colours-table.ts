/** The charts' colours by name, light and dark; texts keep 4.5 to 1, marks 3 to 1. */
export const chartColours = {
  ink: ['#1f2328', '#f0f6fc'],
  quiet: ['#59636e', '#9198a1'],
  paper: ['#ffffff', '#14191c'],
  front: ['#1d6f77', '#74c4c3'],
  limit: ['#a33b2a', '#f0a08f'],
  hue0: ['#59636e', '#9198a1'],
  hue1: ['#1a7f37', '#3fb950'],
  hue2: ['#c4320a', '#ff8a65'],
  hue3: ['#0969da', '#4493f8'],
  hue4: ['#8250df', '#ab7df8'],
  hue5: ['#9a6700', '#d29922'],
  hue6: ['#0e7490', '#4dd0e1'],
  hue7: ['#bf3989', '#f778ba'],
  hue8: ['#7a4b1f', '#c9966b'],
  hue9: ['#5c6b00', '#b3c24a'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

export type Hue = Extract<keyof typeof chartColours, `hue${number}`>;

/** Makers by their names in lower case; whoever is not here is grey. */
const vendorHues: Readonly<Record<string, Hue>> = {
  nvidia: 'hue1',
  amd: 'hue2',
  huawei: 'hue3',
  hygon: 'hue4',
  enflame: 'hue5',
  tsingmicro: 'hue6',
  'moore threads': 'hue7',
  cambricon: 'hue8',
  kunlunxin: 'hue9',
};

/** Families of chips: those of one maker apart from each other. */
const familyHues: Readonly<Record<string, Hue>> = {
  'nvidia-ampere': 'hue9',
  'nvidia-ada': 'hue6',
  'nvidia-hopper': 'hue1',
  'nvidia-blackwell': 'hue4',
  'amd-cdna': 'hue2',
  'ascend-910': 'hue3',
  'ascend-950': 'hue7',
  hygon: 'hue5',
  cpu: 'hue8',
};

export const vendorHue = (vendor: string): Hue => vendorHues[vendor.toLowerCase()] ?? 'hue0';
export const familyHue = (family: string): Hue => familyHues[family] ?? 'hue0';
